"""Everything that can happen to a project: commands, buttons, forms and timers."""

from __future__ import annotations

from typing import Final

from bot.chat.routes import Routes, merge
from bot.programme.projects import approval_waits, news, ownership
from bot.programme.projects.approval import APPROVAL
from bot.programme.projects.change_approval import CHANGE_APPROVAL
from bot.programme.projects.close import CLOSING
from bot.programme.projects.editing import EDITING
from bot.programme.projects.handover import HANDOVER
from bot.programme.projects.listing import LISTING
from bot.programme.projects.posting import POSTING
from bot.programme.projects.preview import FIXES
from bot.programme.projects.publishing import TIMERS
from bot.programme.projects.saved_projects import SAVING
from bot.programme.projects.template_choice import TEMPLATING
from bot.programme.projects.version_list import VERSIONS

__all__ = ["ROUTES"]

ROUTES: Final[Routes] = merge(
    [
        *(POSTING, LISTING, SAVING, EDITING, VERSIONS, CLOSING, HANDOVER, APPROVAL, CHANGE_APPROVAL, FIXES),
        *(approval_waits.ROUTES, news.ROUTES, ownership.ROUTES, TEMPLATING, TIMERS),
    ]
)

"""What the options of commands offer to each person while they type."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select

from adapters.terminal.limits import LIMITS
from bot.chat.adapter import Capabilities
from bot.chat.events import Place, Suggest, UserRef
from bot.programme import ROUTES
from bot.runtime.reads import suggest
from bot.runtime.turns import PlatformProfile
from storage.tables import Identity, Person

__all__ = ["completions"]


def completions(stage: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401 - a stage of whichever platform
    """What each option of each command offers: the person's name, their account, and the options in words."""
    known = stage.rows(
        select(Identity.platform, Identity.user_id, Person.name).join(Person, Person.id == Identity.person_id)
    )
    profile = PlatformProfile(ROUTES, Capabilities(), LIMITS, frozenset({each.platform for each in known}))
    found = []
    for each in known:
        who = UserRef(each.platform, each.user_id)
        for path, option in ROUTES.suggestions:
            for typed in ("", "q"):
                event = Suggest(
                    id="",
                    at=stage.clock.now(),
                    actor=who,
                    place=Place(each.platform, "", each.user_id, "dm"),
                    path=path,
                    option=option,
                    typed=typed,
                )
                given = stage.database.transact_inline(partial(suggest, event=event, port=profile))
                found.append((each.name, str(who), str(given.options)))
    return found

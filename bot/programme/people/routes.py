"""Everything that can happen to people where no higher room is concerned."""

from bot.chat.routes import merge
from bot.programme.people import files, sent_messages, which_programme

__all__ = ["ROUTES"]

ROUTES = merge(part.ROUTES for part in (files, sent_messages, which_programme))

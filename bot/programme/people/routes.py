"""Everything that can happen to people where no higher room is concerned."""

from bot.chat.routes import merge
from bot.programme.people import files, ledger, which_programme

__all__ = ["ROUTES"]

ROUTES = merge(part.ROUTES for part in (files, ledger, which_programme))

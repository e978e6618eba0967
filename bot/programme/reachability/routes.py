"""Everything that can happen to what is not delivered, and to spaces and channels."""

from bot.chat.routes import merge
from bot.programme.reachability import closed_dms, spaces, undelivered, unknown_deliveries, why_command

__all__ = ["ROUTES"]

ROUTES = merge(part.ROUTES for part in (spaces, undelivered, unknown_deliveries, closed_dms, why_command))

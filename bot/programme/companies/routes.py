"""Everything that can happen to companies and their employers."""

from bot.chat.routes import merge
from bot.programme.companies import employers, invitations, removal

__all__ = ["ROUTES"]

ROUTES = merge(part.ROUTES for part in (employers, removal, invitations))

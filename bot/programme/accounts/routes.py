"""Everything that can happen to an account: commands, buttons, forms and followed changes."""

from bot.chat.routes import merge
from bot.programme.accounts import away, forget, linking, profile

__all__ = ["ROUTES"]

ROUTES = merge(part.ROUTES for part in (profile, away, linking, forget))

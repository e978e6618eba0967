"""Everything that can happen to help: the command, the page of commands, words, the home page."""

from bot.chat.routes import merge
from bot.programme.help import home, menu

__all__ = ["ROUTES"]

ROUTES = merge(part.ROUTES for part in (home, menu))

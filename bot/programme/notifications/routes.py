"""Everything that can happen to notifications: tasks, the daily message."""

from bot.chat.routes import merge
from bot.programme.notifications import daily_message, tasks

__all__ = ["ROUTES"]

ROUTES = merge(part.ROUTES for part in (tasks, daily_message))

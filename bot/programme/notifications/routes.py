"""Everything that can happen to notifications: tasks, the daily message, waits."""

from bot.chat.routes import merge
from bot.programme.notifications import daily_message, opening_waits, tasks, waits

__all__ = ["ROUTES"]

ROUTES = merge(part.ROUTES for part in (tasks, daily_message, waits, opening_waits))

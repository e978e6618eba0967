"""Everything that can happen to notifications: tasks, the daily message, waits."""

from bot.chat.routes import merge
from bot.programme.notifications import daily_message, opening_waits, outages, task_summary, tasks, waits

__all__ = ["ROUTES"]

ROUTES = merge(part.ROUTES for part in (tasks, task_summary, daily_message, waits, opening_waits, outages))

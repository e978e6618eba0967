"""Routes of the history: its command, its pages and its suggestions."""

from bot.programme.history.command import ROUTES

__all__ = ["ROUTES"]

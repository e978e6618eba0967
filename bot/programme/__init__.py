"""Micro-internships: one module (or folder) per noun; `ROUTES` is every handler there is."""

from bot.chat.routes import merge

__all__ = ["ROUTES"]

ROUTES = merge([])

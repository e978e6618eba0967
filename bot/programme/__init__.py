"""Micro-internships: one module (or folder) per noun; `ROUTES` is every handler there is."""

from bot.chat.routes import merge
from bot.programme.projects.routes import ROUTES as PROJECTS

__all__ = ["ROUTES"]

ROUTES = merge([PROJECTS])

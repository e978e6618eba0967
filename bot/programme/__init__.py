"""Micro-internships: one module (or folder) per noun; `ROUTES` is every handler there is."""

from bot.chat.routes import merge
from bot.programme import (
    applicants,
    applications,
    cohorts,
    decisions,
    digests,
    letters,
    notices,
    offers,
    promise,
    tasks,
    waiting,
)
from bot.programme.placements import routes as placement_routes
from bot.programme.projects import routes as project_routes

__all__ = ["ROUTES"]

ROUTES = merge(
    part.ROUTES
    for part in (
        cohorts,
        project_routes,
        applications,
        applicants,
        decisions,
        waiting,
        offers,
        promise,
        letters,
        placement_routes,
        digests,
        tasks,
        notices,
    )
)

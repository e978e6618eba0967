"""Micro-internships: one module (or folder) per noun; `ROUTES` is every handler there is."""

from bot.chat.routes import merge
from bot.programme import (
    applicants,
    applications,
    cohorts,
    coordinators,
    decisions,
    digests,
    doubts,
    employers,
    groups,
    health,
    home,
    kept,
    letters,
    links,
    notices,
    offer_clock,
    offers,
    profile,
    promise,
    reach,
    reports,
    settings,
    setup,
    shortlist,
    spaces,
    staff_channel,
    tasks,
    unreached,
    welcome,
    whose,
)
from bot.programme import help as helping
from bot.programme.applications import admissions
from bot.programme.placements import routes as placement_routes
from bot.programme.projects import routes as project_routes

__all__ = ["ROUTES"]

ROUTES = merge(
    part.ROUTES
    for part in (
        cohorts,
        employers,
        welcome,
        project_routes,
        applications,
        applicants,
        decisions,
        shortlist,
        admissions,
        offers,
        offer_clock,
        promise,
        letters,
        reports,
        placement_routes,
        digests,
        tasks,
        groups,
        notices,
        profile,
        links,
        settings,
        staff_channel,
        coordinators,
        home,
        kept,
        health,
        setup,
        spaces,
        reach,
        doubts,
        unreached,
        whose,
        helping,
    )
)

"""Micro-internships: one module (or folder) per noun; `ROUTES` is every handler there is."""

from bot.chat.routes import merge
from bot.programme import (
    applicants,
    applications,
    cohorts,
    coordinators,
    decisions,
    doubts,
    forgetting,
    health,
    home,
    letters,
    links,
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
    unreached,
)
from bot.programme import help as helping
from bot.programme.administration import server_roles
from bot.programme.applications import admissions
from bot.programme.cohorts import digests
from bot.programme.companies import employers, invitations
from bot.programme.notifications import daily_message, tasks
from bot.programme.people import files, which_programme
from bot.programme.placements import routes as placement_routes
from bot.programme.projects import routes as project_routes

__all__ = ["ROUTES"]

ROUTES = merge(
    part.ROUTES
    for part in (
        cohorts,
        employers,
        invitations,
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
        server_roles,
        daily_message,
        profile,
        links,
        forgetting,
        settings,
        staff_channel,
        coordinators,
        home,
        files,
        health,
        setup,
        spaces,
        reach,
        doubts,
        unreached,
        which_programme,
        helping,
    )
)

"""Micro-internships: one module (or folder) per noun; `ROUTES` is every handler there is."""

from bot.chat.routes import merge
from bot.programme import applications, cohorts
from bot.programme.accounts import forget, linking, profile
from bot.programme.administration import coordinators, doctor, server_roles, settings, setup, staff_channel
from bot.programme.applications import (
    admissions,
    applicants,
    messages,
    offer_expiry,
    offers,
    reports,
    shortlist,
)
from bot.programme.applications.decisions import decide, decision_date
from bot.programme.cohorts import digests
from bot.programme.companies import employers, invitations
from bot.programme.help import home, menu
from bot.programme.notifications import daily_message, tasks
from bot.programme.people import files, which_programme
from bot.programme.placements import routes as placement_routes
from bot.programme.projects import routes as project_routes
from bot.programme.reachability import closed_dms, spaces, undelivered, unknown_deliveries

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
        decide,
        shortlist,
        admissions,
        offers,
        offer_expiry,
        decision_date,
        messages,
        reports,
        placement_routes,
        digests,
        tasks,
        server_roles,
        daily_message,
        profile,
        linking,
        forget,
        settings,
        staff_channel,
        coordinators,
        files,
        doctor,
        setup,
        spaces,
        undelivered,
        unknown_deliveries,
        closed_dms,
        which_programme,
        home,
        menu,
    )
)

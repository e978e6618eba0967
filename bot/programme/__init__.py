"""Micro-internships, in rooms: a folder for each; `ROUTES` is every handler there is."""

from bot.chat.routes import merge
from bot.programme.accounts.routes import ROUTES as ACCOUNTS
from bot.programme.administration.routes import ROUTES as ADMINISTRATION
from bot.programme.applications.routes import ROUTES as APPLICATIONS
from bot.programme.cases.routes import ROUTES as CASES
from bot.programme.cohorts.routes import ROUTES as COHORTS
from bot.programme.companies.routes import ROUTES as COMPANIES
from bot.programme.help.routes import ROUTES as HELP
from bot.programme.history.routes import ROUTES as HISTORY
from bot.programme.notifications.routes import ROUTES as NOTIFICATIONS
from bot.programme.people.routes import ROUTES as PEOPLE
from bot.programme.placements.routes import ROUTES as PLACEMENTS
from bot.programme.projects.routes import ROUTES as PROJECTS
from bot.programme.reachability.routes import ROUTES as REACHABILITY

__all__ = ["ROUTES"]

# The order is the order of help: cohorts and companies before what is made in them.
ROUTES = merge(
    (
        COHORTS,
        COMPANIES,
        PROJECTS,
        APPLICATIONS,
        PLACEMENTS,
        CASES,
        HISTORY,
        NOTIFICATIONS,
        ACCOUNTS,
        ADMINISTRATION,
        PEOPLE,
        REACHABILITY,
        HELP,
    )
)

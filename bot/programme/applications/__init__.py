"""Applications: from Apply to an answer: drafts, the form, applicants, decisions, offers, messages, terms."""

from bot.programme.applications.deadlines import draft_timers, reschedule_drafts
from bot.programme.applications.lookup import application_of, undecided
from bot.programme.applications.outcomes import release
from bot.programme.applications.submission import admitted, refused
from bot.programme.applications.withdraw import leave, withdraw_application

__all__ = [
    "admitted",
    "application_of",
    "draft_timers",
    "leave",
    "refused",
    "release",
    "reschedule_drafts",
    "undecided",
    "withdraw_application",
]

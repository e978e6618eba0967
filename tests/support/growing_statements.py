"""The functions of the bot whose statements may grow with the programme, each with the reason.

By module and function, as `bot.…` but without that. "*" means the rest of a name.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

__all__ = ["GROWING", "ON_POSTGRESQL", "may_grow", "needlessly_listed"]

_OPEN: Final = "looks through the open projects, which are what it searches, counts or compares"
_PERSON: Final = "looks for one person in everything that was ever said; people seldom ask for it"
_WAITS: Final = "looks for one person in the news and drafts that wait; people seldom ask for it"
_SPACE: Final = "is about everybody of a space, or every card of a channel, that is gone or comes back"
_MOVED: Final = "moves what waits for a programme's or a person's hour or zone, which seldom change"

GROWING: Final = {
    "runtime.reconciling:_doubt": "runs once, in `stint restore`, over every message that is owed",
    "programme.projects.search:*": _OPEN + "; for those who manage projects, and by words, also the others",
    "programme.applications.applicants:_earliest": "looks through the applications that wait for an answer",
    "programme.projects.title_lookup:*": "compares words with so many projects, however many there are",
    "programme.cohorts.digest_sections:lines_of": _OPEN,
    "programme.applications.later_deadlines:_found": "reads the open projects after an outage, by deadline",
    "programme.cohorts.channels:_unannounced": _OPEN,
    "programme.placements.own_list:_loaded": "a coordinator's page of what is over sorts all of that",
    "programme.placements.own_list:count": "counts a coordinator's placements in an index: all of them",
    "programme.cohorts.lookup:member_counts": "counts the members of each cohort in an index",
    "programme.companies.person_rows:_verified": _PERSON,
    "programme.notifications.person_rows:_found": _WAITS,
    "programme.people.drafts:_naming": _WAITS,
    "programme.reachability.spaces:*": _SPACE,
    "programme.projects.cards:refresh_in": "looks through the cards of a cohort that ends, fifty in a turn",
    "programme.projects.cards:take_up": _SPACE,
    "programme.notifications.daily_message:reschedule_daily_messages": _MOVED,
    "programme.notifications.moved_days:move_days": _MOVED,
    "programme.people.drafts:move_day": _MOVED,
    "programme.placements.zone:_under_way": _MOVED,
    "programme.projects.decision_zone:move_decision_days": _MOVED,
    "programme.companies.company_list:_list": "counts the companies that have an employer, for the pages",
    "programme.*_waits:_found": "opens the waits of an earlier version after an upgrade, a batch at a time",
    "programme.notifications.opening_waits:_cancel_replaced": "cancels the timers of then, a batch at a time",
    "programme.history.meant:_own": "passes over what earlier pages show, here before one after the last",
    "programme.history.meant:_linked": "a link is compared with those of all projects; it is seldom typed",
    "programme.placements.asked_before:_asked": "opens what an earlier version left, a batch at a time",
    "programme.projects.filter_suggestions:*": "reads so many of the newest open projects, here fewer",
    "programme.projects.company_lookup:suggest_companies": "compares so many of the newest companies",
    "programme.reachability.why_command:_page": "passes over a week's messages in an index, and reads what "
    "is not settled",
    "programme.importing.*": "an import compares its rows with what there is",
    "runtime.retention:sweep": "takes a batch of what is over at a time, and no more",
    "runtime.sending:*": "reads what was sent after the message that is in doubt, which here is the first",
}


_APPLICANTS: Final = (
    "sorts the 300 applicants of one project, whose ids are the first of all: in the small programme they "
    "are read in that order, and the first ones are enough"
)

ON_POSTGRESQL: Final = {
    "programme.projects.ownership:_concerned": _APPLICANTS,
    "programme.projects.news:_tell_some": _APPLICANTS,
}
"""The same for those that grow on PostgreSQL alone."""


def may_grow(asked_by: str, reasons: Iterable[str] = GROWING) -> bool:
    """Whether there is a reason for what this function asks to grow."""
    return any(fnmatchcase(asked_by, known) for known in reasons)


def needlessly_listed(growing: Iterable[str], reasons: Iterable[str] = GROWING) -> list[str]:
    """Return a line for each reason of which no function has a statement that grows."""
    asked = set(growing)
    return [
        f"listed as growing, and does not: {known}"
        for known in reasons
        if not any(fnmatchcase(each, known) for each in asked)
    ]

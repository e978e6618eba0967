"""The words of each noun's statuses, as people read them.

Each noun has its own words, whose context is the noun, so that a language can make them agree with it: in
Spanish a project is “abierto” and a request “abierta”. They are shown alone, as a label's value or after a
colon.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.chat.sentences import Term
from bot.programme.core.changes import WithStatus
from storage.tables import (
    Application,
    Case,
    Channel,
    Member,
    Mentor,
    Milestone,
    Placement,
    Project,
    Space,
    Submission,
)

__all__ = ["STATUS_TERMS", "status_term"]

STATUS_TERMS: Final[Mapping[type, Mapping[str, Term]]] = {
    Project: {
        "draft": Term("draft", "project"),
        "review": Term("waiting for approval", "project"),
        "changes": Term("changes asked", "project"),
        "open": Term("open", "project"),
        "closed": Term("closed", "project"),
        "declined": Term("declined", "project"),
        "discarded": Term("discarded", "project"),
    },
    Application: {
        "admission": Term("waiting for admission to the cohort", "application"),
        "submitted": Term("sent", "application"),
        "shortlisted": Term("shortlisted", "application"),
        "offered": Term("offer made", "application"),
        "accepted": Term("accepted", "application"),
        "declined": Term("declined", "application"),
        "expired": Term("offer ran out", "application"),
        "not_selected": Term("not this time", "application"),
        "withdrawn": Term("withdrawn", "application"),
        "released": Term("released without an answer", "application"),
    },
    Placement: {
        "active": Term("under way", "placement"),
        "completed": Term("completed", "placement"),
        "ended": Term("ended early", "placement"),
    },
    Milestone: {
        "open": Term("open", "milestone"),
        "handed_in": Term("handed in", "milestone"),
        "accepted": Term("accepted", "milestone"),
        "settled": Term("handed in, not reviewed", "milestone"),
    },
    Submission: {
        "handed_in": Term("handed in", "submission"),
        "accepted": Term("accepted", "submission"),
        "settled": Term("handed in, not reviewed", "submission"),
        "changes": Term("changes asked", "submission"),
    },
    Mentor: {
        "active": Term("mentor now", "mentor"),
        "refused": Term("not wished by the student", "mentor"),
        "ended": Term("ended", "mentor"),
    },
    Member: {
        "asked": Term("waiting to be admitted", "membership"),
        "admitted": Term("admitted", "membership"),
        "refused": Term("not admitted", "membership"),
    },
    Channel: {
        "new": Term("being set up", "channel"),
        "active": Term("in use", "channel"),
        "paused": Term("paused", "channel"),
        "away": Term("left by me", "channel"),
    },
    Space: {
        "new": Term("being set up", "space"),
        "active": Term("in use", "space"),
        "paused": Term("paused", "space"),
    },
    Case: {
        "open": Term("open", "case"),
        "ended": Term("closed", "case"),
        "withdrawn": Term("taken back", "case"),
    },
}
"""Each status of each noun that has a lifecycle."""


def status_term(noun: WithStatus, status: str) -> Term:
    """Return the words of a status, in the list of the noun's kind."""
    return STATUS_TERMS[type(noun)][status]

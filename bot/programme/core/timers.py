"""The kinds of timers: what happens later, by the text that is stored with each timer; and their rows.

Timers wait in databases for months, so a kind is never renamed; a kind that nothing sets any more stays
routed (`tests/bot/programme/test_routes.py`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from bot.chat.actions import SetTimer, ShownMessage
from bot.chat.values import json_data

__all__ = ["NEWS_PIECE", "PIECE", "ForDate", "ForPerson", "Timer", "next_piece_at", "row_of"]

PIECE: Final = 5
"""People that one turn settles of work that has no bound; a timer does the next piece, also after a kill."""

NEWS_PIECE: Final = 50
"""People who get the same piece of news in one turn, where a timer does the next."""


class ForPerson(Struct, frozen=True):
    """The payload of a timer that is for one person (an id)."""

    person: int


class ForDate(Struct, frozen=True):
    """The payload of a recurring timer: the local date that it is for."""

    nominal: date


class Timer(StrEnum):
    """The kind of a timer, by which it is routed when it fires."""

    COHORT_CARDS = "cohort.cards"
    COHORT_DIGEST = "cohort.digest"
    COHORT_REFUSE = "cohort.refuse"
    SAVED_DEADLINE = "saved.deadline"
    PROJECT_DEADLINE = "project.deadline"
    PROJECT_CLOSE = "project.close"
    PROJECT_CHANGED = "project.changed"
    PROJECT_OWNER = "project.owner"
    PROJECTS_REST = "projects.rest"
    APPLICATION_DRAFT = "application.draft"
    APPLICATION_LATE = "application.late"
    APPLICATION_ERASE = "application.erase"
    DECISION_DUE = "decision.due"
    OFFER_EXPIRY = "offer.expiry"
    OFFER_REMINDER = "offer.reminder"
    PROMISE_SOON = "promise.soon"
    PROMISE_DAY = "promise.day"
    PROMISE_PASSED = "promise.passed"
    PROMISE_RELEASE = "promise.release"
    RELEASE_REST = "release.rest"
    REPORT_REPEAT = "report.repeat"
    REPORT_FORGET = "report.forget"
    CASE_FORGET = "case.forget"
    PLACEMENT_REMINDER = "placement.reminder"
    PLACEMENT_LAST_CALL = "placement.last-call"
    PLACEMENT_OVERDUE = "placement.overdue"
    PLACEMENT_CHECKIN = "placement.checkin"
    PLACEMENT_SILENCE = "placement.silence"
    PLACEMENT_CLOSING = "placement.closing"
    PLACEMENT_REVIEW = "placement.review"
    MILESTONE_EARLIER = "milestone.earlier"
    MENTOR_WEEK = "mentor.week"
    TASKS_DAILY = "tasks.daily"
    NOTICES_DAILY = "notices.daily"
    SPACE_ERASE = "space.erase"
    FORGOTTEN_REST = "forgotten.rest"
    REACH_SETTLE = "reach.settle"
    REACH_CALLED = "reach.called"
    HOME_REFRESH = "home.refresh"
    OUTAGE_OVER = "outage.over"
    WAITS_OPEN = "waits.open"
    WAIT_ANSWER = "wait.answer"
    WAIT_OFFER = "wait.offer"
    WAIT_REVIEW = "wait.review"
    WAIT_APPROVAL = "wait.approval"
    WAIT_ADMISSION = "wait.admission"
    WAIT_HAND_IN = "wait.hand_in"
    WAIT_DATE = "wait.date"
    WAIT_CHECK_IN = "wait.check_in"
    WAIT_CHECK_INS = "wait.check_ins"
    WAIT_KICKOFF = "wait.kickoff"
    WAIT_QUESTION = "wait.question"
    WAIT_APPLICANTS = "wait.applicants"
    WAIT_CASE = "wait.case"


def next_piece_at(now: datetime) -> datetime:
    """Return when the next piece of work is due: in a moment, so that other turns come in between."""
    return now + timedelta(milliseconds=1)


def row_of(programme_id: int, timer: SetTimer, shown: ShownMessage | None = None) -> dict[str, Any]:
    """Return the row of a timer, with where the message is whose offer it ends."""
    parts = (part for part in (timer.payload, shown) if part is not None)
    return {
        "programme_id": programme_id,
        "key": timer.key,
        "kind": str(timer.kind),
        "subject": timer.subject,
        "due_at": timer.due_at,
        "payload": {name: value for part in parts for name, value in json_data(part).items()},
        "late": timer.late,
    }

"""The kinds of timers: what happens later, by the text that is stored with each timer.

Timers wait in databases for months, so a kind is never renamed; a kind that nothing sets any more stays
routed (`tests/bot/programme/test_routes.py`).
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Timer"]


class Timer(StrEnum):
    """The kind of a timer, by which it is routed when it fires."""

    COHORT_DIGEST = "cohort.digest"
    SAVED_DEADLINE = "saved.deadline"
    PROJECT_DEADLINE = "project.deadline"
    PROJECT_CLOSE = "project.close"
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
    REPORT_REPEAT = "report.repeat"
    REPORT_FORGET = "report.forget"
    PLACEMENT_REMINDER = "placement.reminder"
    PLACEMENT_LAST_CALL = "placement.last-call"
    PLACEMENT_OVERDUE = "placement.overdue"
    PLACEMENT_CHECKIN = "placement.checkin"
    PLACEMENT_SILENCE = "placement.silence"
    PLACEMENT_CLOSING = "placement.closing"
    PLACEMENT_REVIEW = "placement.review"
    TASKS_DAILY = "tasks.daily"
    NOTICES_DAILY = "notices.daily"
    SPACE_ERASE = "space.erase"
    REACH_SETTLE = "reach.settle"
    REACH_CALLED = "reach.called"
    HOME_REFRESH = "home.refresh"

"""Why a message was sent: what began the turn that wrote it, in words for a coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, select

from adapters.simulation.rehearsal.names import subject_name
from bot.programme.core import keys
from bot.programme.core.timers import Timer
from storage.queries import traces
from storage.tables import inbox

__all__ = ["TIMERS", "WAITS", "Acts", "why"]

Acts = Mapping[str, str]
"""What people did in the rehearsal, in words, by the platform's id of the event."""

WAITS: Final[Mapping[str, str]] = {
    "admission": "a student waits to be admitted to a cohort",
    "answer": "applicants wait for their answer",
    "applicants": "a project has no applicants",
    "approval": "a project waits for a coordinator",
    "case": "a person waits for an answer to what they confided",
    "check_in": "a check-in waits for the student",
    "check_ins": "a check-in waits for the employer",
    "date": "a student waits for an answer about another date",
    "hand_in": "work is to be handed in",
    "kickoff": "both sides have not talked yet",
    "offer": "an offer waits for the student",
    "question": "a question waits for its answer",
    "review": "work waits for its review",
}
"""What is the matter while there is a wait of each kind."""

_OF_WAITS: Final[Mapping[str, str]] = {Timer(f"wait.{kind}"): said for kind, said in WAITS.items()}
TIMERS: Final[Mapping[str, str]] = {
    **_OF_WAITS,
    Timer.APPLICATION_DRAFT: "an application was begun and not sent",
    Timer.APPLICATION_ERASE: "the time for which answers are kept is over",
    Timer.APPLICATION_LATE: "the time for late applications is over",
    Timer.CASE_FORGET: "the time for which a case is kept is over",
    Timer.COHORT_CARDS: "a cohort has ended, or goes on",
    Timer.COHORT_DIGEST: "it is the hour of the digest",
    Timer.COHORT_REFUSE: "a cohort has ended",
    Timer.DECISION_DUE: "a decision can no longer be undone",
    Timer.FORGOTTEN_REST: "a person was forgotten",
    Timer.HOME_REFRESH: "a page is out of date",
    Timer.MENTOR_WEEK: "it is the mentor's day of the week",
    Timer.MILESTONE_EARLIER: "a case is over, and an earlier date waits for the student",
    Timer.NOTICES_DAILY: "it is the hour of the daily message",
    Timer.OFFER_EXPIRY: _OF_WAITS[Timer.WAIT_OFFER],
    Timer.OFFER_REMINDER: _OF_WAITS[Timer.WAIT_OFFER],
    Timer.OUTAGE_OVER: "an outage is over",
    Timer.PLACEMENT_CHECKIN: "it is the day of a check-in",
    Timer.PLACEMENT_CLOSING: "a placement is over",
    Timer.PLACEMENT_LAST_CALL: _OF_WAITS[Timer.WAIT_HAND_IN],
    Timer.PLACEMENT_OVERDUE: _OF_WAITS[Timer.WAIT_HAND_IN],
    Timer.PLACEMENT_REMINDER: _OF_WAITS[Timer.WAIT_HAND_IN],
    Timer.PLACEMENT_REVIEW: _OF_WAITS[Timer.WAIT_REVIEW],
    Timer.PLACEMENT_SILENCE: _OF_WAITS[Timer.WAIT_CHECK_IN],
    Timer.PROJECT_CHANGED: "a project was changed",
    Timer.PROJECT_CLOSE: "the time for applications is over",
    Timer.PROJECT_DEADLINE: "the deadline for applications has passed",
    Timer.PROJECT_OWNER: "a project has another owner",
    Timer.PROJECTS_REST: "a person looks after their projects no longer",
    Timer.PROMISE_DAY: _OF_WAITS[Timer.WAIT_ANSWER],
    Timer.PROMISE_PASSED: _OF_WAITS[Timer.WAIT_ANSWER],
    Timer.PROMISE_RELEASE: _OF_WAITS[Timer.WAIT_ANSWER],
    Timer.PROMISE_SOON: _OF_WAITS[Timer.WAIT_ANSWER],
    Timer.REACH_CALLED: "a person was called to what waits for them",
    Timer.REACH_SETTLE: "an answer did not reach its person",
    Timer.RELEASE_REST: "applicants are released, as no answer came",
    Timer.REPORT_FORGET: "the time for which a report is kept is over",
    Timer.REPORT_REPEAT: "a report waits for the coordinators",
    Timer.SAVED_DEADLINE: "the deadline of a saved project comes near",
    Timer.SPACE_ERASE: "a space was left long ago",
    Timer.TASKS_DAILY: "it is the hour of the list of tasks",
    Timer.WAITS_OPEN: "what was open before is waited for",
}
"""What is the matter when a timer of each kind fires."""

_OF_ANOTHER: Final = (
    (keys.MESSAGE_LATE, "a message was late, and looked at again"),
    (keys.MESSAGE_LOST, "a message did not arrive"),
    (keys.MESSAGE_SENT, "a message arrived"),
    (keys.EVENT_AWAITED, "an answer waited for what was sent"),
)


def why(connection: Connection, cause: str | None, acts: Acts) -> str:
    """Return why a message was written, by its cause (`Turn.source`): a clause, to follow "as"."""
    if not cause:
        return "what began it was not kept"
    if event := keys.EVENT.match(cause):
        return _act(connection, event.id, acts)
    if timer := keys.TIMER.match(cause):
        return _timer(connection, timer.id)
    said = (words for key, words in _OF_ANOTHER if key.match(cause))
    return next(said, "the operator typed a command")


def _act(connection: Connection, event_id: int, acts: Acts) -> str:
    named = connection.scalar(select(inbox.c.event_id).where(inbox.c.id == event_id))
    return acts.get(named or "", "a person did something before the rehearsal")


def _timer(connection: Connection, timer_id: int) -> str:
    row = traces.timer(connection, timer_id)
    if row is None:
        return "a timer fired, which is not kept any more"
    said = TIMERS.get(row.kind, f"a timer fired ({row.kind})")
    name = subject_name(connection, row.subject)
    return f"{said} ({name})" if name else said

"""Standstill: no clock of an application runs while a case of its student is open about it.

Its waits are held, and what was to remind or ask is taken back. Afterwards each wait has the time that it
had left; dates that the student had stopped move by the days that they stood still.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.programme.applications import lookup, offer_expiry
from bot.programme.applications.decisions.decision_date import ANSWER
from bot.programme.core import keys, subjects
from bot.programme.core.changes import Begun, Changed, StatusChanged, WithStatus
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, waits
from bot.programme.notifications.shifted_waits import of_about, shift
from bot.programme.people import open_cases
from bot.programme.placements import check_ins, closing, pauses, terms_changes
from bot.programme.placements.lookup import milestones
from bot.programme.placements.wait_kinds import CHECK_IN, CHECK_INS, HAND_IN, KICKOFF
from storage.prepared import Row
from storage.tables import Application, Case, Milestone, Placement, Submission

__all__ = ["begin", "days_stopped", "end", "move_back", "move_dates", "noun_changed", "placement_of_case"]

_REMINDS: Final = (
    *(keys.CHECK_IN, keys.SILENT, keys.KICKOFF_ASKED, keys.KICKOFF_LATE),
    *(keys.REMINDER_NEWS, keys.LAST_CALL_NEWS, keys.OVERDUE_OF),
)
_ASKS: Final = (keys.HANDED_IN, keys.REVIEW, keys.REVIEW_AGAIN)
_A_DAY: Final = timedelta(days=1)


def begin(turn: Turn, case: Case) -> list[Action]:
    """Hold every wait of the application, and take back what is to remind or ask about it."""
    if not case.still or case.application_id is None:
        return []
    placement = placement_of_case(turn, case)
    daily_message.retract_by_prefix(turn, keys.OFFER_REMINDER.begin(case.application_id))
    if placement is not None:
        daily_message.retract_notices(turn, subjects.CLOSING(placement.id))
        terms_changes.hold_question(turn, placement)
        for key in _REMINDS:
            daily_message.retract_by_prefix(turn, key.begin(placement.id))
        for milestone in milestones(turn, placement):
            for key in _ASKS:
                daily_message.retract_by_prefix(turn, key.begin(milestone.id))
    return _hold(turn, case.application_id)


def placement_of_case(turn: Turn, case: Case) -> Placement | None:
    """Return the placement of a case's application, if it has one."""
    return _placement(turn, case.application_id) if case.application_id else None


def _placement(turn: Turn, application_id: int) -> Placement | None:
    query = select(Placement).where(
        Placement.programme_id == turn.programme_id, Placement.application_id == application_id
    )
    return turn.session.scalars(query).first()


def _waits(turn: Turn, application_id: int) -> list[tuple[str, Row]]:
    """Return the waits that hang on an application and its placement, with their kinds."""
    abouts = [subjects.APPLICATION(application_id)]
    placement = _placement(turn, application_id)
    if placement is not None:
        abouts.append(subjects.PLACEMENT(placement.id))
    found = [
        (kind, row) for kind in turn.routes.waits for about in abouts for row in of_about(turn, kind, about)
    ]
    # What is said together with that of others hangs on their project.
    shared = [(ANSWER, subjects.APPLICATION(application_id))]
    if placement is not None:
        shared.append((KICKOFF, subjects.PLACEMENT(placement.id)))
        shared += [(CHECK_INS, subjects.CHECK_IN(row.id)) for row in check_ins.check_ins(turn, placement)]
    rows = ((kind, waits.standing(turn, kind, subject)) for kind, subject in shared)
    return [*found, *((kind, row) for kind, row in rows if row is not None)]


def _hold(turn: Turn, application_id: int) -> list[Action]:
    """Hold these waits; a question how it goes that was asked before is not waited for any more."""
    return [
        act
        for kind, row in _waits(turn, application_id)
        if row.state == "open"
        for act in (
            waits.end(turn, kind, row.subject, "dropped")
            if kind in {CHECK_IN, CHECK_INS}
            else waits.hold(turn, kind, row.subject)
        )
    ]


def noun_changed(turn: Turn, happened: Begun | StatusChanged | Changed) -> list[Action]:
    """Hold again what a change has opened about an application with a case, such as work handed in."""
    application_id = _application_of(turn, happened.noun)
    if application_id is None or not open_cases.is_open(turn, application_id):
        return []
    return _hold(turn, application_id)


def _application_of(turn: Turn, noun: WithStatus) -> int | None:
    match noun:
        case Application(id=number):
            return number
        case Placement(application_id=number):
            return number
        case Milestone(placement_id=placement_id):
            return turn.session.get_one(Placement, placement_id).application_id
        case Submission(milestone_id=milestone_id):
            return _application_of(turn, turn.session.get_one(Milestone, milestone_id))
    return None


def end(turn: Turn, case: Case) -> list[Action]:
    """Let the clocks run again, unless another case holds them: each wait has the time that it had left."""
    if not case.still or case.application_id is None or open_cases.is_open(turn, case.application_id):
        return []
    application = lookup.application_of(turn, case.application_id)
    actions = _later_offer(turn, application, case.opened_at)
    placement = placement_of_case(turn, case)
    if placement is not None:
        actions += terms_changes.ask_after_case(turn, placement)
        actions += closing.ask_after_case(turn, placement)
    for kind, row in _waits(turn, application.id):
        actions += _go_on(turn, application, kind, row, turn.now - max(case.opened_at, row.since))
    return actions


def _go_on(turn: Turn, application: Application, kind: str, row: Row, stood_still: timedelta) -> list[Action]:
    """Let a wait go on that was held for so long."""
    if kind == HAND_IN and row.due_at is not None and row.due_at <= turn.now:
        # Its date passed while no clock ran, which is not counted against the student.
        return waits.end(turn, kind, row.subject, "dropped")
    if kind not in {HAND_IN, offer_expiry.WAIT}:  # what has its own date follows that
        shift(turn, kind, row, stood_still, alone=kind != ANSWER)
    if kind == ANSWER and application.held is not None:
        return []
    return waits.resume(turn, kind, row.subject)


def _later_offer(turn: Turn, application: Application, since: datetime) -> list[Action]:
    """Give an open offer the time that it had left when its clock stopped."""
    until = application.offer_until
    if application.status != "offered" or until is None:
        return []
    later = until + (turn.now - max(since, application.decided_at or since))
    return [
        *change(turn, application, offer_until=later),
        *offer_expiry.run_until(turn, application, later),
    ]


def days_stopped(turn: Turn, case: Case) -> int:
    """Return for how many days the dates of a case are on hold; a day that was begun counts whole."""
    return 0 if case.stopped_at is None else _days(case.stopped_at, turn.now)


def _days(stopped: datetime, until: datetime) -> int:
    return max(1, -(-(until - stopped) // _A_DAY))


def move_dates(turn: Turn, case: Case) -> tuple[int, list[Action]]:
    """Move the open dates of a placement by the days they stood still; return how many that were."""
    days, placement = days_stopped(turn, case), placement_of_case(turn, case)
    if not days or placement is None or placement.status != "active":
        return 0, []
    return days, pauses.move_open_dates(turn, placement, days)


def move_back(turn: Turn, case: Case) -> list[Action]:
    """Take back the move of the dates of a case whose end was undone: they are on hold as before it."""
    placement = placement_of_case(turn, case)
    if case.stopped_at is None or placement is None or placement.status != "active":
        return []
    return pauses.move_open_dates(turn, placement, -_days(case.stopped_at, case.ended_at or turn.now))

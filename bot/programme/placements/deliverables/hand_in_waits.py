"""Waits for work: owed by the student by the date of each deliverable, also when changes were asked for.

The student is reminded a week, a day and three hours before the date; both sides hear when it has passed, and
a day later a coordinator. What ends it is the work, another date, or the end of the placement; two weeks
after the date it is not waited for any more, and can still be handed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.routes import Routes, WaitRoute, WaitStep
from bot.clock import at_local
from bot.programme import people
from bot.programme.applications import news
from bot.programme.core import keys, subjects
from bot.programme.core.changes import Begun, Changed, StatusChanged
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, waits
from bot.programme.notifications.opening_waits import AwaitedThing, not_fired
from bot.programme.placements import not_handed_in, reminders, schedule, wait_sides
from bot.programme.placements.lookup import placement_of, sides
from bot.programme.placements.wait_kinds import HAND_IN, end_with
from storage.tables import Milestone, Person, Placement, timers

__all__ = ["ROUTES"]

_LAST_CALL: Final = timedelta(hours=3)
_OVERDUE, _COORDINATOR = 12, 36  # hours after the date


def milestone_begun(turn: Turn, begun: Begun) -> list[Action]:
    """Open the wait for the work of a deliverable."""
    return _begin(turn, begun.noun) if isinstance(begun.noun, Milestone) else []


def noun_moved(turn: Turn, moved: StatusChanged) -> list[Action]:
    """End the wait for work that is handed in, open it where changes are asked; end all with a placement."""
    match moved.noun:
        case Milestone(status="open") as milestone:
            return _begin(turn, milestone)
        case Milestone(id=number, placement_id=placement_id) if moved.before == "open":
            news.retract_news(turn, subjects.NOT_HANDED_IN(placement_id))
            return waits.end(turn, HAND_IN, subjects.MILESTONE(number), "kept")
        case Placement() as placement if moved.before == "active":
            return end_with(turn, placement)
    return []


def milestone_changed(turn: Turn, changed: Changed) -> list[Action]:
    """Follow another date of a deliverable."""
    milestone = changed.noun
    if not isinstance(milestone, Milestone) or "due_at" not in changed.after:
        return []
    return waits.move_due_of(turn, HAND_IN, subjects.MILESTONE(milestone.id), milestone.due_at)


def _begin(turn: Turn, milestone: Milestone) -> list[Action]:
    subject, about = subjects.MILESTONE(milestone.id), subjects.PLACEMENT(milestone.placement_id)
    return waits.begin(turn, HAND_IN, subject, about, milestone.due_at)


def _student(turn: Turn, about: str) -> Person:
    return sides(turn, placement_of(turn, subjects.PLACEMENT.id_of(about))).student


def _zone(turn: Turn, about: str) -> str:
    return people.zone_of(turn, _student(turn, about))


def _morning(turn: Turn, about: str, due: datetime, step: str) -> datetime:
    zone = ZoneInfo(_zone(turn, about))
    day = due.astimezone(zone).date() - timedelta(days=reminders.DAYS_BEFORE[step])
    return at_local(day, schedule.DAWN, zone)


def _a_week_before(turn: Turn, about: str, due: datetime) -> datetime:
    return _morning(turn, about, due, "week")


def _a_day_before(turn: Turn, about: str, due: datetime) -> datetime:
    return _morning(turn, about, due, "day")


def _just_before(turn: Turn, about: str, due: datetime) -> datetime:
    """Return when the last call comes: three hours before, or before quiet hours that last past the date."""
    return daily_message.before_quiet_hours(turn, _student(turn, about), due - _LAST_CALL, due)


def _found(turn: Turn, after: int, most: int) -> Sequence[AwaitedThing]:
    """Return work that is owed, for an upgrade; a coordinator who was informed of a date is not again."""
    query = (
        select(Milestone, Placement.created_at)
        .join(Placement, Placement.id == Milestone.placement_id)
        .where(
            Milestone.programme_id == turn.programme_id,
            Milestone.status == "open",
            Milestone.id > after,
            Placement.status == "active",
        )
        .order_by(Milestone.id)
        .limit(most)
    )
    found = turn.session.execute(query).all()
    pending = _pending(turn, [each for each, _ in found])
    return [
        AwaitedThing(
            each.id,
            subjects.MILESTONE(each.id),
            subjects.PLACEMENT(each.placement_id),
            begun,
            each.due_at,
            step=_step(turn, each, pending),
        )
        for each, begun in found
    ]


def _step(turn: Turn, milestone: Milestone, pending: set[str]) -> int:
    """Return the first step that is still to come: the last one where a coordinator was informed."""
    passed = milestone.due_at + timedelta(hours=_OVERDUE) <= turn.now
    return len(_STEPS) - 1 if passed and not _overdue(milestone) & pending else 0


def _overdue(milestone: Milestone) -> set[str]:
    """Return the keys of the timers of an earlier version for what follows a date that has passed."""
    made = (keys.OVERDUE, keys.OVERDUE_AGAIN)
    return {key(milestone.placement_id, milestone.due_at) for key in made}


def _pending(turn: Turn, found: Sequence[Milestone]) -> set[str]:
    asked = sorted({key for each in found for key in _overdue(each)})
    query = select(timers.c.key).where(not_fired(turn), timers.c.key.in_(asked))
    return set(turn.connection.scalars(query))


_STEPS: Final = (
    WaitStep("week", reminders.remind, when=_a_week_before),
    WaitStep("day", reminders.remind, when=_a_day_before, replaces=Timer.PLACEMENT_REMINDER),
    WaitStep("last_call", reminders.last_call, when=_just_before, replaces=Timer.PLACEMENT_LAST_CALL),
    WaitStep("passed", reminders.date_passed, hours=_OVERDUE, replaces=Timer.PLACEMENT_OVERDUE),
    WaitStep("coordinator", reminders.ask_coordinator, hours=_COORDINATOR),
    WaitStep("over", not_handed_in.let_go, days=not_handed_in.DAYS),
)

ROUTES: Final = Routes(
    follows={
        Begun: (milestone_begun,),
        StatusChanged: (noun_moved,),
        Changed: (milestone_changed,),
    },
    timers=dict.fromkeys(
        (Timer.PLACEMENT_REMINDER, Timer.PLACEMENT_LAST_CALL, Timer.PLACEMENT_OVERDUE), waits.replaced_due
    ),
    waits={
        HAND_IN: WaitRoute(
            waits="employer",
            owes="student",
            steps=_STEPS,
            zone=_zone,
            found=_found,
            sides=wait_sides.HAND_IN,
        )
    },
)

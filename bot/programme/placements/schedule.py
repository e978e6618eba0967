"""A placement's timers: reminders before each date, check-ins in set steps, and the day after the last.

Every key holds the date it belongs to, so a moved date sets new timers and cancels the previous timers.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.chat.actions import Action, CancelTimers, SetTimer
from bot.clock import at_local
from bot.programme import people
from bot.programme.core import keys, subjects
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.placements.lookup import milestones, sides
from storage.tables import Person, Placement

__all__ = [
    "SILENCE",
    "ForDue",
    "ForStep",
    "check_in_days",
    "check_in_ends",
    "overdue_again",
    "schedule",
    "subject",
]

BEFORE: Final = (7, 1)
"""Days before a deadline on whose mornings the student is reminded."""

LAST_CALL: Final = timedelta(hours=3)
SILENCE: Final = timedelta(hours=48)
"""How long a check-in may stay unanswered before it counts as silence."""

OVERDUE: Final = timedelta(hours=12)
"""How long after a missed deadline both sides are informed; a coordinator is informed a day later."""

# Before any daily message goes out, so that the message takes the day's reminders along.
_DAWN: Final = time(0, 30)
_DAYS_A_WEEK: Final = 7


class ForDue(Struct, frozen=True, omit_defaults=True):
    """The payload of a date's timer: when the work is due (UTC), and whether both sides were informed."""

    due: datetime
    told: bool = False


class ForStep(Struct, frozen=True):
    """The payload of a check-in's timer: the number of the check-in, 1 first."""

    step: int


def subject(placement: Placement) -> str:
    """Return the subject by which the placement's timers and news are found."""
    return subjects.PLACEMENT(placement.id)


def schedule(turn: Turn, placement: Placement) -> list[Action]:
    """Set every timer of a placement again, by its dates as they are now and the student's zone."""
    cancelled = [
        CancelTimers(subject=subject(placement), kind=kind)
        for kind in (
            Timer.PLACEMENT_REMINDER,
            Timer.PLACEMENT_LAST_CALL,
            Timer.PLACEMENT_OVERDUE,
            Timer.PLACEMENT_CHECKIN,
        )
    ]
    student = sides(turn, placement).student
    zone = ZoneInfo(people.zone_of(turn, student))
    open_dates = {m.due_at for m in milestones(turn, placement) if m.status == "open"}
    deadlines = [act for due in sorted(open_dates) for act in _deadline(turn, placement, due, student)]
    return [*cancelled, *deadlines, *_check_ins(turn, placement, zone)]


def _deadline(turn: Turn, placement: Placement, due: datetime, student: Person) -> list[Action]:
    """Return the reminders of a date: mornings a week and a day before, three hours before, and after."""
    zone = ZoneInfo(people.zone_of(turn, student))
    local = due.astimezone(zone).date()
    mornings = {days: at_local(local - timedelta(days=days), _DAWN, zone) for days in BEFORE}
    timers = [
        _timer(placement, Timer.PLACEMENT_REMINDER, keys.REMINDER(placement.id, due, days), at, due)
        for days, at in mornings.items()
        if at > turn.now
    ]
    if due - LAST_CALL > turn.now:
        at = daily_message.before_quiet_hours(turn, student, due - LAST_CALL, due)
        timers.append(
            _timer(placement, Timer.PLACEMENT_LAST_CALL, keys.LAST_CALL(placement.id, due), at, due)
        )
    timers.append(
        _timer(placement, Timer.PLACEMENT_OVERDUE, keys.OVERDUE(placement.id, due), due + OVERDUE, due)
    )
    return list(timers)


def _timer(placement: Placement, kind: Timer, key: str, at: datetime, due: datetime) -> SetTimer:
    return SetTimer(
        key=key,
        due_at=at,
        kind=kind,
        subject=subject(placement),
        payload=ForDue(due),
    )


def check_in_days(starts: date, due: date) -> list[date]:
    """Return the days on which both sides are asked: weekly, or halfway where there is no whole week."""
    weekly = [
        day
        for step in range(1, (due - starts).days // _DAYS_A_WEEK + 1)
        if (due - (day := starts + timedelta(days=step * _DAYS_A_WEEK))).days > 1
    ]
    return weekly or [starts + (due - starts) / 2]


def _check_ins(turn: Turn, placement: Placement, zone: ZoneInfo) -> list[Action]:
    days = check_in_days(
        placement.starts_at.astimezone(zone).date(), placement.due_at.astimezone(zone).date()
    )
    return [
        SetTimer(
            key=keys.CHECK_IN_TIMER(placement.id, day),
            due_at=at,
            kind=Timer.PLACEMENT_CHECKIN,
            subject=subject(placement),
            payload=ForStep(step),
        )
        for step, day in enumerate(days, 1)
        if (at := at_local(day, _DAWN, zone)) > turn.now
    ]


def check_in_ends(turn: Turn, placement: Placement, step: int) -> datetime | None:
    """Return until when a check-in is of use: until the next check-in, or the due date for the last.

    None for a check-in that is asked after the due date.
    """
    zone = ZoneInfo(people.zone_of(turn, sides(turn, placement).student))
    starts, due = (at.astimezone(zone).date() for at in (placement.starts_at, placement.due_at))
    days = check_in_days(starts, due)
    ends = at_local(days[step], _DAWN, zone) if step < len(days) else placement.due_at
    return ends if ends > turn.now else None


def overdue_again(placement: Placement, due: datetime, at: datetime) -> SetTimer:
    """Return the timer of the second message about a missed date, for the coordinator."""
    return SetTimer(
        key=keys.OVERDUE_AGAIN(placement.id, due),
        due_at=at,
        kind=Timer.PLACEMENT_OVERDUE,
        subject=subject(placement),
        payload=ForDue(due, told=True),
    )

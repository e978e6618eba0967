"""A placement's timers: check-ins in set steps, and the waits for its work.

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
from bot.programme.notifications import waits
from bot.programme.placements.lookup import sides
from bot.programme.placements.wait_kinds import HAND_IN
from storage.tables import Placement

__all__ = [
    "DAWN",
    "ForStep",
    "check_in_days",
    "check_in_ends",
    "schedule",
    "subject",
]

DAWN: Final = time(0, 30)
"""The time of what the day's message takes along: before any daily message goes out."""

_DAYS_A_WEEK: Final = 7


class ForStep(Struct, frozen=True):
    """The payload of a check-in's timer: the number of the check-in, 1 first."""

    step: int


def subject(placement: Placement) -> str:
    """Return the subject by which the placement's timers and news are found."""
    return subjects.PLACEMENT(placement.id)


def schedule(turn: Turn, placement: Placement) -> list[Action]:
    """Set every timer of a placement again, by its dates as they are now and the student's hours and zone."""
    zone = ZoneInfo(people.zone_of(turn, sides(turn, placement).student))
    cancelled = CancelTimers(subject=subject(placement), kind=Timer.PLACEMENT_CHECKIN)
    return [
        cancelled,
        *waits.reckon(turn, HAND_IN, subject(placement)),
        *_check_ins(turn, placement, zone),
    ]


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
        if (at := at_local(day, DAWN, zone)) > turn.now
    ]


def check_in_ends(turn: Turn, placement: Placement, step: int) -> datetime | None:
    """Return until when a check-in is of use: until the next check-in, or the due date for the last.

    None for a check-in that is asked after the due date.
    """
    zone = ZoneInfo(people.zone_of(turn, sides(turn, placement).student))
    starts, due = (at.astimezone(zone).date() for at in (placement.starts_at, placement.due_at))
    days = check_in_days(starts, due)
    ends = at_local(days[step], DAWN, zone) if step < len(days) else placement.due_at
    return ends if ends > turn.now else None

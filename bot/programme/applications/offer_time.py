"""The time of an offer: its hours, with a whole weekday among them, and no end in the student's night."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.clock import at_local, next_local
from bot.programme import people
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from storage.tables import Person

__all__ = ["MORE", "awake", "ends_at", "reminded_at"]

MORE: Final = timedelta(days=1)
"""The time that a student can have more, once for each offer."""

_AWAKE: Final = timedelta(hours=2)
"""The time after a night in which an offer can still be answered whose end would have been in it."""

_WEEKEND: Final = (5, 6)
_A_DAY: Final = 24  # hours; a programme whose offers are shorter wants them shorter than a weekday
_SHORT: Final = 36  # hours; of a shorter offer a third is left when it is mentioned
_BEFORE: Final = timedelta(hours=24)


def ends_at(turn: Turn, student: Person, begins: datetime) -> datetime:
    """Return the last instant (UTC) of an offer that is read at `begins`."""
    until = begins + timedelta(hours=turn.programme.offer_hours)
    if turn.programme.offer_hours >= _A_DAY:
        zone = ZoneInfo(people.zone_of(turn, student))
        weekday = next_local(begins.astimezone(zone).date(), weekdays_off=_WEEKEND)
        until = max(until, at_local(weekday + timedelta(days=1), time(), zone))
    return awake(turn, student, until)


def awake(turn: Turn, person: Person, until: datetime) -> datetime:
    """Return an end, or one that leaves time in the morning where it is in a person's quiet hours."""
    wakes = daily_message.wakes_at(turn, person, until)
    return until if wakes is None else wakes + _AWAKE


def reminded_at(turn: Turn, student: Person, until: datetime) -> datetime:
    """Return when the student is reminded of an offer that ends at `until`, outside their quiet hours."""
    hours = turn.programme.offer_hours
    before = _BEFORE if hours >= _SHORT else timedelta(hours=hours) / 3
    return daily_message.before_quiet_hours(turn, student, until - before, until)

"""Working days, Mondays to Fridays: how what is owed in so many of them is reckoned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from bot.clock import at_local, next_local
from bot.programme.core.turn import Turn
from bot.programme.people.away import back_first
from storage.tables import Person

__all__ = ["EARLY", "is_last_ask", "working_day", "working_days_after", "working_days_from"]

EARLY: Final = time(0, 5)
"""The time of a step in the morning: before the daily message of that day."""

_WEEKEND: Final = (5, 6)

_ASKS: Final = 5
"""How many times coordinators are asked again for what they owe."""


def working_days_from(turn: Turn, days: int) -> datetime:
    """Return the early morning (UTC) of the day that many working days after now, in the programme's zone.

    What began on one day is so due at one instant, and said in one message.
    """
    zone = ZoneInfo(turn.programme.zone)
    return at_local(working_day(turn.now.astimezone(zone).date(), days), EARLY, zone)


def is_last_ask(turn: Turn, asked: Sequence[Person], since: datetime) -> bool:
    """Tell whether these coordinators are asked for the last time for what is waited for since then (UTC).

    While all of them are away there is another time.
    """
    if back_first(turn, asked) is not None:
        return False
    zone = ZoneInfo(turn.programme.zone)
    last = working_day(since.astimezone(zone).date(), _ASKS * turn.programme.coordinator_days)
    return turn.now.astimezone(zone).date() >= last


def working_days_after(at: datetime, days: int, zone: str) -> datetime:
    """Return the instant (UTC) that many working days after another, at the same time of day in a zone."""
    local = at.astimezone(ZoneInfo(zone))
    return at_local(working_day(local.date(), days), local.time(), ZoneInfo(zone))


def working_day(day: date, days: int) -> date:
    """Return the date that many working days after another; none after leaves it."""
    for _ in range(days):
        day = next_local(day, weekdays_off=_WEEKEND)
    return day

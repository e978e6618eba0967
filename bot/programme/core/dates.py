"""Dates of projects, placements and terms: each a Day or an instant.

A row keeps the instant, by which everything is sorted and set off, and beside it the date and the zone of a
Day. They are read together: a date whose instant was moved by something that knows no days is the instant.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

from bot.chat.local_day import Day, When, ends_at, load_day, starts_at
from bot.chat.numbers import INSTANT, whole_number
from bot.clock import at_local

__all__ = ["Name", "by_days", "columns", "instant_of", "of_stamp", "read", "stamp", "write"]

Name: TypeAlias = Literal["deadline", "decide", "starts", "due"]
"""What the columns of a date begin with."""


def read(row: object, name: Name) -> When:
    """Return a date of a row: a Day where it was given without a time, else an instant."""
    at: datetime = getattr(row, f"{name}_at")
    day: date | None = getattr(row, f"{name}_day")
    if day is None:
        return at
    kept = load_day({"day": day.isoformat(), "zone": getattr(row, f"{name}_zone")})
    return kept if kept is not None and instant_of(name, kept) == at else at


def write(row: object, name: Name, when: When) -> None:
    """Write a date into a row that is not stored yet, or of terms; change other rows with `change`."""
    for column, value in columns(name, when).items():
        setattr(row, column, value)


def columns(name: Name, when: When) -> dict[str, Any]:
    """Return a date as columns: its instant, and date and zone of a Day."""
    day = when if isinstance(when, Day) else None
    return {
        f"{name}_at": instant_of(name, when),
        f"{name}_day": day and day.date,
        f"{name}_zone": day and day.zone,
    }


def instant_of(name: Name, when: When) -> datetime:
    """Return the instant of a date: a start's in the morning of its day, of others its end."""
    return starts_at(when) if name == "starts" else ends_at(when)


def by_days(when: When, days: timedelta, zone: ZoneInfo) -> When:
    """Return a date so many days later; an instant keeps its time of day in a zone."""
    if isinstance(when, Day):
        return Day(when.date + days, when.zone)
    local = when.astimezone(zone)
    return at_local(local.date() + days, local.time(), zone)


def stamp(when: When) -> str:
    """Return a date as an id holds it: the date of a Day, or a Unix time in seconds."""
    return when.date.isoformat() if isinstance(when, Day) else str(int(when.timestamp()))


def of_stamp(text: str, zone: str) -> When | None:
    """Return the date that an id holds, a Day in a zone; None for what is none.

    An id keeps no zone: a day moves with the person whose day it is.
    """
    if (seconds := whole_number(text, INSTANT)) is not None:
        return datetime.fromtimestamp(seconds, tz=UTC)
    return load_day({"day": text, "zone": zone})

"""Dates of a project: each a Day or an instant.

A row keeps the instant, by which everything is sorted and set off, and beside it the date and the zone of a
Day. They are read together: a date whose instant was moved by something that knows no days is the instant.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal, TypeAlias

from bot.chat.local_day import Day, When, ends_at, load_day, starts_at

__all__ = ["Name", "columns", "instant_of", "read", "write"]

Name: TypeAlias = Literal["deadline", "decide", "starts"]
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
    """Write a date into a row that is not stored yet; change a stored row with `change` and `columns`."""
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

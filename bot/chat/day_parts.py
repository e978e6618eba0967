"""A day as a part of a message: the words for its reader, with their clock as a platform's mark beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import convert

from bot.chat.local_day import Day, ends_at, load_day, words_of, zone_of_day
from bot.chat.sentences import Moment, ShownDay
from bot.chat.values import json_data, replace

__all__ = ["day_for", "day_of", "day_part", "unmarked", "with_days"]

_MARKED: Final = "full"
"""The style of a clock that a platform draws for each reader, as it is not known who reads."""


def day_part(day: Day, reader: ZoneInfo | None, now: datetime, *, clock: bool = True) -> ShownDay:
    """Make a Day for a reader in the zone `reader`; None is a channel, or a reader whose zone is not known.

    `clock` False leaves the clock beside it out, as a start does, which has no last minute.
    """
    words = words_of(day, reader, now)
    shown = ShownDay(words.day, words.place, on=day.date, zone=day.zone, ends=clock)
    if not clock or not (words.clock or words.marked):
        return shown
    zone = reader or zone_of_day(day.zone)
    if words.marked:
        return replace(shown, clock=Moment(ends_at(day), zone.key, _MARKED))
    return replace(shown, clock=Moment(ends_at(day), zone.key, "date_clock" if words.other_date else "clock"))


def day_of(shown: ShownDay) -> Day | None:
    """Return the Day that is shown; None in what was stored before it was kept."""
    marked = shown.clock.zone if shown.clock is not None and shown.clock.style == _MARKED else ""
    return load_day({"day": str(shown.on), "zone": shown.zone or marked})


def day_for(shown: ShownDay, reader: ZoneInfo | None, day: Day | None = None) -> ShownDay:
    """Return a day as another reader reads it; with `day`, the same date after it moved to another zone.

    Its words stay: whether they name the year was decided when they were said.
    """
    known = day or day_of(shown)
    if known is None:
        return shown
    made = day_part(known, reader, ends_at(known), clock=shown.ends)
    return replace(made, day=shown.day, aside=shown.aside)


def unmarked(shown: ShownDay, zone: str = "") -> ShownDay:
    """Return a day as it is shown where no platform draws marks, to a reader in a zone; "" is not known.

    Without a zone nothing is beside the day and its place: no clock is known that would be the reader's.
    """
    if shown.clock is None or shown.clock.style != _MARKED:
        return shown
    return day_for(shown, ZoneInfo(zone)) if zone and day_of(shown) else replace(shown, clock=None)


def with_days(data: Any, change: Callable[[ShownDay], ShownDay]) -> Any:  # noqa: ANN401 - any stored JSON
    """Return stored JSON with each day in it changed, also those in the values of sentences."""
    match data:
        case list():
            return [with_days(each, change) for each in data]
        case {"kind": "shown_day"}:
            return json_data(change(convert(data, ShownDay)))
        case dict():
            return {key: with_days(value, change) for key, value in data.items()}
    return data

"""A day as a part of a message: the words for its reader, with their clock as a platform's mark beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.chat.content import Moment, ShownDay
from bot.chat.local_day import Day, ends_at, words_of, zone_of_day
from bot.chat.values import replace

__all__ = ["day_part"]


def day_part(day: Day, reader: ZoneInfo | None, now: datetime, *, clock: bool = True) -> ShownDay:
    """Make a Day for a reader in the zone `reader`; None is a channel, or a reader whose zone is not known.

    `clock` False leaves the clock beside it out, as a start does, which has no last minute.
    """
    words = words_of(day, reader, now)
    shown = ShownDay(words.day, words.place, on=day.date)
    if not clock or not (words.clock or words.marked):
        return shown
    zone = reader or zone_of_day(day.zone)
    beside: Literal["clock", "date_clock"] = "date_clock" if words.other_date else "clock"
    return replace(shown, clock=Moment(ends_at(day), zone.key, "full" if words.marked else beside))

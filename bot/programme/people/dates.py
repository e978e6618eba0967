"""A date as a person reads it: a Day in words with its place, an instant on the reader's clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.chat.content import Block, Moment, ShownDay, load_message
from bot.chat.day_parts import day_for, day_part, with_days
from bot.chat.local_day import Day, When
from bot.programme.core.turn import Turn
from bot.programme.people.time_zones import zone_of
from storage.tables import Person

__all__ = ["blocks_for", "clock_of", "reader_of", "shown_date", "shown_day", "shown_day_there"]


def clock_of(person: Person | None) -> ZoneInfo | None:
    """Return the zone a person is known to be in; None where it is not known, and for a channel."""
    return ZoneInfo(person.zone) if person is not None and person.zone else None


def reader_of(turn: Turn) -> Person | None:
    """Return the person who acts, and reads the answer; None for a timer, or a person the bot has not met."""
    return turn.person if turn.person_id else None


def shown_date(turn: Turn, when: When, reader: Person | None) -> ShownDay | Moment:
    """Return a date for a reader (None: a channel, or any), with what it is on their clock."""
    if isinstance(when, Day):
        return day_part(when, clock_of(reader), turn.now)
    return Moment(when, zone_of(turn, reader) if reader else turn.programme.zone)


def shown_day(turn: Turn, when: When, reader: Person | None) -> ShownDay | Moment:
    """Return the day of a date for a reader, without a time: a start, or what has no last minute."""
    if isinstance(when, Day):
        return day_part(when, clock_of(reader), turn.now, clock=False)
    return Moment(when, zone_of(turn, reader) if reader else turn.programme.zone, "day")


def shown_day_there(turn: Turn, at: datetime, zone: str, reader: Person | None) -> ShownDay | Moment:
    """Return the day on which an instant is in a zone, which two people read alike: with its place elsewhere.

    It is for what one side owes another by then: the day is that of the side that owes.
    """
    return shown_day(turn, Day(at.astimezone(ZoneInfo(zone)).date(), zone), reader)


def blocks_for(stored: Any, reader: Person | None) -> tuple[Block, ...]:  # noqa: ANN401 - any stored JSON
    """Return the blocks of a stored message with its days as this person reads them; None is a channel."""
    clock = clock_of(reader)
    said = stored if clock is None else with_days(stored, lambda day: day_for(day, clock))
    return load_message(said).blocks

"""A day: a date in a place, and how it is put for a reader in any place.

A date that is typed without a time is a Day. It ends when that date ends in its zone, which is the zone of
the person who has to act by it. A day for many people is of the zone `EVERYWHERE`: it is over when it is
over in the last place on earth (UTC-12), so "by Mon 16 March" is true for every reader.

What is said of a Day is in the bot's own words: weekday, date and place. A platform's mark for an instant
is drawn in the zone of the reader's device and would often show the next date, so it is used only for the
clock beside the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias
from zoneinfo import ZoneInfo

from bot.clock import at_local

if TYPE_CHECKING:
    from bot.chat.answers.model import JSONValue

__all__ = [
    "EVERYWHERE",
    "Day",
    "DayWords",
    "SkippedDateError",
    "When",
    "date_of",
    "deadline_of",
    "dump_day",
    "ends_at",
    "load_day",
    "place_of",
    "starts_at",
    "words_of",
    "zone_of_day",
]

EVERYWHERE: Final = "everywhere"
"""The zone of a day for many people: it is over when the date is over in every place."""

_LAST_PLACE: Final = "Etc/GMT+12"
"""UTC-12; the names of these zones count westwards (POSIX)."""
_DAY_STARTS: Final = time(9)
_DAY_ENDS: Final = time(23, 59)
_A_DAY: Final = timedelta(days=1)
_A_MINUTE: Final = timedelta(minutes=1)


class SkippedDateError(ValueError):
    """A date that a place never had: it moved across the date line, or began to."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date in a place: `zone` is an IANA name, or EVERYWHERE.

    Raises:
        SkippedDateError: the place has no such date.
    """

    date: date
    zone: str

    def __post_init__(self) -> None:
        """Refuse a date that the place skipped, such as 30 December 2011 in Apia."""
        zone = zone_of_day(self.zone)
        if at_local(self.date, time(), zone).astimezone(zone).date() != self.date:
            msg = f"there was no {self.date} in {self.zone}"
            raise SkippedDateError(msg)


When: TypeAlias = Day | datetime
"""A deadline: a Day, or an instant (aware UTC) where a time was given."""


@dataclass(frozen=True, slots=True)
class DayWords:
    """A Day for one reader, in words.

    Attributes:
        day: `Mon 16 March`; with the year where that is another than the present one.
        place: `Madrid`; "" where the reader needs no place.
        clock: the time at which the day ends for the reader, `Tue 17 March, 07:59` or `18:59`; "" where
            it ends for them with that date, or where it is not known who reads.
        other_date: whether it ends for the reader on another date.
        marked: whether the platform's mark, which knows each reader's clock, is to show the end.
    """

    day: str
    place: str = ""
    clock: str = ""
    other_date: bool = False
    marked: bool = False


def zone_of_day(zone: str) -> ZoneInfo:
    """Return the time zone by which a day of `zone` ends."""
    return ZoneInfo(_LAST_PLACE if zone == EVERYWHERE else zone)


def deadline_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the last minute of a date in UTC: the one before the zone's next midnight.

    It is not 23:59 as such, which a gap at the end of the day moves into the next date. Where clocks go
    back across midnight the date comes twice, and ends the second time.
    """
    midnight = datetime.combine(day + _A_DAY, time(), tzinfo=zone)
    ends = [midnight.replace(fold=fold).astimezone(UTC) - _A_MINUTE for fold in (0, 1)]
    # In a gap the second reading lies before the midnight that there is.
    return max((end for end in ends if end.astimezone(zone).date() == day), default=ends[0])


def date_of(when: When, zone: ZoneInfo) -> date:
    """Return the date of a Day, or the one that an instant lies on in a zone."""
    return when.date if isinstance(when, Day) else when.astimezone(zone).date()


def ends_at(when: When) -> datetime:
    """Return the last minute of a Day as an instant in UTC; an instant is its own."""
    return deadline_of(when.date, zone_of_day(when.zone)) if isinstance(when, Day) else when


def starts_at(when: When) -> datetime:
    """Return when work begins on a Day, 09:00 there, as an instant in UTC; an instant is its own."""
    return at_local(when.date, _DAY_STARTS, zone_of_day(when.zone)) if isinstance(when, Day) else when


def dump_day(day: Day) -> dict[str, JSONValue]:
    """Return a Day as JSON-ready data: `{"day": "2026-03-16", "zone": "Europe/Madrid"}`."""
    return {"day": day.date.isoformat(), "zone": day.zone}


def load_day(data: object) -> Day | None:
    """Return the Day that `dump_day` wrote; None when it is no such data, or no such day or zone."""
    if not isinstance(data, dict) or data.keys() != {"day", "zone"}:
        return None
    try:
        return Day(date.fromisoformat(str(data["day"])), str(data["zone"]))
    except (ValueError, OSError, LookupError):
        # A name that is no zone raises a LookupError, a name that is a folder of zones an OSError.
        return None


def words_of(day: Day, reader: ZoneInfo | None, now: datetime) -> DayWords:
    """Say a Day for a reader in the zone `reader`; None is a channel, or a reader whose zone is not known.

    A reader in the day's own zone reads the day alone. Others read its place, unless it is a day of
    everywhere, and the time it ends on their clock, unless that is 23:59 of the same date.
    """
    zone = zone_of_day(day.zone)
    written = _date_in_words(day.date, now.astimezone(reader or zone).date())
    of_all = day.zone == EVERYWHERE
    if reader is None:
        return DayWords(written) if of_all else DayWords(written, place_of(day.zone), marked=True)
    end = ends_at(day).astimezone(reader)
    place = "" if of_all or reader.key == day.zone else place_of(day.zone)
    if (end.date(), end.time()) == (day.date, _DAY_ENDS) or reader.key == day.zone:
        return DayWords(written, place)
    clock = f"{end:%H:%M}"
    if end.date() == day.date:
        return DayWords(written, place, clock)
    return DayWords(written, place, f"{_date_in_words(end.date(), end.date())}, {clock}", other_date=True)


def place_of(zone: str) -> str:
    """Return the place a zone is named after: `Buenos Aires` of America/Argentina/Buenos_Aires."""
    return zone.rpartition("/")[2].replace("_", " ")


def _date_in_words(day: date, today: date) -> str:
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%B}{year}"

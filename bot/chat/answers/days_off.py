"""Days off, as people write them: weekdays, dates and spans of dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rapidfuzz import fuzz, process

from bot.chat.answers.dates import when_of
from bot.chat.answers.model import Ambiguous, Asking, Refused, Understood, Unreadable
from bot.chat.answers.reading import read_answer
from bot.chat.local_day import date_of
from bot.chat.numbers import is_digits
from bot.chat.sentences import Names, Term, Value, say

__all__ = [
    "dates_off",
    "days_off_as_typed",
    "read_days_off",
    "show_days_off",
    "weekdays_off",
]

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NAMES: Final = (
    Term("Monday", "weekday"),
    Term("Tuesday", "weekday"),
    Term("Wednesday", "weekday"),
    Term("Thursday", "weekday"),
    Term("Friday", "weekday"),
    Term("Saturday", "weekday"),
    Term("Sunday", "weekday"),
)
_MANY_DAYS: Final = {
    "weekend": ("saturday", "sunday"),
    "weekends": ("saturday", "sunday"),
    "the weekend": ("saturday", "sunday"),
    "weekdays": WEEKDAYS[:5],
}
_NONE: Final = frozenset({"", "-", "none", "no", "never", "no days", "no days off", "nothing"})
_FEWEST_LETTERS: Final = 3  # letters of a weekday's name that are enough to mean it
_MISSPELT_LIKENESS: Final = 80  # how alike (of 100) a misspelt weekday must be
_LONGEST_SPAN: Final = 60  # days
_DAY_AND_MONTH: Final = re.compile(r"[0-9]{1,2}\.?(?:st|nd|rd|th)? (?P<month>[^\W\d_]{3,}.*)", re.IGNORECASE)
_SPAN: Final = re.compile(
    r"(?<!\s)\s*(?:–|\bto\b|\buntil\b|\btill\b| - |(?<=[a-z]) ?- ?(?=[a-z])"
    r"|(?<=[0-9])-(?=[0-9]{1,2}\.? [a-z]))\s*",
    re.IGNORECASE,
)
_BEFORE_WEEKDAY: Final = frozenset({"next", "this", "coming", "on"})
_ONE_DAY: Final = re.compile(r"(?<!\s)\s*(?:,|;|\n|&|\band\b)\s*")


def read_days_off(typed: str, zone: str, now: datetime) -> list[str]:
    """Read weekdays and dates without a digest: weekday names and ISO dates, in order, each once.

    Reads "Sat, Sun and 24 Dec", "weekends", "none"; `now` (UTC) and the IANA `zone` tell the year.

    Raises:
        Unreadable: a piece is neither a weekday nor a date, could be two dates, or every weekday is off.
    """
    if " ".join(typed.casefold().split()) in _NONE:
        return []
    days: list[str] = []
    dates: list[str] = []
    pieces = [piece for piece in _ONE_DAY.split(typed.strip()) if piece]
    for piece in _with_months(pieces):
        named = _weekdays(piece)
        if named:
            days += named
        else:
            dates += _dates(piece, zone, now)
    found = [day for day in WEEKDAYS if day in days]
    if len(found) == len(WEEKDAYS):
        raise Unreadable("With every weekday off nothing would ever be sent. Leave at least one.")
    return [*found, *sorted(set(dates))]


def _with_months(pieces: Sequence[str]) -> list[str]:
    """Give every day its month: in "24, 25 and 26 December" each is a day of December."""
    whole: list[str] = []
    month = ""
    for piece in reversed(pieces):
        named = _DAY_AND_MONTH.fullmatch(piece)
        month = named["month"] if named else month
        whole.append(f"{piece} {month}" if is_digits(piece) and month else piece)
    return whole[::-1]


def _weekdays(piece: str) -> tuple[str, ...]:
    plain = piece.casefold().strip(" .")
    if plain in _MANY_DAYS:
        return _MANY_DAYS[plain]
    first, to, last = _SPAN.sub(" to ", plain).partition(" to ")
    start = _weekday(first)
    if not to or start is None:
        return () if start is None else (WEEKDAYS[start],)
    end = _weekday(last)
    if end is None:
        return ()
    return tuple(WEEKDAYS[(start + step) % 7] for step in range((end - start) % 7 + 1))


def _weekday(typed: str) -> int | None:
    """Return which weekday a word is, Monday 0: "Sat", "saturdays", "every satuday"."""
    word = typed.strip().removeprefix("every ")
    if not word.isalpha() or len(word) < _FEWEST_LETTERS:
        return None
    for number, day in enumerate(WEEKDAYS):
        if day.startswith(word) or word == f"{day}s":
            return number
    hit = process.extractOne(word, WEEKDAYS, scorer=fuzz.ratio, score_cutoff=_MISSPELT_LIKENESS)
    return int(hit[2]) if hit else None


def _dates(piece: str, zone: str, now: datetime) -> list[str]:
    """Return one date, or each from the first to the last of a span."""
    first, to, last = _SPAN.sub(" to ", piece).partition(" to ")
    if not to:
        return [_date(piece, zone, now).isoformat()]
    begin, end = _with_months([first.strip(), last.strip()])
    start, stop = _date(begin, zone, now), _date(end, zone, now)
    if stop < start and stop.year == start.year:
        stop = stop.replace(year=stop.year + 1)
    if stop < start or (stop - start).days > _LONGEST_SPAN:
        raise Unreadable(
            say(
                "That is no span of days I can take: “{begin}” to “{end}”. Write the dates one by one.",
                begin=begin,
                end=end,
            )
        )
    return [(start + timedelta(days=step)).isoformat() for step in range((stop - start).days + 1)]


def _date(piece: str, zone: str, now: datetime) -> date:
    try:
        return date.fromisoformat(piece)
    except ValueError:
        pass
    unknown = say(
        "I could not read “{piece}” as a day. Write weekdays and dates like this: Sat, Sun, 24 Dec",
        piece=piece,
    )
    *before, word = piece.casefold().split()
    # Neither a misspelt weekday nor Good Friday must become the date of one.
    if word.isalpha() and word.endswith("day") and word != "today" and not set(before) & _BEFORE_WEEKDAY:
        raise Unreadable(unknown)
    match read_answer(piece, Asking(kind="date", now=now, zone=ZoneInfo(zone), future=True)):
        case Understood(value=value) if (when := when_of(value)) is not None:
            return date_of(when, ZoneInfo(zone))
        case Ambiguous(readings=readings) if readings:
            whens = [when for each in readings if (when := when_of(each.value)) is not None]
            days = [date_of(when, ZoneInfo(zone)) for when in whens]
            meant = Names(tuple(f"{day.day} {day:%B %Y}" for day in days), "or")
            raise Unreadable(
                say("Write the month as a word: “{piece}” could be {days}.", piece=piece, days=meant)
            )
        case Ambiguous() | Refused() | Understood():
            raise Unreadable(unknown)


def weekdays_off(days_off: Sequence[str]) -> list[int]:
    """Return the weekdays among days off, Monday 0."""
    return [WEEKDAYS.index(day) for day in days_off if day in WEEKDAYS]


def dates_off(days_off: Sequence[str]) -> list[date]:
    """Return the dates among days off."""
    return [date.fromisoformat(day) for day in days_off if day not in WEEKDAYS]


def days_off_as_typed(days_off: Sequence[str]) -> str:
    """Return days off as words that are read as the same again: "Saturday, Sunday, Thu 24 December 2026"."""
    weekdays = [_NAMES[number].word for number in weekdays_off(days_off)]
    return ", ".join([*weekdays, *map(_shown, dates_off(days_off))]) or "none"


def show_days_off(days_off: Sequence[str]) -> Value:
    """Return days off as they are shown: "Saturday, Sunday and Thu 24 December 2026"; "none"."""
    if not days_off:
        return say("none", context="answer")
    weekdays = [_NAMES[number] for number in weekdays_off(days_off)]
    return Names((*weekdays, *map(_shown, dates_off(days_off))))


def _shown(day: date) -> str:
    return f"{day:%a} {day.day} {day:%B %Y}"

"""A date, as people write it, in the zone it is meant in: "next friday", "in 3 days", "12 dec 5pm".

Stored as the instant in UTC, "2026-12-11T22:59:00Z". A date without a time is 23:59 local, and what is
shown always has its weekday and zone. Local times that a change of clocks leaves out or doubles follow
`bot.clock`. Which day a name means is decided in `days`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from bot.chat.answers.date_words import MONTHS, UNITS, WEEKDAYS, spell_out
from bot.chat.answers.days import NoDay, read_day
from bot.chat.answers.hours import DAY, END_OF_DAY, NoTime, Times, take_time
from bot.chat.answers.model import Answer, Asking, JSONValue, Refused, Understood
from bot.chat.answers.normalise import simplify
from bot.chat.answers.periods import Days
from bot.chat.answers.readings import settle
from bot.chat.answers.zones import named_zones, offset_in
from bot.clock import at_local

_LONGEST = 120
_FIRST_YEAR, _LAST_YEAR = 1970, 2099
_UNREAD = "I could not read a date in that."


@dataclass(frozen=True, slots=True)
class Moments:
    """Instants that may be meant; with a question where only the person can tell."""

    instants: tuple[datetime, ...]
    question: str = ""


Clock = ZoneInfo | timedelta
"""The clock that a time of day is by: a zone, or an offset from UTC."""

_STAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:z|[+-][0-9]{2}:?[0-9]{2})"
)
_FROM_NOW = re.compile(r"(?P<number>[0-9]{1,4}) (?P<unit>minutes|hours)(?: from now)?")
_A_MONTH = "|".join(MONTHS)
_NUMBER = "([0-9]{1,2})(?:st|nd|rd|th)?"
# "12-14 december", "2 or 3 weeks"; "december 12 or 14", "1 week or 2"
_TWO_DAYS = re.compile(
    rf"\b{_NUMBER} ?(?:-|to|or|and) ?{_NUMBER} ({_A_MONTH}|{'|'.join(UNITS)})\b"
    rf"|\b({_A_MONTH}) {_NUMBER} ?(?:-|to|or|and) ?{_NUMBER}(?![:.0-9])"
    rf"|\b{_NUMBER} ({'|'.join(UNITS)}) (?:to|or) {_NUMBER}$"
)
_OFFSET = re.compile(
    r"\b(?:utc|gmt) ?[+-] ?[0-9]{1,2}(?::?[0-9]{2})?\b|(?<=:[0-9]{2}) ?[+-][0-9]{2}:?[0-9]{2}$"
)
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_OWN_TIME = re.compile(r"\b(?:my|our|local|the same) time(?: ?zone)?\b")
_ENDS_IN_TIME = re.compile(r"(?:[0-9]|[ap]\.?m\.?|noon|midnight|midday|eod|cob|clock)$")
_CALENDAR_WORDS = frozenset({*WEEKDAYS, *MONTHS, *UNITS})
_NIGHT_ENDS = 4
"""O'clock; until then people who are still up may call the coming morning tomorrow."""
_LONGEST_ZONE = 3
"""Words of a zone's name: "ho chi minh"."""


def read_date(text: str, asking: Asking) -> Answer:
    """Read one moment; an answer that has several readings, or is too vague, is asked about."""
    plain = simplify(text).lower()
    if len(plain) > _LONGEST:
        return Refused("That is a lot of text. Please send the date alone.", _example(asking))
    if _STAMP.fullmatch(plain):
        return check_date(plain.upper(), asking)
    clocks, rest = _take_clocks(plain, asking)
    words = spell_out(rest)
    whole = _moments(words, clocks, asking)
    if isinstance(whole, Refused):
        several = [_moments(part, clocks, asking, bare=False) for part in _alternatives(words)]
        every = [each for each in several if isinstance(each, Moments) and not each.question]
        if not every:
            return whole
        instants = tuple(instant for each in every for instant in each.instants)
        whole = Moments(instants, "I see more than one date. Which one should I take?")
    checked = [check_date(in_utc(instant), asking) for instant in whole.instants]
    question = whole.question or "Which one do you mean?"
    if sum(isinstance(each, Understood) for each in checked) == 1:
        question = "Is this the day you mean?"
    return settle(checked, question, ask=bool(whole.question))


def check_date(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Take an instant (ISO 8601 with its offset); it is shown in the asked zone."""
    instant = _instant(value)
    if instant is None:
        return Refused("I need a date here.", _example(asking))
    if not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        return Refused(f"I can take dates up to the year {_LAST_YEAR}.", _example(asking))
    shown = in_words(instant, asking.zone)
    if asking.future and instant <= asking.now:
        return Refused(f"{shown} has already passed.", _example(asking))
    return Understood(in_utc(instant), shown)


def in_utc(instant: datetime) -> str:
    """Return an instant as it is stored: "2026-12-11T22:59:00Z"."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def in_words(instant: datetime, zone: ZoneInfo) -> str:
    """Return an instant in words: "Fri 11 December 2026, 23:59 (Europe/Berlin)"."""
    local = format_datetime(instant.astimezone(zone), "EEE d MMMM y, HH:mm", locale="en_GB")
    return f"{local} ({zone.key})"


def _moments(
    words: str, clocks: tuple[Clock, ...], asking: Asking, *, bare: bool = True
) -> Moments | Refused:
    """Read a day and a time of day; `bare` allows a time alone, which means its next occurrence."""
    match = _FROM_NOW.fullmatch(words)
    if match:
        later = asking.now + timedelta(**{match["unit"]: int(match["number"])})
        return Moments((later.replace(second=0, microsecond=0),))
    times, rest = take_time(words)
    if isinstance(times, NoTime):
        return Refused("There is no such time of day.", _example(asking))
    rest = " ".join(word for word in rest.split() if word != "at")
    today = asking.now.astimezone(asking.zone).date()
    if times and not rest and bare:
        return _coming(times, clocks, today, asking)
    days = _read_day(rest, asking)
    if isinstance(days, NoDay):
        return Refused(days.reason, _example(asking))
    if days is None:
        return Refused("I could not read a date in that.", _example(asking))
    return _join(days, times or Times((END_OF_DAY,)), clocks, today, asking)


def _read_day(words: str, asking: Asking) -> Days | NoDay | None:
    """Read a day; shortly after midnight "tomorrow" may be the day that has just begun."""
    here = asking.now.astimezone(asking.zone)
    days = read_day(words, here.date(), future=asking.future)
    if here.hour >= _NIGHT_ENDS or "tomorrow" not in words or not isinstance(days, Days):
        return days
    begun = read_day(words.replace("tomorrow", "today"), here.date(), future=asking.future)
    both = (*begun.days, *days.days) if isinstance(begun, Days) else days.days
    return Days(both, "It is past midnight. Which day do you mean?")


def _coming(times: Times, clocks: tuple[Clock, ...], today: date, asking: Asking) -> Moments:
    """Take a time alone for today's, or for tomorrow's where that has passed."""
    if times.minutes in {(END_OF_DAY,), (0, END_OF_DAY)}:
        return _join(Days((today,)), Times((END_OF_DAY,)), clocks, today, asking)
    both = _join(Days((today, today + timedelta(days=1))), times, clocks, today, asking)
    ahead = tuple(instant for instant in both.instants if instant > asking.now)
    return Moments(ahead[: len(times.minutes) * len(clocks)], both.question)


def _join(days: Days, times: Times, clocks: tuple[Clock, ...], today: date, asking: Asking) -> Moments:
    minutes = times.minutes
    if minutes == (0, END_OF_DAY) and days.days == (today,):
        # Midnight today is the coming one.
        minutes = (END_OF_DAY,)
    instants = [_at(day, minute, clock) for day in days.days for minute in minutes for clock in clocks]
    if asking.future and not days.question:
        # A question about the time of day is not worth asking of what has passed.
        ahead = [instant for instant in instants if instant > asking.now]
        instants = ahead or instants
    unique = tuple(dict.fromkeys(instants))
    question = days.question
    if len(unique) > 1 and not question:
        several = f"That time zone has several meanings. Which is it in {asking.zone.key} time?"
        question = times.question or (several if len(clocks) > 1 else "")
    return Moments(unique, question)


def _at(day: date, minute: int, clock: Clock) -> datetime:
    if minute == DAY:
        day, minute = day + timedelta(days=1), 0
    wall = time(minute // 60, minute % 60)
    if isinstance(clock, timedelta):
        return datetime.combine(day, wall, tzinfo=UTC) - clock
    return at_local(day, wall, clock)


def _alternatives(words: str) -> list[str]:
    """Cut "friday or saturday" and "12-14 december" into the days they name."""
    match = _TWO_DAYS.search(words)
    if match:
        month = match[3] or match[4] or match[8]
        pair = (match[1] or match[5] or match[7], match[2] or match[6] or match[9])
        return [f"{words[: match.start()]}{day} {month}{words[match.end() :]}".strip() for day in pair]
    parts = re.split(r"\b(?:or|to|and)\b", words.removeprefix("between "))
    return [part.strip() for part in parts] if len(parts) > 1 else []


def _take_clocks(text: str, asking: Asking) -> tuple[tuple[Clock, ...], str]:
    """Return the clocks that a time of day may be by, and the text without their names."""
    text = _OWN_TIME.sub(" ", text)
    for pattern in (_IN_BRACKETS, _OFFSET):
        match = pattern.search(text)
        name = match[match.lastindex or 0].strip() if match else ""
        clocks = _clocks(name)
        if match and clocks:
            return clocks, f"{text[: match.start()]} {text[match.end() :]}"
    words = text.split()
    for length in range(_LONGEST_ZONE, 0, -1):
        for start in range(len(words) - length + 1):
            rest = words[start + length :]
            is_named = rest[:1] == ["time"] or "/" in words[start]
            after_time = start > 0 and _ENDS_IN_TIME.search(words[start - 1])
            clocks = _clocks(" ".join(words[start : start + length]).strip(",."))
            if clocks and (is_named or after_time):
                return clocks, " ".join([*words[:start], *rest])
    return (asking.zone,), text


def _clocks(name: str) -> tuple[Clock, ...]:
    # In a time stamp GMT is UTC, while a place that says GMT may have summer time.
    offset = timedelta() if name == "gmt" else offset_in(name)
    if offset is not None:
        return (offset,)
    if name in _CALENDAR_WORDS:
        return ()
    return tuple(ZoneInfo(zone) for zone in named_zones(name))


def _instant(value: JSONValue) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value if isinstance(value, str) else "")
        return instant.astimezone(UTC) if instant.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _example(asking: Asking) -> str:
    """Return a date a fortnight from now."""
    day = asking.now.astimezone(asking.zone).date() + timedelta(days=14)
    return f"{day.day} {MONTHS[day.month - 1].capitalize()} {day.year}"

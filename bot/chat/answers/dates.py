"""A date, as people write it, in the zone it is meant in: "next friday", "in 3 days", "12 dec 5pm".

A date without a time is a Day (`bot.chat.local_day`) and stored as one, {"day": "2026-12-11", "zone":
"Europe/Berlin"}; whose day it is `Asking.days_of` says. One with a time is an instant in the zone of
the person who typed it, stored in UTC, "2026-12-11T22:59:00Z". Local times that a change of clocks leaves out
or doubles follow `bot.clock`. Which day a name means is decided in `days`.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.chat.answers.date_words import MONTHS, UNITS, WEEKDAYS, spell_out
from bot.chat.answers.days import NoDay, read_day
from bot.chat.answers.hours import DAY, END_OF_DAY, WHOLE_DAY, NoTime, Times, take_time
from bot.chat.answers.model import Ambiguous, Answer, Asking, JSONValue, Reading, Refused, Understood
from bot.chat.answers.normalise import simplify
from bot.chat.answers.periods import Days
from bot.chat.answers.readings import settle
from bot.chat.answers.zones import named_zones, offset_in
from bot.chat.local_day import (
    EVERYWHERE,
    Day,
    SkippedDateError,
    When,
    dump_day,
    ends_at,
    load_day,
    words_of,
)
from bot.chat.sentences import Moment, Plain, Sentence, ShownDay, layout, say, show_moment
from bot.chat.values import replace
from bot.clock import at_local

_MOST_CHARACTERS = 120
_FIRST_YEAR, _LAST_YEAR = 1970, 2099
_UNREAD = say("I could not read a date in that.")
_SKIPPED = say("There is no such date there: that place left it out when it moved across the date line.")


@dataclass(frozen=True, slots=True)
class Moments:
    """Days and instants that may be meant; with a question where only the person can tell."""

    whens: tuple[When, ...]
    question: Sentence | None = None


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
    if len(plain) > _MOST_CHARACTERS:
        return Refused("That is a lot of text. Please send the date alone.", _example(asking))
    if _STAMP.fullmatch(plain):
        return check_date(plain.upper(), asking)
    clocks, rest = _take_clocks(plain)
    words = spell_out(rest)
    whole = _moments(words, clocks, asking)
    if isinstance(whole, Refused):
        several = [_moments(part, clocks, asking, bare=False) for part in _alternatives(words)]
        every = [each for each in several if isinstance(each, Moments) and not each.question]
        if not every:
            return whole
        whens = tuple(when for each in every for when in each.whens)
        whole = Moments(whens, say("I see more than one date. Which one should I take?"))
    if not (whole.whens or whole.question):
        return Refused(_SKIPPED, _example(asking))
    checked = [check_date(_stored(when), asking) for when in whole.whens]
    question = whole.question or say("Which one do you mean?")
    if sum(isinstance(each, Understood) for each in checked) == 1:
        question = say("Is this the day you mean?")
    settled = settle(checked, question, ask=bool(whole.question))
    if not isinstance(settled, Ambiguous):
        return settled
    # A reading is a button: it shows the day without anybody's clock.
    return replace(settled, readings=tuple(_alone(each, asking) for each in settled.readings))


def check_date(value: JSONValue, asking: Asking) -> Understood | Refused:
    """Take a Day, or an instant (ISO 8601 with its offset); it is shown as in the asked zone."""
    when = load_day(value) or _instant(value)
    if when is None:
        return Refused("I need a date here.", _example(asking))
    year = when.date.year if isinstance(when, Day) else when.year
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        latest = say("I can take dates up to the year {year}.", year=_LAST_YEAR)
        return Refused(latest, _example(asking))
    shown = in_words(when, asking.zone, asking.now)
    if asking.future and ends_at(when) <= asking.now:
        return Refused(say("That has already passed: {date}.", date=shown), _example(asking))
    return Understood(_stored(when), shown)


def when_of(value: JSONValue) -> When | None:
    """Return what the stored answer to a question for a date means; None for what is none."""
    return load_day(value) or _instant(value)


def _stored(when: When) -> JSONValue:
    return dump_day(when) if isinstance(when, Day) else in_utc(when)


def _alone(reading: Reading, asking: Asking) -> Reading:
    day = load_day(reading.value)
    label = in_words(day, asking.zone, asking.now, clock=False) if day else reading.label
    return Reading(label, reading.value)


def date_as_typed(value: JSONValue, asking: Asking) -> str:
    """Return a stored date as words that are read as the same again: what a field is filled with."""
    when = when_of(value)
    if when is None:
        return ""
    if not isinstance(when, Day):
        return show_moment(Moment(when, asking.zone.key))
    said = f"{when.date:%a} {when.date.day} {when.date:%B %Y}"
    own = when.zone == (asking.days_of or asking.zone.key)
    return said if own or when.zone == EVERYWHERE else f"{said} ({when.zone})"


def in_utc(instant: datetime) -> str:
    """Return an instant as it is stored: "2026-12-11T22:59:00Z"."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def in_words(when: When, zone: ZoneInfo, now: datetime, *, clock: bool = True) -> Sentence:
    """Return a Day or an instant in words for a reader in `zone`.

    "Fri 11 December" or "Fri 11 December 2026, 17:00 (Europe/Berlin)". `clock` False leaves out when a Day
    ends for the reader.
    """
    if not isinstance(when, Day):
        return layout("{when}", when=Moment(when, zone.key))
    words = words_of(when, zone, now)
    day = ShownDay(words.day, words.place, on=when.date)
    if not clock or not words.clock:
        return layout("{day}", day=day)
    ends = Moment(ends_at(when), zone.key, "date_clock" if words.other_date else "clock")
    if not words.place:
        return say("{day} (for you {ends})", day=day, ends=ends)
    return say(
        "{day} ({place}; for you {ends})", day=ShownDay(words.day, on=when.date), place=words.place, ends=ends
    )


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
        return Refused(_UNREAD, _example(asking))
    return _join(days, times or WHOLE_DAY, clocks, today, asking)


def _read_day(words: str, asking: Asking) -> Days | NoDay | None:
    """Read a day; shortly after midnight "tomorrow" may be the day that has just begun."""
    here = asking.now.astimezone(asking.zone)
    days = read_day(words, here.date(), future=asking.future)
    if here.hour >= _NIGHT_ENDS or "tomorrow" not in words or not isinstance(days, Days):
        return days
    begun = read_day(words.replace("tomorrow", "today"), here.date(), future=asking.future)
    both = (*begun.days, *days.days) if isinstance(begun, Days) else days.days
    return Days(both, say("It is past midnight. Which day do you mean?"))


def _coming(times: Times, clocks: tuple[Clock, ...], today: date, asking: Asking) -> Moments:
    """Take a time alone for today's, or for tomorrow's where that has passed."""
    if times.minutes in {(END_OF_DAY,), (0, END_OF_DAY)}:
        return _join(Days((today,)), replace(times, minutes=(END_OF_DAY,)), clocks, today, asking)
    both = _join(Days((today, today + timedelta(days=1))), times, clocks, today, asking)
    ahead = tuple(when for when in both.whens if ends_at(when) > asking.now)
    return Moments(ahead[: len(times.minutes) * max(1, len(clocks))], both.question)


def _join(days: Days, times: Times, clocks: tuple[Clock, ...], today: date, asking: Asking) -> Moments:
    minutes = times.minutes
    if minutes == (0, END_OF_DAY) and days.days == (today,):
        # Midnight today is the coming one.
        minutes = (END_OF_DAY,)
    by = clocks or (asking.zone,)
    if times.whole:
        whens: list[When] = [when for day in days.days for when in _days(day, clocks, asking)]
    else:
        whens = [_at(day, minute, clock) for day in days.days for minute in minutes for clock in by]
    if asking.future and not days.question:
        # A question about the time of day is not worth asking of what has passed.
        ahead = [when for when in whens if ends_at(when) > asking.now]
        whens = ahead or whens
    unique = tuple(dict.fromkeys(whens))
    question = days.question
    if len(unique) > 1 and not question:
        several = say(
            "That time zone has several meanings. Which is the time in {zone}?", zone=asking.zone.key
        )
        question = times.question or (several if len(clocks) > 1 else None)
    return Moments(unique, question)


def _days(day: date, clocks: tuple[Clock, ...], asking: Asking) -> Iterator[When]:
    """Yield the Day of a date: the owner's, or of a place that is named; none where it was skipped."""
    places = [clock.key for clock in clocks if isinstance(clock, ZoneInfo)]
    yield from (_at(day, END_OF_DAY, clock) for clock in clocks if isinstance(clock, timedelta))
    for zone in places if clocks else [asking.days_of or asking.zone.key]:
        with suppress(SkippedDateError):
            yield Day(day, zone)


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


def _take_clocks(text: str) -> tuple[tuple[Clock, ...], str]:
    """Return the clocks that are named, which a time of day may be by, and the text without their names."""
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
    return (), text


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


def _example(asking: Asking) -> Plain:
    """Return a date a fortnight from now."""
    day = asking.now.astimezone(asking.zone).date() + timedelta(days=14)
    return Plain(f"{day.day} {day:%B %Y}")

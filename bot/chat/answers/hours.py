"""The time of day in a text, in minutes since local midnight."""

import re
from dataclasses import dataclass

from bot.chat.answers.date_words import MONTHS, UNITS
from bot.chat.sentences import Sentence, say

_WHEN = say("At what time?")
DAY = 24 * 60
END_OF_DAY = DAY - 1
"""23:59."""


@dataclass(frozen=True, slots=True)
class Times:
    """Times of day that may be meant, in minutes; with a question where only the person can tell.

    `whole`: the day as such is meant ("by the end of the day"), as by a date without a time.
    """

    minutes: tuple[int, ...]
    question: Sentence | None = None
    whole: bool = False


WHOLE_DAY = Times((END_OF_DAY,), whole=True)
"""What a date without a time means."""


@dataclass(frozen=True, slots=True)
class NoTime:
    """A text that looks like a time and is none."""


_HALVES = re.compile(
    r"\b(?:at )?(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))?(?: oclock)? ?(?P<half>am|pm)\b"
)
_CLOCK = re.compile(r"\b(?:at )?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-9]{2})?(?![:\w])")
# A minute that is no month: "17.30" is no date.
_DOTTED = re.compile(r"(?<![0-9.])(?:at )?(?P<hour>[0-9]{1,2})\.(?P<minute>00|1[3-9]|[2-5][0-9])(?![0-9.])")
_PAST = re.compile(r"\b(?:at )?(?P<part>half past|quarter past|quarter to) (?P<hour>[0-9]{1,2})\b")
_QUARTERS = {"half past": 30, "quarter past": 15, "quarter to": -15}
_HOUR = re.compile(
    r"\bat (?P<hour>[0-9]{1,2})(?:\.(?P<minute>[0-9]{2}))?(?: oclock| hours)?"
    rf"(?=$| (?!(?:{'|'.join([*UNITS, *MONTHS])})\b))"
    r"|\b(?P<only>[0-9]{1,2}) (?:oclock|hours)\b"
)
_MIDNIGHT = re.compile(r"\b(?:at )?(?:12 )?midnight\b")
_NOON = re.compile(r"\b(?:at )?(?:12 )?(?:noon|midday)\b")
_END_OF_DAY = re.compile(
    r"\bend (?:working )?days\b|\bend (?=(?:today|tomorrow|tonight|(?:next |this )?[a-z]{3,6}day)\b)"
)
_END_OF_BUSINESS = re.compile(r"\b(?:end|close) business(?: days)?\b")
_PARTS = {
    "morning": (9 * 60, 12 * 60),
    "afternoon": (15 * 60, 18 * 60),
    "evening": (18 * 60, 21 * 60),
    "night": (20 * 60, END_OF_DAY),
}
_PART = re.compile(rf"\b(?P<this>this )?(?P<part>{'|'.join(_PARTS)})\b")


def take_time(words: str) -> tuple[Times | NoTime | None, str]:
    """Return the time of day in spelled-out words, and the words without it."""
    words = re.sub(r"\btonight\b", "today night", words)
    words = re.sub(r"\btoday today\b", "today", words)
    for pattern, read in (
        (_HALVES, _halves),
        (_CLOCK, _clock),
        (_DOTTED, _clock),
        (_PAST, _past),
        (_MIDNIGHT, lambda _: Times((0, END_OF_DAY), say("At the start or at the end of that day?"))),
        (_NOON, lambda _: Times((DAY // 2,))),
        (_END_OF_DAY, lambda _: WHOLE_DAY),
        (_END_OF_BUSINESS, lambda _: Times((17 * 60, 18 * 60, END_OF_DAY), _WHEN)),
        (_HOUR, _hour),
    ):
        match = pattern.search(words)
        if match:
            return _with_part(read(match), _cut(words, match))
    match = _PART.search(words)
    if not match:
        return None, words
    rest = _cut(words, match, "today" if match["this"] else "")
    return Times(_PARTS[match["part"]], _WHEN), rest


def _with_part(times: Times | NoTime, words: str) -> tuple[Times | NoTime, str]:
    """Let "in the evening" decide which five o'clock is meant."""
    match = _PART.search(words)
    if not match or not isinstance(times, Times):
        return times, words
    late = match["part"] != "morning"
    fitting = tuple(minute for minute in times.minutes if (minute >= DAY // 2) is late)
    return Times(fitting) if fitting else NoTime(), _cut(words, match)


def _cut(words: str, match: re.Match[str], instead: str = "") -> str:
    return " ".join(f"{words[: match.start()]} {instead} {words[match.end() :]}".split())


def _halves(match: re.Match[str]) -> Times | NoTime:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if match["half"] == "pm" and 12 < hour < 24:  # noqa: PLR2004 - "17pm" has one meaning
        return _of_day(hour, minute)
    if not 1 <= hour <= 12:  # noqa: PLR2004 - hours of half a day
        return NoTime()
    return _of_day(hour % 12 + (12 if match["half"] == "pm" else 0), minute)


def _clock(match: re.Match[str]) -> Times | NoTime:
    """Read "17:30"; "5:30" may be either, while two digits ("05:30") count to twenty-four."""
    if len(match["hour"]) == 1:
        return _either(int(match["hour"]), int(match["minute"]))
    return _of_day(int(match["hour"]), int(match["minute"]))


def _past(match: re.Match[str]) -> Times | NoTime:
    times = _either(int(match["hour"]), 0)
    if isinstance(times, NoTime):
        return times
    minutes = tuple(minute + _QUARTERS[match["part"]] for minute in times.minutes)
    return Times(minutes, times.question) if all(0 <= each < DAY for each in minutes) else NoTime()


def _hour(match: re.Match[str]) -> Times | NoTime:
    return _either(int(match["hour"] or match["only"]), int(match["minute"] or 0))


def _either(hour: int, minute: int) -> Times | NoTime:
    times = _of_day(hour, minute)
    if isinstance(times, NoTime) or not 1 <= hour <= 12:  # noqa: PLR2004 - hours of half a day
        return times
    if hour == 12:  # noqa: PLR2004 - noon, or the end of the day
        return Times((DAY // 2 + minute, END_OF_DAY), say("At noon or at midnight?"))
    return Times((times.minutes[0], times.minutes[0] + DAY // 2), say("Morning or evening?"))


def _of_day(hour: int, minute: int) -> Times | NoTime:
    minutes = 60 * hour + minute
    return Times((minutes,)) if minute < 60 and minutes <= DAY else NoTime()  # noqa: PLR2004 - an hour

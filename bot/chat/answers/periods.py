"""Stretches of days that people name ("next week", "december"), and the day they mean in them.

The end of a stretch is its last day and its start the first; a week runs from Monday to Sunday
(ISO 8601). Anything vaguer ("mid december", "next week") is asked about.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from bot.chat.answers.date_words import MONTHS
from bot.chat.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class Days:
    """Days that may be meant; with a question where only the person can tell."""

    days: tuple[date, ...]
    question: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, both ends included, and the question for a day of it."""

    first: date
    last: date
    question: Sentence


_SPAN = re.compile(
    r"(?:(?P<which>this|next|last) )?(?P<unit>weeks|weekend|months|quarter|years)(?P<later> after next)?"
    rf"|(?:this )?(?P<month>{'|'.join(MONTHS)})(?: (?P<year>20[0-9]{{2}}|this years|next years))?"
    r"|(?P<only_year>20[0-9]{2})"
)
_EDGE = re.compile(
    r"(?:(?P<edge>end|last days|start|1st days|early|mid|late) )?"
    r"(?P<span>.+?)(?: (?P<after>end|start))?"
)
_SHIFTS = {"this": 0, "next": 1, "last": -1}
_MONTHS_IN = {"months": 1, "quarter": 3, "years": 12}
_LONGEST_LIST = 31
"""Days of the longest stretch of which single days are offered."""
_OF_WEEK = say("Which day of that week?")
_OF_WEEKEND = say("Which day of that weekend?")
_OF_MONTH = say("Which day of that month?")
_OF_QUARTER = say("Which day of that quarter?")
_OF_YEAR = say("Which day of that year?")
HALF_A_YEAR = timedelta(days=183)


def day_in_span(words: str, today: date, *, future: bool) -> Days | None:
    """Return the day that spelled-out words mean in a stretch of days; None if they name none."""
    match = _EDGE.fullmatch(words)
    if not match:
        return None
    edge = match["edge"] or match["after"] or ""
    span = span_of(match["span"], today, future=future)
    if not span:
        return None
    if edge in {"end", "last days"}:
        return Days((span.last,))
    if edge in {"start", "1st days"}:
        if future and span.first < today:
            span = _following(match["span"], span, today) or span
        return Days((span.first,))
    return Days(_likely(edge, span), span.question)


def span_of(words: str, today: date, *, future: bool) -> Span | None:
    """Return the stretch of days that spelled-out words name; a month without a year is the coming.

    Where a day may lie in the past, a month that ended up to half a year ago is that one.
    """
    match = _SPAN.fullmatch(words)
    if not match:
        return None
    if match["only_year"]:
        return _months_from(int(match["only_year"]), 1, 12, _OF_YEAR)
    if match["unit"]:
        shift = 2 if match["later"] else _SHIFTS[match["which"] or "this"]
        return _unit_span(match["unit"], shift, today)
    month = MONTHS.index(match["month"]) + 1
    if match["year"]:
        year = {"this years": today.year, "next years": today.year + 1}.get(match["year"])
        return _month(year or int(match["year"]), month)
    span = _month(today.year, month)
    ended = today if future else today - HALF_A_YEAR
    return _month(today.year + 1, month) if span.last < ended else span


def _following(words: str, span: Span, today: date) -> Span | None:
    """Return the stretch after a stretch that has begun: its start can only be meant of the next."""
    if words in {"weeks", "weekend", "months", "quarter", "years"}:
        return _unit_span(words, 1, today)
    return _month(span.first.year + 1, span.first.month) if words in MONTHS else None


def _unit_span(unit: str, shift: int, today: date) -> Span:
    if unit in {"weeks", "weekend"}:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=shift)
        first = monday + timedelta(days=5 if unit == "weekend" else 0)
        return Span(first, monday + timedelta(days=6), _OF_WEEKEND if unit == "weekend" else _OF_WEEK)
    count = _MONTHS_IN[unit]
    month = (today.month - 1) // count * count + shift * count
    year, month = today.year + month // 12, month % 12 + 1
    if unit == "months":
        return _month(year, month)
    return _months_from(year, month, count, _OF_YEAR if unit == "years" else _OF_QUARTER)


def _month(year: int, month: int) -> Span:
    return _months_from(year, month, 1, _OF_MONTH)


def _months_from(year: int, month: int, count: int, question: Sentence) -> Span:
    after = month - 1 + count
    last = date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return Span(date(year, month, 1), last, question)


def _likely(edge: str, span: Span) -> tuple[date, ...]:
    """Return days to offer for a stretch that is named as a whole, or by its vague part."""
    days = [span.first + timedelta(days=day) for day in range((span.last - span.first).days + 1)]
    if len(days) > _LONGEST_LIST:
        return ()
    if len(days) <= 2:  # noqa: PLR2004 - a weekend
        return tuple(days)
    if len(days) == 7:  # noqa: PLR2004 - a week
        picks = {"early": (0, 1), "mid": (1, 2, 3), "late": (3, 4, 6)}.get(edge, (0, 1, 2, 3, 4))
    else:
        picks = {"early": (0, 4, 9), "mid": (9, 14, 19), "late": (19, 24, -1)}.get(edge, (0, 14, -1))
    return tuple(days[pick] for pick in picks)

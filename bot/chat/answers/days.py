"""The day in a text, as people name it: "friday", "in 3 days", "12 dec", "end of month".

Rules where a name has more than one reading:

- "friday" and "this friday" are the coming one; said on a Friday, it is asked which.
- "next friday" is the Friday of the next week, weeks from Monday to Sunday (ISO 8601).
- "in two weeks on friday" is the Friday of the week after next; "a week from friday" is seven days
  after the coming one.
- A day and month without a year are the coming ones if the day must lie in the future; if not, this
  year's, unless that is over half a year ago: then it is asked.
- Day and month in digits that could be swapped are asked about, and so are a bare number, a lone
  month, a week or a month as a whole.

dateparser counts days, weeks, months and years on. It is given nothing else, because it guesses: of
"10" it makes a day in October, of "May" the 22nd, of "25:00 tomorrow" tomorrow, of "friday at 5" the 5th.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from bot.chat.answers.date_words import MONTHS, WEEKDAYS
from bot.chat.answers.loading import loaded
from bot.chat.answers.periods import HALF_A_YEAR, Days, day_in_span, span_of
from bot.chat.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class NoDay:
    """A text that looks like a day and is none, and why."""

    reason: Sentence


_WHICH = say("Which day do you mean?")
_NOT_THERE = say("That date is not in the calendar.")
_A_WEEK = timedelta(days=7)
_A_WEEKDAY = "|".join(WEEKDAYS)
_A_MONTH = "|".join(MONTHS)
_A_DAY = "(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_A_YEAR = "(?P<year>[0-9]{4}|[0-9]{2}|this years|next years)"
_DAYS_FROM_TODAY = {"yesterday": -1, "today": 0, "tomorrow": 1}

_ON_WEEKDAY = re.compile(
    rf"(?P<before>this|next|last|(?:this|next) weeks|[0-9]{{1,2}} weeks)? ?(?P<name>{_A_WEEKDAY})"
    r"(?: (?P<after>(?:this|next) weeks|weeks|[0-9]{1,2} weeks|after next))?"
)
_NTH_WEEKDAY = re.compile(rf"(?P<nth>[1-5](?:st|nd|rd|th)|last) (?P<name>{_A_WEEKDAY}) (?P<span>.+)")
_COUNTED = re.compile(
    r"(?P<count>[0-9]{1,3} (?:days|weeks|months|years)(?:(?: and)? [0-9]{1,3} (?:days|weeks))?)"
    r"(?P<ago> ago| later)?"
)
_COUNTED_FROM = re.compile(
    r"(?:(?P<number>[0-9]{1,3}) )?(?P<unit>days|weeks|months|years) (?P<way>from|after|before) (?P<rest>.+)"
)
_IN_DIGITS = re.compile(
    r"(?P<one>[0-9]{1,2})(?P<mark>[./-])(?P<two>[0-9]{1,2})(?:(?P=mark)(?P<year>[0-9]{4}|[0-9]{2}))?"
    r"|(?P<first>[0-9]{4})[./-](?P<month>[0-9]{1,2})[./-](?P<day>[0-9]{1,2})"
)
_MONTH_IN_DIGITS = re.compile(r"(?P<month>0?[1-9]|1[0-2])[./-](?P<year>20[0-9]{2})")
_IN_WORDS = tuple(
    re.compile(form)
    for form in (
        rf"{_A_DAY} (?P<month>{_A_MONTH})(?: {_A_YEAR})?",
        rf"(?P<month>{_A_MONTH}) {_A_DAY}(?: {_A_YEAR})?",
        rf"(?P<year>[0-9]{{4}}) (?P<month>{_A_MONTH}) {_A_DAY}",
    )
)
_DAY_OF_MONTH = re.compile(r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)(?: (?P<which>this |next )?months)?")
_NUMBER = re.compile(r"[0-9]{1,8}")


def read_day(words: str, today: date, *, future: bool) -> Days | NoDay | None:
    """Return the days that spelled-out words may mean; None if they name no day.

    `today` is the local date; `future` says that the day must not lie before it.
    """
    words = words.removeprefix("from ").removeprefix("at ").strip()
    rules: tuple[Callable[[], Days | NoDay | None], ...] = (
        lambda: _near(words, today),
        lambda: _on_weekday(words, today),
        lambda: day_in_span(words, today, future=future),
        lambda: _nth_weekday(words, today, future=future),
        lambda: _counted(words, today, future=future),
        lambda: _before(words, today, future=future),
        lambda: _dated(words, today, future=future),
        lambda: _day_of_month(words, today),
        lambda: _bare_number(words, today),
    )
    return next((found for found in (rule() for rule in rules) if found), None)


def _near(words: str, today: date) -> Days | None:
    if words == "now":
        return Days((today, today + timedelta(days=1)), say("Which day at the latest?"))
    name, _, week = words.partition(" ")
    if name not in _DAYS_FROM_TODAY or week not in {"", "weeks"}:
        return None
    return Days((today + timedelta(days=_DAYS_FROM_TODAY[name]) + (_A_WEEK if week else timedelta()),))


def _on_weekday(words: str, today: date) -> Days | None:
    match = _ON_WEEKDAY.fullmatch(words)
    if not match or (match["before"] and match["after"]):
        return None
    index = WEEKDAYS.index(match["name"])
    this_week = today + timedelta(days=index - today.weekday())
    coming = this_week if this_week >= today else this_week + _A_WEEK
    where = match["before"] or match["after"] or "this"
    if where == "this":
        return Days((coming, coming + _A_WEEK) if coming == today else (coming,))
    if where == "last":
        return Days((this_week if this_week < today else this_week - _A_WEEK,))
    if where in {"next", "next weeks"}:
        return Days((this_week + _A_WEEK,))
    if where == "this weeks":
        return Days((this_week,))
    if where == "weeks":
        return Days((coming + _A_WEEK,))
    if where == "after next":
        return Days(_unique((this_week + _A_WEEK, this_week + 2 * _A_WEEK)), _WHICH)
    weeks = int(where.split()[0]) * _A_WEEK
    return Days(_unique((this_week + weeks, coming + weeks)))


def _nth_weekday(words: str, today: date, *, future: bool) -> Days | NoDay | None:
    match = _NTH_WEEKDAY.fullmatch(words)
    span = span_of(match["span"], today, future=future) if match else None
    if not match or not span:
        return None
    index = WEEKDAYS.index(match["name"])
    first = span.first + timedelta(days=(index - span.first.weekday()) % 7)
    last = span.last - timedelta(days=(span.last.weekday() - index) % 7)
    day = last if match["nth"] == "last" else first + (int(match["nth"][0]) - 1) * _A_WEEK
    return Days((day,)) if day <= last else NoDay(say("There is no such day."))


def _counted(words: str, today: date, *, future: bool) -> Days | None:
    """Count from today, or from another day: "2 weeks", "3 days ago", "1 weeks from friday"."""
    match = _COUNTED.fullmatch(words)
    if match:
        return _reckon(match["count"], (today,), back=match["ago"] == " ago")
    match = _COUNTED_FROM.fullmatch(words)
    if not match:
        return None
    count = f"{match['number'] or 1} {match['unit']}"
    rest = "today" if match["rest"] == "now" else match["rest"]
    start = read_day(rest, today, future=future and match["way"] == "before")
    if not isinstance(start, Days) or start.question:
        return None
    return _reckon(count, start.days, back=match["way"] == "before")


def _before(words: str, today: date, *, future: bool) -> Days | None:
    """Ask about "before friday", which may leave the Friday out."""
    rest = words.removeprefix("before ")
    day = read_day(rest, today, future=future) if rest != words else None
    if not isinstance(day, Days):
        return None
    nights = (each - timedelta(days=1) for each in day.days)
    return Days(_unique((*nights, *day.days)), say("Is that day itself still in time?"))


def _dated(words: str, today: date, *, future: bool) -> Days | NoDay | None:
    """Read a date of the calendar, with or without its year and the name of its weekday."""
    bare, weekday = _without_weekday(words)
    days = _in_digits(bare, today, future=future) or _in_words(bare, today, future=future)
    if not isinstance(days, Days) or not weekday:
        return days
    return _agree(days, WEEKDAYS.index(weekday))


def _without_weekday(words: str) -> tuple[str, str]:
    parts = words.split()
    for at in (0, -1):
        if len(parts) > 1 and parts[at] in WEEKDAYS:
            return " ".join(parts[1:] if at == 0 else parts[:-1]), parts[at]
    return words, ""


def _in_digits(words: str, today: date, *, future: bool) -> Days | NoDay | None:
    lone = _MONTH_IN_DIGITS.fullmatch(words)
    if lone:
        return day_in_span(f"{MONTHS[int(lone['month']) - 1]} {lone['year']}", today, future=future)
    match = _IN_DIGITS.fullmatch(words)
    if not match:
        return None
    if match["first"]:
        day = _calendar(int(match["first"]), int(match["month"]), int(match["day"]))
        return Days((day,)) if day else NoDay(_NOT_THERE)
    # Day first in most of the world, month first in the United States.
    pairs = dict.fromkeys(((int(match["one"]), int(match["two"])), (int(match["two"]), int(match["one"]))))
    found = [_with_year(day, month, match["year"], today, future=future) for day, month in pairs]
    days = [each for each in found if isinstance(each, Days)]
    if not days:
        return NoDay(_NOT_THERE)
    every = _unique(day for each in days for day in each.days)
    question = say("Which is the day and which the month?") if len(days) > 1 else days[0].question
    return Days(every, question)


def _in_words(words: str, today: date, *, future: bool) -> Days | NoDay | None:
    match = next((found for form in _IN_WORDS if (found := form.fullmatch(words))), None)
    if not match:
        return None
    month = MONTHS.index(match["month"]) + 1
    return _with_year(int(match["day"]), month, match["year"], today, future=future)


def _with_year(day: int, month: int, year: str | None, today: date, *, future: bool) -> Days | NoDay:
    if year:
        relative = {"this years": today.year, "next years": today.year + 1}
        number = relative.get(year) or int(year) + (2000 if len(year) == 2 else 0)  # noqa: PLR2004 - "26"
        exact = _calendar(number, month, day)
        return Days((exact,)) if exact else NoDay(_NOT_THERE)
    this, following = (_calendar(today.year + later, month, day) for later in (0, 1))
    if this and (this >= today or (not future and this >= today - HALF_A_YEAR)):
        return Days((this,))
    days = (following,) if future or not this else (this, following)
    known = tuple(each for each in days if each)
    return Days(known) if known else NoDay(_NOT_THERE)


def _agree(days: Days, weekday: int) -> Days:
    """Ask where the weekday that was named is not the date's."""
    fitting = tuple(day for day in days.days if day.weekday() == weekday)
    if fitting:
        return Days(fitting)
    day = days.days[0]
    shift = (weekday - day.weekday() + 3) % 7 - 3
    question = say("That date is on another day of the week. Which day do you mean?")
    return Days((*days.days, day + timedelta(days=shift)), question)


def _day_of_month(words: str, today: date) -> Days | NoDay | None:
    """Ask for the month of "the 12th"; "friday the 12th" says it by its weekday."""
    bare, weekday = _without_weekday(words)
    match = _DAY_OF_MONTH.fullmatch(bare)
    if not match:
        return None
    number = int(match["day"])
    days = _coming(number, today)
    if not days:
        return NoDay(say("No month has a day {number}.", number=number))
    if match["which"]:
        month = today.month + (match["which"] == "next ")
        day = _calendar(today.year + (month - 1) // 12, (month - 1) % 12 + 1, number)
        return Days((day,)) if day else NoDay(_NOT_THERE)
    if weekday:
        return _agree(Days(days), WEEKDAYS.index(weekday))
    return Days(days, say("Of which month?"))


def _bare_number(words: str, today: date) -> Days | None:
    if not _NUMBER.fullmatch(words):
        return None
    days = _coming(int(words), today)[:1]
    if not days:
        return Days((), say("Which day is that? Please write the month in letters."))
    counted = today + timedelta(days=int(words))
    return Days((*days, counted), say("That is only a number. Which day do you mean?"))


def _coming(number: int, today: date) -> tuple[date, ...]:
    """Return the next two days of the calendar with that number in their month."""
    months = (today.month - 1 + later for later in range(5))
    days = (_calendar(today.year + month // 12, month % 12 + 1, number) for month in months)
    return tuple(day for day in days if day and day >= today)[:2]


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _reckon(count: str, starts: tuple[date, ...], *, back: bool) -> Days | None:
    phrase = f"{count} ago" if back else f"in {count}"
    days = []
    for start in starts:
        base = datetime.combine(start, time(12))
        found = loaded(_parser)(phrase, languages=["en"], settings={"RELATIVE_BASE": base})
        days += [found.date()] if found else []
    return Days(tuple(days)) if days else None


@cache
def _parser() -> Callable[..., datetime | None]:
    """Return dateparser's parser, with what it loads for its first phrase."""
    import dateparser  # noqa: PLC0415 - it takes a quarter of a second, and `stint --help` reads no dates

    dateparser.parse("in 2 days", languages=["en"])
    return dateparser.parse


def _unique(days: Iterable[date]) -> tuple[date, ...]:
    return tuple(dict.fromkeys(days))

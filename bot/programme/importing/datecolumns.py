"""Dates that can be read in two ways, settled by the other dates of their column; and Excel's own numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, get_args

from bot.chat.sentences import Moment, Sentence, say
from bot.programme.importing.decoding import UnreadableFile

__all__ = ["ORDERS", "Order", "Row", "with_settled_dates"]

Order = Literal["day-first", "month-first"]
"""Which of the first two numbers of 03/04/2026 is the day."""

ORDERS: Final[tuple[Order, ...]] = get_args(Order)

_FIELDS: Final = frozenset({"deadline", "decide", "start"})
_NUMBERS: Final = re.compile(r"\s*(\d{1,2})\s*([/.-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})(?!\d)(.*)", re.DOTALL)
_SERIAL: Final = re.compile(r"\s*([2-7]\d{4})(?:\.(\d{1,15}))?\s*")
"""Days since the end of 1899 (ECMA-376 part 1, 18.17.4.1): of 1954 to 2119."""

_FIRST_DAY: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a local date in a cell
_MONTHS: Final = 12
_CENTURY: Final = 2000
_SHORT: Final = 2  # digits of a year

Row = tuple[int, Mapping[str, Any] | Sentence]
"""A row's number and its cells by column, or why it cannot be taken."""


def with_settled_dates(
    rows: Sequence[Row], fields: Mapping[str, str], order: Order | None = None
) -> tuple[Row, ...]:
    """Write the dates of numbers in a file as year, month, day, so that each can be read in one way.

    All of a column's dates say which number is the day; where none of them does, `order` says it. Columns are
    those whose field (`fields`, by column) is a date. A column whose dates contradict each other is left as
    it is, and each date is asked about by itself.

    Raises:
        UnreadableFile: only the importing person can tell; the sentence asks, with both readings.
    """
    changes: dict[str, Callable[[str], str]] = {}
    for column, field in fields.items():
        if field in _FIELDS:
            texts = [text for _, row in rows if (text := _text(row, column))]
            changes[column] = _settled_by(column, texts, order)
    return tuple((number, _changed(row, changes)) for number, row in rows)


def _changed(
    row: Mapping[str, Any] | Sentence, changes: Mapping[str, Callable[[str], str]]
) -> Mapping[str, Any] | Sentence:
    if isinstance(row, Sentence):
        return row
    texts = {column: _text(row, column) for column in changes}
    return {**row, **{column: changes[column](text) for column, text in texts.items() if text}}


def _text(row: Mapping[str, Any] | Sentence, column: str) -> str:
    value = None if isinstance(row, Sentence) else row.get(column)
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _settled_by(column: str, texts: Sequence[str], order: Order | None) -> Callable[[str], str]:
    found = [match for text in texts if (match := _NUMBERS.fullmatch(text))]
    orders = set(_orders(found))
    doubtful = [match for match in found if _both_fit(match)]
    if len(orders) == 1:
        settled: Order | None = orders.pop()
    elif orders:
        settled = None
    elif doubtful and order is None:
        raise UnreadableFile(_question(column, doubtful[0]))
    else:
        settled = order
    return lambda text: _in_iso(text, settled)


def _orders(found: Iterable[re.Match[str]]) -> Iterable[Order]:
    for match in found:
        first, second = int(match[1]), int(match[3])
        if first > _MONTHS >= second:
            yield "day-first"
        elif second > _MONTHS >= first:
            yield "month-first"


def _both_fit(match: re.Match[str]) -> bool:
    first, second = int(match[1]), int(match[3])
    return first != second and 0 < first <= _MONTHS and 0 < second <= _MONTHS


def _in_iso(text: str, order: Order | None) -> str:
    serial = _SERIAL.fullmatch(text)
    if serial:
        days = float(f"{serial[1]}.{serial[2] or 0}")
        at = _FIRST_DAY + timedelta(minutes=round(days * 24 * 60))
        return at.date().isoformat() if days.is_integer() else at.isoformat(" ", "minutes")
    match = _NUMBERS.fullmatch(text)
    if match is None or order is None or not _both_fit(match):
        return text
    day, month = (match[1], match[3]) if order == "day-first" else (match[3], match[1])
    year = int(match[4]) + (_CENTURY if len(match[4]) == _SHORT else 0)
    return f"{year}-{int(month):02}-{int(day):02}{match[5]}"


def _question(column: str, match: re.Match[str]) -> Sentence:
    first, second = int(match[1]), int(match[3])
    year = int(match[4]) + (_CENTURY if len(match[4]) == _SHORT else 0)
    one, other = (datetime(year, month, day, tzinfo=UTC) for day, month in ((first, second), (second, first)))
    return say(
        "Which number is the day? In the column “{column}”, {written} can be {first} or {second}, and no "
        "other date of the column settles it. Run the same command with --dates day-first for the first, or "
        "with --dates month-first for the second.",
        column=column,
        written=match[0].strip(),
        first=Moment(one, "UTC", "day"),
        second=Moment(other, "UTC", "day"),
    )

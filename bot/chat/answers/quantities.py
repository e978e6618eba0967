"""Quantities in a text: found wherever they are in it, in digits or in words.

A quantity may have two values: "1.500" is one and a half to some readers and fifteen hundred to others.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
} | {"couple": 2}
_TENS = {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_TIMES = {"dozen": 12, "hundred": 100, "k": 1_000, "grand": 1_000, "thousand": 1_000, "million": 10**6}
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}

_TIMES_WORDS = "|".join(_TIMES)
_WORD = re.compile(rf"\b(?:{'|'.join([*_UNITS, *_TENS, *_TIMES, *_PARTS])})\b")
_BETWEEN_WORDS = re.compile(r"[ -]+(?:and[ -]+)?(?:an? )?")
_DIGITS = re.compile(
    r"(?<![\w,'])(?<![0-9]\.)(?P<sign>(?<![0-9] )-)?"
    r"(?P<number>[0-9]{1,3}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]{1,2}(?![0-9]))?"
    r"|[0-9]+(?:[.,'][0-9]+)*|\.[0-9]+)"
    r"(?:(?:/| (?P<top>[1-9])/)(?P<bottom>[2-9])(?![0-9/]))?"
    rf"(?P<half> and a half\b)?(?: ?(?P<times>{_TIMES_WORDS})\b)?(?!e?[0-9])"
)
# The second form is how India writes a hundred thousand: 1,00,000.
_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:[ ,.'][0-9]{3})+|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}")
_LONGEST_NUMBER = 15
"""Characters; a longer string of digits is no quantity."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity found at text[start:end], and what it may be worth, likeliest first."""

    start: int
    end: int
    values: tuple[Decimal, ...]


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Return the quantities in a simplified lower-case text, from left to right."""
    found = [Quantity(match.start(), match.end(), _digit_values(match)) for match in _DIGITS.finditer(text)]
    taken = [(quantity.start, quantity.end) for quantity in found]
    found += [
        quantity
        for quantity in _in_words(text)
        if not any(start < quantity.end and quantity.start < end for start, end in taken)
    ]
    return tuple(sorted((quantity for quantity in found if quantity.values), key=lambda each: each.start))


def without_quantities(text: str, found: tuple[Quantity, ...], mark: str = "#") -> str:
    """Return the text with `mark` in the place of every quantity."""
    parts, at = [], 0
    for quantity in found:
        parts += [text[at : quantity.start], mark]
        at = quantity.end
    return "".join([*parts, text[at:]])


def _digit_values(match: re.Match[str]) -> tuple[Decimal, ...]:
    if len(match["number"]) > _LONGEST_NUMBER:
        return ()
    values = _decimal_values(match["number"])
    if match["top"]:
        values = tuple(value + Decimal(match["top"]) / int(match["bottom"]) for value in values)
    elif match["bottom"]:
        values = tuple(value / int(match["bottom"]) for value in values)
    if match["half"]:
        values = tuple(value + _PARTS["half"] for value in values)
    if match["times"]:
        # Thousands of thousands are never written so: "1.250k" has one meaning.
        values = tuple(value * _TIMES[match["times"]] for value in values[:1])
    sign = -1 if match["sign"] else 1
    return tuple(sign * round(value, 4) for value in values)


def _decimal_values(number: str) -> tuple[Decimal, ...]:
    """Return what digits with separators may be worth; () where the separators make no sense."""
    grouped, point, part = number, "", ""
    if len({char for char in number if char in ".,"}) == 2:  # noqa: PLR2004 - the comma and the dot
        cut = max(number.rfind(","), number.rfind("."))
        grouped, point, part = number[:cut], number[cut], number[cut + 1 :]
        if point in grouped:
            return ()
    elif number.count(".") + number.count(",") == 1 and not _GROUPS.fullmatch(number):
        grouped, point, part = re.split("([.,])", number)
    if not grouped or grouped.isdecimal():
        whole = grouped or "0"
    elif _GROUPS.fullmatch(grouped):
        whole = re.sub("[ ,.']", "", grouped)
    else:
        return ()
    values = (Decimal(f"{whole}.{part}") if point else Decimal(whole),)
    # English writes a decimal point and the comma for thousands, so "1,500" is clear and "1.500"
    # is not.
    if re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", number):
        return Decimal(number), *values
    return values


def _in_words(text: str) -> list[Quantity]:
    """Return the quantities that are written as words."""
    found: list[Quantity] = []
    run: list[str] = []
    start = end = 0
    for match in _WORD.finditer(text):
        word = match[0]
        joined = run and _BETWEEN_WORDS.fullmatch(text, end, match.start())
        if not (joined and _may_follow(run[-1], word)):
            if run:
                found.append(Quantity(start, end, (_worth(run),)))
            run, start = [], match.start()
        run.append(word)
        end = match.end()
    if run:
        found.append(Quantity(start, end, (_worth(run),)))
    return found


def _may_follow(before: str, word: str) -> bool:
    """Tell "twenty five" and "two and a half", which are one quantity, from "ten twelve"."""
    if word in _TIMES:
        return True
    if word in _PARTS:
        return before in _UNITS or before in _TENS
    if word in _UNITS and before in _TENS:
        return 0 < _UNITS[word] < 10  # noqa: PLR2004 - twenty-one to twenty-nine
    return before in _TIMES and before != "dozen"


def _worth(words: list[str]) -> Decimal:
    total = current = Decimal(0)
    for word in words:
        if word in _TIMES:
            current = (current or Decimal(1)) * _TIMES[word]
            if _TIMES[word] >= 1_000:  # noqa: PLR2004 - what follows a thousand is added to it
                total, current = total + current, Decimal(0)
        else:
            current += Decimal(_UNITS.get(word) or _TENS.get(word) or 0) + _PARTS.get(word, 0)
    return total + current

"""Whether a regular expression reads a text in one pass, by its structure: no test of that can be timed."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

__all__ = ["beginnings_crossed", "begins_endlessly", "has_endless_beside_endless"]

# The library's own tree of an expression; it has no other way to show one.
constants: Final[Any] = import_module("re._constants")
parser: Final[Any] = import_module("re._parser")
_REPEATS: Final = (constants.MAX_REPEAT, constants.MIN_REPEAT)
_CATEGORIES: Final[dict[str, Callable[[str], bool]]] = {
    "CATEGORY_SPACE": lambda character: character.isspace(),
    "CATEGORY_NOT_SPACE": lambda character: not character.isspace(),
    "CATEGORY_DIGIT": lambda character: character.isdecimal(),
    "CATEGORY_NOT_DIGIT": lambda character: not character.isdecimal(),
    "CATEGORY_WORD": lambda character: character.isalnum() or character == "_",
    "CATEGORY_NOT_WORD": lambda character: not (character.isalnum() or character == "_"),
}
_LOOKS: Final = (constants.AT, constants.ASSERT, constants.ASSERT_NOT)


def beginnings_crossed(pattern: re.Pattern[str], beginning: str) -> int:
    """How many of its endless repetitions could run over another `beginning` of the pattern.

    With none, a search that begins at one place ends at the next, so that all of them together look at every
    character a fixed number of times.
    """
    parsed: Any = parser.parse(pattern.pattern)
    return sum(_takes(each, ord(beginning)) for each in _endless(parsed))


def begins_endlessly(pattern: re.Pattern[str]) -> bool:
    """Whether a search begins again at each character of a run, such as one of blanks, that it has read."""
    parsed: Any = parser.parse(pattern.pattern)
    first = [branch[0] for branch in parsed[0][1][1] if len(branch)] if _is_branch(parsed) else [parsed[0]]
    return any(each[0] in _REPEATS and each[1][1] is constants.MAXREPEAT for each in first)


def has_endless_beside_endless(pattern: re.Pattern[str], character: str) -> bool:
    """Whether two endless repetitions of a character can meet, with nothing between them that must be there.

    Then a run of that character is read in every way in which it can be shared out.
    """
    return _beside(parser.parse(pattern.pattern), ord(character), before=False)[0]


def _beside(parsed: Any, code: int, *, before: bool) -> tuple[bool, bool]:  # noqa: ANN401 - the library's own tree
    """Whether it happens, and whether it ends after an endless repetition with nothing needed since."""
    for operation, argument in parsed:
        if operation in _REPEATS:
            least, most, inner = argument
            endless = most is constants.MAXREPEAT and any(_takes(each, code) for each in inner)
            if endless and before:
                return True, True
            before = endless or (before and least == 0)
        elif operation is constants.SUBPATTERN:
            hit, before = _beside(argument[-1], code, before=before)
            if hit:
                return True, True
        elif operation is constants.BRANCH:
            ends = [_beside(branch, code, before=before) for branch in argument[1]]
            if any(hit for hit, _ in ends):
                return True, True
            before = any(after for _, after in ends)
        elif operation not in _LOOKS:
            before = False
    return False, before


def _is_branch(parsed: Any) -> bool:  # noqa: ANN401 - the library's own tree
    return bool(parsed[0][0] is constants.BRANCH)


def _endless(parsed: Any) -> list[Any]:  # noqa: ANN401 - the library's own tree
    """What is repeated without an end, wherever in the tree."""
    found: list[Any] = []
    for operation, argument in parsed:
        if operation in _REPEATS:
            _, most, inner = argument
            found += [*inner] if most is constants.MAXREPEAT else []
            found += _endless(inner)
        elif operation is constants.SUBPATTERN:
            found += _endless(argument[-1])
        elif operation is constants.BRANCH:
            found += [each for branch in argument[1] for each in _endless(branch)]
    return found


def _takes(repeated: Any, code: int) -> bool:  # noqa: ANN401 - the library's own tree
    """Whether one repeated item can be the character."""
    operation, argument = repeated
    if operation is constants.ANY:
        return True
    if operation is constants.LITERAL:
        return bool(argument == code)
    if operation is constants.NOT_LITERAL:
        return bool(argument != code)
    if operation is not constants.IN:
        return True  # not understood, so not trusted
    negated = argument[0][0] is constants.NEGATE
    hit = any(
        (kind is constants.LITERAL and value == code)
        or (kind is constants.RANGE and value[0] <= code <= value[1])
        or (kind is constants.CATEGORY and _CATEGORIES[str(value)](chr(code)))
        for kind, value in argument
    )
    return hit != negated

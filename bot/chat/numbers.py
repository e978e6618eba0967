"""Numbers that come back from a client, in a button or a form's context, or that people type as #12.

Everything that looks a row up by such a number reads it here: a number of another script, one that is larger
than a 64-bit column, and one that Python takes minutes to read are no ids of ours.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["INSTANT", "is_digits", "whole_number"]

_DIGITS: Final = re.compile("[0-9]+")
_MOST_DIGITS: Final = 18  # digits; more do not fit a 64-bit column

INSTANT: Final = 11
"""Digits of a Unix time in seconds, to the year 5138."""


def whole_number(text: str, longest: int = _MOST_DIGITS) -> int | None:
    """Return the number that a text of 1 to `longest` ASCII digits is; None for any other text."""
    return int(text) if len(text) <= longest and is_digits(text) else None


def is_digits(text: str) -> bool:
    """Return whether a text is a number, however long."""
    return _DIGITS.fullmatch(text) is not None

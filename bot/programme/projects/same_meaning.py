"""Whether two texts mean the same as far as a program can tell: a typo is corrected, and nothing else.

A program cannot weigh words. So it takes little for the same: the numbers are equal, and each word that
differs is a long one that begins alike and is a letter or two apart. Coordinators read such a change, too.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from rapidfuzz.distance import OSA

__all__ = ["same_meaning"]

_NUMBER: Final = re.compile(r"\d+(?:[.,:/-]\d+)*")
_INSIDE: Final = re.compile(r"['’]")
_SHORT: Final = 5  # letters; a shorter word may mean another thing with one letter changed
_LONG: Final = 8  # letters from which two may differ
_MOST_WORDS: Final = 3  # words that differ; more is a text in new words


def same_meaning(before: str, after: str) -> bool:
    """Return whether `after` is `before` with another case, punctuation or spacing, or a typo corrected."""
    if _NUMBER.findall(before) != _NUMBER.findall(after):
        return False
    was, now = _words(before), _words(after)
    if was == now:
        return True
    if len(was) != len(now):
        return False
    different = [(old, new) for old, new in zip(was, now, strict=True) if old != new]
    return len(different) <= _MOST_WORDS and all(_is_typo(old, new) for old, new in different)


def _words(words: str) -> list[str]:
    """Return the words in one case and one kind of letter, without punctuation; signs of money stay."""
    plain = _INSIDE.sub("", unicodedata.normalize("NFKC", words).casefold())
    return "".join(" " if unicodedata.category(each).startswith("P") else each for each in plain).split()


def _is_typo(old: str, new: str) -> bool:
    shorter = min(len(old), len(new))
    if shorter < _SHORT or old[0] != new[0] or not (old.isalpha() and new.isalpha()):
        return False
    return OSA.distance(old, new) <= (2 if shorter >= _LONG else 1)

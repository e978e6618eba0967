"""Names as they are compared: one case, one kind of letter, single blanks.

A database folds less than Python: SQLite's `lower` knows no letters but English ones. So a name is folded
when it is written, and kept beside it with an index.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from storage.types import in_order

__all__ = ["FOLDED", "MOST", "folded", "tidy"]

MOST: Final = 200
"""Characters that are kept of a folded name: an index of PostgreSQL holds no more than 2,700 bytes."""

FOLDED: Final = in_order(MOST)
"""The type of a folded name's column."""

_BLANKS: Final = re.compile(r"[\s|:]+")  # `|` and `:` are the marks of `Project.search`


def folded(words: str) -> str:
    """Return words as they are compared, at most MOST characters: one case, one kind of letter, no marks."""
    return tidy(words)[:MOST].rstrip()


def tidy(words: str) -> str:
    """Return words as they are searched: one case, one kind of letter, single blanks, none of the marks."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", words).casefold()).strip()

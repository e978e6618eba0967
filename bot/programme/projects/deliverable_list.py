"""What is to be handed in: a list when it is written as one, prose when it is prose."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["bullet_of", "deliverable_lines", "names_deliverables"]

_BULLET: Final = re.compile(r"^\s{0,3}(?:[-*•–◦▪]|\(?\d{1,2}[.)])\s+(?=\S)")
_LONGEST_ITEM: Final = 160  # characters; a longer line without a bullet is prose
_NOTHING: Final = frozenset(
    {
        "",
        "later",
        "n a",
        "na",
        "no",
        "no deliverable",
        "no deliverables",
        "none",
        "not sure",
        "not sure yet",
        "nothing",
        "tba",
        "tbc",
        "tbd",
        "to be decided",
        "to be defined",
        "to be determined",
        "to be discussed",
        "unknown",
        "we will see",
    }
)


def bullet_of(line: str) -> str:
    """Return the bullet or number with which a line begins, with its blanks; "" where there is none."""
    found = _BULLET.match(line)
    return found[0] if found else ""


def names_deliverables(words: str) -> bool:
    """Tell whether the text says that something is handed in, rather than "tbd" or nothing."""
    return " ".join(re.findall(r"\w+", words.casefold())) not in _NOTHING


def deliverable_lines(words: str) -> tuple[str, ...]:
    """Return the deliverables one by one, where they are written as a list; else the whole text as one.

    A list is lines with bullets or numbers (lines without belong to the one before), or short lines.
    Nothing is left out: joined again, the pieces are the text without its bullets.
    """
    lines = [line for line in words.splitlines() if line.strip()]
    if not names_deliverables(words):
        return ()
    if sum(bool(_BULLET.match(line)) for line in lines) >= 2:  # noqa: PLR2004 - one bullet is no list
        return _by_bullets(lines)
    if len(lines) > 1 and all(len(line.strip()) <= _LONGEST_ITEM for line in lines):
        return tuple(_BULLET.sub("", line).strip() for line in lines)
    return (words.strip(),)


def _by_bullets(lines: list[str]) -> tuple[str, ...]:
    items: list[list[str]] = []
    lead: list[str] = []
    for line in lines:
        if _BULLET.match(line):
            items.append([*lead, _BULLET.sub("", line).strip()])
            lead = []
        elif items:
            items[-1].append(line.strip())
        else:
            lead.append(line.strip())
    return tuple("\n".join(item) for item in items)

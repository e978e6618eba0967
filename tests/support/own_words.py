"""What a platform's people must not read: another platform's name, or its word for a space."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

__all__ = ["foreign_words"]

_FOREIGN: Final = {
    "discord": re.compile(r"\bslack\b|\bworkspaces?\b|\bspaces?\b", re.IGNORECASE),
    "slack": re.compile(r"\bdiscord\b|\bservers?\b|\bspaces?\b", re.IGNORECASE),
}


def foreign_words(platform: str, said: Iterable[str]) -> list[str]:
    """The lines of what the bot said there that hold such a word, each once."""
    lines = (line.strip() for words in said for line in words.splitlines())
    return list(dict.fromkeys(line for line in lines if _FOREIGN[platform].search(line)))

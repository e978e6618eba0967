"""The names of commands in a workspace whose app manifest renames them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["in_our_names", "named_line"]

_COMMAND: Final = re.compile(r"(?<!\S)/([a-z]+)")


def named_line(names: Mapping[str, str], line: str) -> str:
    """Return a line of code with its command in this workspace's name."""
    word, _, rest = line.removeprefix("/").partition(" ")
    called = names.get(word)
    if not line.startswith("/") or called is None:
        return line
    return f"/{called} {rest}".rstrip()


def in_our_names(names: Mapping[str, str], words: str) -> str:
    """Return a sentence that names commands, with their names in this workspace."""
    return _COMMAND.sub(lambda found: f"/{names.get(found[1], found[1])}", words)

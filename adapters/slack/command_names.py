"""What commands are called in a workspace, where an app's manifest gives them other names than ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["in_our_names", "named_line"]

_COMMAND: Final = re.compile(r"(?<!\S)/([a-z]+)")


def named_line(names: Mapping[str, str], line: str) -> str:
    """Return a line of code with its command called as it is in this workspace."""
    word, _, rest = line.removeprefix("/").partition(" ")
    called = names.get(word)
    if not line.startswith("/") or called is None:
        return line
    return f"/{called} {rest}".rstrip()


def in_our_names(names: Mapping[str, str], words: str) -> str:
    """Return a sentence that names commands, with what they are called in this workspace."""
    return _COMMAND.sub(lambda found: f"/{names.get(found[1], found[1])}", words)

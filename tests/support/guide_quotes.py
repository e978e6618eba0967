"""What the guides in docs/ quote, to be found on a platform's own screens."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["not_shown", "quoted"]

_DOCS = Path(__file__).resolve().parents[2] / "docs"
_QUOTE = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def quoted(guide: str, first: int) -> list[str]:
    """The grey boxes of a guide's steps from number `first` on, each on one line."""
    text = (_DOCS / guide).read_text(encoding="utf-8")
    steps = text[text.index(f"\n**{first}. ") :].partition("\n## ")[0]
    return [" ".join(box.split()) for box in _QUOTE.findall(steps)]


def not_shown(quotes: list[str], *screens: str) -> list[str]:
    """Return the quotes that are on none of the screens, however their lines are broken."""
    shown = [" ".join(screen.split()) for screen in screens]
    return [quote for quote in quotes if not any(quote in screen for screen in shown)]

"""Characters that no database keeps: U+0000, and half of a pair that JSON can write alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from bot.chat.sentences import Sentence, say
from bot.programme.importing.files import every

__all__ = ["shown", "unkept"]

_UNKEPT: Final = re.compile("[\0\ud800-\udfff]")


def unkept(row: Mapping[str, Any]) -> tuple[str, Sentence] | None:
    """Return the first column of a row with such a character, and what to say of it; None without any."""
    for column, value in row.items():
        for text in (column, *(text for text in every(value) if isinstance(text, str))):
            if found := _UNKEPT.search(text):
                return column, say(
                    "there is a character in it that cannot be stored ({code}), after “{words}”; delete it, "
                    "or type that word again",
                    code=f"U+{ord(found[0]):04X}",
                    words=shown(text[: found.start()][-20:]),
                )
    return None


def shown(text: str) -> str:
    """Return the text with a sign in the place of each character that cannot be shown."""
    return _UNKEPT.sub("\ufffd", text)

"""Marks of direction in people's words: none of them turns what follows those words.

The marks are Unicode's embeddings, overrides and isolates (Unicode Standard Annex #9). A paragraph ends them.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["TURNING", "balanced"]

_EMBEDDINGS: Final = frozenset("\u202a\u202b\u202d\u202e")
_ISOLATES: Final = frozenset("\u2066\u2067\u2068")
_POP_EMBEDDING: Final = "\u202c"
_POP_ISOLATE: Final = "\u2069"

TURNING: Final = _EMBEDDINGS | _ISOLATES | {_POP_EMBEDDING, _POP_ISOLATE}
"""Every mark that begins or ends another direction."""

_ANY: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_PARAGRAPH_ENDS: Final = re.compile("([\n\r\x1c-\x1e\x85\u2029])")


def balanced(words: str) -> str:
    """Return the words without those marks of direction that have no partner in their paragraph.

    What a person writes right to left stays so, and its marks end where the words end. It is never longer.
    """
    if _ANY.search(words) is None:
        return words
    return "".join(map(_paragraph, _PARAGRAPH_ENDS.split(words)))


def _paragraph(words: str) -> str:
    kept, open_at = list(words), list[int]()
    for at, character in enumerate(words):
        if character in _EMBEDDINGS or character in _ISOLATES:
            open_at.append(at)
        elif character == _POP_EMBEDDING:
            if open_at and words[open_at[-1]] in _EMBEDDINGS:
                open_at.pop()
            else:
                kept[at] = ""
        elif character == _POP_ISOLATE:
            # It ends the embeddings within it as well.
            isolate = next((n for n in reversed(range(len(open_at))) if words[open_at[n]] in _ISOLATES), None)
            if isolate is None:
                kept[at] = ""
            else:
                del open_at[isolate:]
    for at in open_at:
        kept[at] = ""
    return "".join(kept)

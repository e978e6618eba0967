"""The fee share: which part of the fee counts when the work ends early.

It is a setting of the programme. Details of a post name it as it is now, terms keep it as it was agreed to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.chat.content import Field, Sentence, layout, row, say

__all__ = ["SHARES", "share_rows"]

SHARES: Final[Mapping[str, Sentence]] = {
    "handed_in": say("share of work handed in"),
    "accepted": say("share of work accepted or settled"),
    "none": say("none", context="fee"),
}
"""What counts of a fee at an early end, by the code that the programme and terms hold."""


def share_rows(fee_cents: int | None, share: str) -> list[Field]:
    """Return the row that says what counts of a fee at an early end; none without a fee or a rule."""
    if not fee_cents or share not in SHARES:
        return []
    return [row("Fee if ended early", layout("{share}", share=SHARES[share]))]

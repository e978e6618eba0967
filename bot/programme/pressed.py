"""What a button's action id holds, read with care: it comes back from a client."""

from __future__ import annotations

from typing import Final

from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined

__all__ = ["GONE", "ids_in"]

GONE: Final = "That button no longer works. `/stint help` shows what you can do."
_LONGEST: Final = 18  # digits; more do not fit a 64-bit column


def ids_in(event: ButtonPressed, count: int) -> list[int]:
    """The `count` numbers after the verb of a pressed button.

    Raises:
        Declined: there are more, fewer, or other things.
    """
    pieces = event.action.split(":")[1:]
    if len(pieces) != count or not all(_is_id(piece) for piece in pieces):
        raise Declined(GONE)
    return [int(piece) for piece in pieces]


def _is_id(piece: str) -> bool:
    return piece.isascii() and piece.isdecimal() and len(piece) <= _LONGEST

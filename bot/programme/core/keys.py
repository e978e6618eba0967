"""What a button's action id holds, read with care: it comes back from a client."""

from __future__ import annotations

from typing import Final

from bot.chat.events import ButtonPressed, ChoiceMade
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined

__all__ = ["GONE", "ids_in", "page_in"]

GONE: Final = "That button no longer works. `/stint help` shows what you can do."


def ids_in(event: ButtonPressed, count: int) -> list[int]:
    """Return the `count` numbers after the verb of a pressed button.

    Raises:
        Declined: there are more numbers, fewer, or other values.
    """
    found = [whole_number(piece) for piece in event.action.split(":")[1:]]
    ids = [number for number in found if number is not None]
    if not len(found) == len(ids) == count:
        raise Declined(GONE)
    return ids


def page_in(event: ButtonPressed | ChoiceMade, position: int) -> int | None:
    """Return the page (from 0) that a button turns to, at `position` of its action; None if it turns none."""
    pieces = event.action.split(":") if isinstance(event, ButtonPressed) else []
    return whole_number(pieces[position]) if len(pieces) > position else None

"""The dates of a project that cannot move: people read which, and nothing moves them by itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from bot.chat.answers import Option
from bot.chat.content import say
from bot.chat.sentences import Names, Term

__all__ = ["CHOICES", "shown_fixed"]

CHOICES: Final = (
    Option("starts", say("The start")),
    Option("due", say("The end")),
    Option("deliverables", say("The dates of deliverables")),
)
"""What an employer can say cannot move, by its name in databases."""

_TERMS: Final = {
    "starts": Term("the start", "fixed"),
    "due": Term("the end", "fixed"),
    "deliverables": Term("the dates of deliverables", "fixed"),
}


def shown_fixed(fixed: Collection[str] | None) -> Names | None:
    """Return the dates that cannot move; None where each can."""
    found = tuple(_TERMS[each] for each in _TERMS if each in (fixed or ()))
    return Names(found) if found else None

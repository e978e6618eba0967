"""Tasks in a list: the first line of each, which says what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row

from bot.chat.content import Heading, Part, Text, say
from bot.programme.people import blocks_for
from storage.tables import Person

__all__ = ["listed"]


def listed(items: Sequence[Row[*tuple[Any, ...]]], person: Person | None) -> Iterator[Part]:
    """Yield the first line of each task as a reader has it (None: the staff channel), as a list."""
    for number, row in enumerate(items):
        blocks = blocks_for(row.message, person)
        yield "\n- " if number else "- "
        yield from next((b.parts for b in blocks if isinstance(b, Text | Heading)), (say("A task"),))

"""The newest seal of the history, which the staff channel keeps outside of the database."""

from __future__ import annotations

from bot.chat.content import Message, Plain, note
from bot.programme.core import seals
from bot.programme.core.turn import Turn

__all__ = ["with_newest_seal"]


def with_newest_seal(turn: Turn, said: Message) -> Message:
    """Return a message with the newest seal in small print, as `stint audit verify --head` takes it."""
    head = seals.head_of(turn.connection, turn.programme_id)
    if head is None:
        return said
    seal = note("Newest seal of the history, to check it with later: {seal}", seal=Plain(str(head)))
    return Message((*said.blocks, seal))

"""The newest seal of the history, which the staff channel keeps outside of the database."""

from __future__ import annotations

from bot.chat.content import Message, Plain, message, note, text
from bot.programme.core import seals
from bot.programme.core.turn import Turn

__all__ = ["with_newest_seal"]


def with_newest_seal(turn: Turn, said: Message | None) -> Message | None:
    """Return a message with the newest seal in small print, as `stint audit verify --head` takes it.

    On a day on which nothing is to be said (None) the seal is all there is: it leaves the database each day.
    None where there is neither.
    """
    head = seals.head_of(turn.connection, turn.programme_id)
    if head is None:
        return said
    seal = note("Newest seal of the history, to check it with later: {seal}", seal=Plain(str(head)))
    words = said if said is not None else message(text("Nothing waits for a coordinator today."))
    return Message((*words.blocks, seal))

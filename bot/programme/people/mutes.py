"""Mutes: the people whose words a reader asked not to receive."""

from __future__ import annotations

from sqlalchemy import or_, select

from bot.programme.core.turn import Turn
from storage.tables import Mute, Person

__all__ = ["is_unwanted"]


def is_unwanted(turn: Turn, application_id: int, reader: Person | None, writer: int | None) -> bool:
    """Tell whether `reader` muted the person with the id `writer`, or this subject.

    Messages about work and dates still go out, without the words that people add to them.
    """
    if reader is None:
        return False
    query = select(Mute.id).where(
        Mute.programme_id == turn.programme_id,
        Mute.person_id == reader.id,
        or_(Mute.application_id == application_id, Mute.from_id == writer),
    )
    return turn.session.scalars(query.limit(1)).first() is not None

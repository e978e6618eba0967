"""News that waits for a person whose work another person takes over: it becomes the other one's news."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import select, update

from bot.chat.actions import Action
from bot.chat.content import Block, Message, dump_message, load_message
from bot.programme.core import keys, subjects
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from storage.tables import Person, metadata

__all__ = ["give_news"]

_NOTICES: Final = metadata.tables["notices"]


def give_news(
    turn: Turn,
    first: Person,
    second: Person | None,
    things: Mapping[str, Collection[int]],
    said: Block | None = None,
) -> list[Action]:
    """Give `second` the news of these things that waits for `first`, with `said` below it; None drops it.

    `things`: the ids by what subjects and keys call them, as "placement".
    """
    query = select(_NOTICES.c.id, _NOTICES.c.key, _NOTICES.c.subject, _NOTICES.c.message).where(
        _NOTICES.c.person_id == first.id, _NOTICES.c.state == "waiting"
    )
    waiting = turn.connection.execute(query).all()
    if not waiting:
        return []
    named = {stem for noun, of in things.items() for stem in subjects.stems(noun, of)}
    named |= {stem for noun, of in things.items() for stem in keys.stems(keys.NewsKey, noun, of)}
    found = [row for row in waiting if not named.isdisjoint(map(keys.stem_of, (row.key, row.subject)))]
    if not found:
        return []
    for row in found:
        values: dict[str, object] = {"state": "dropped"} if second is None else {"person_id": second.id}
        if said is not None:
            values["message"] = dump_message(Message((*load_message(row.message).blocks, said)))
        turn.connection.execute(update(_NOTICES).where(_NOTICES.c.id == row.id).values(values))
    return daily_message.reschedule_daily_message(turn, second) if second is not None else []

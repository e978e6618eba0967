"""Events that several processes are given, as Discord gives each to every connection of the bot."""

from __future__ import annotations

import asyncio
from typing import Final

from bot.chat.adapter import Response
from bot.chat.events import Event
from bot.runtime.turns import TurnResult, kept
from storage.database import Database

__all__ = ["unless_given"]

_LOOKS: Final = 10
_PAUSE = 0.1
"""How often, and after how many seconds, it is looked whether the other process has given the answer: people
wait three seconds for one."""


async def unless_given(database: Database, event: Event, received: TurnResult) -> TurnResult:
    """Return the answer to an event, or an empty one where another process handled it and answers in time.

    The process that handled the event can open a form, which no stored answer can.
    """
    if received.cause or not received.inbox_id or database.dialect == "sqlite":
        return received
    for _ in range(_LOOKS):
        await asyncio.sleep(_PAUSE)
        found = await database.read(lambda work: kept(work, event))
        if found is None or not found.inbox_id:
            return TurnResult(Response())
    return received

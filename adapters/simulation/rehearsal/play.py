"""The play of a rehearsal: the copy's time passes, with or without acts of its people."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from msgspec import Struct
from structlog.testing import capture_logs

from adapters.simulation.adapter import PlatformState
from adapters.simulation.deployment import Deployment
from adapters.simulation.faults import Faults
from adapters.simulation.rehearsal.acts import people_of, visit
from adapters.simulation.rehearsal.lines import Line, line_of
from adapters.simulation.run import watching_timers
from bot.chat.content import Message
from bot.chat.events import Place, UserRef
from storage.database import Database

__all__ = ["Played", "play"]

_STEP: Final = timedelta(hours=6)
_PAUSES: Final = (0.5, 4.0)
"""Hours, at least and at most, after which another person may turn to the bot."""


class Played(Struct, frozen=True):
    """The result of a rehearsal: from when until when (UTC), and what was sent meanwhile."""

    start: datetime
    end: datetime
    lines: tuple[Line, ...]


class _Rehearsal(Deployment):
    """A deployment that keeps a line of every message, as it is when it is sent.

    `acts`: what people did, in words, by the platform's id of the event.
    """

    def __init__(self, database: Database, platforms: Sequence[PlatformState], start: datetime) -> None:
        super().__init__(database, platforms, start, Faults(0, frozenset()), Random(0))
        self.acts: dict[str, str] = {}
        self.lines: list[Line] = []

    def _arrived(self, key: str, to: Place | UserRef) -> None:
        entry, at = self.platforms[to.platform].world.sent_as(key), self.clock.now()
        if entry is None or not isinstance(entry.content, Message):
            return
        sent = (key, to, entry.content)
        self.lines.append(
            self.database.read_inline(lambda work: line_of(work.connection, sent, at, self.acts))
        )


def play(
    database: Database,
    platforms: Sequence[PlatformState],
    start: datetime,
    length: timedelta,
    *,
    seed: int | None = None,
    advance: Callable[[float], None] = lambda _: None,
) -> Played:
    """Let so much time pass for a copy, from `start` (UTC).

    `seed`: its people act by chance, and in the same way with the same seed; None: no person does anything.
    `advance` is given the days that are over.
    """
    with capture_logs():
        return asyncio.run(_play(database, platforms, start, length, seed, advance))


async def _play(
    database: Database,
    platforms: Sequence[PlatformState],
    start: datetime,
    length: timedelta,
    seed: int | None,
    advance: Callable[[float], None],
) -> Played:
    rehearsal = _Rehearsal(database, platforms, start)
    end, draw = start + length, Random(seed)
    people = database.read_inline(lambda work: people_of(work.connection))
    with watching_timers(rehearsal):
        await rehearsal.open()
        while (now := rehearsal.clock.now()) < end:
            if seed is not None:
                await visit(rehearsal, people, draw, rehearsal.acts)
            step = _STEP if seed is None else timedelta(hours=draw.uniform(*_PAUSES))
            await rehearsal.advance(max(min(step, end - rehearsal.clock.now()), timedelta(0)))
            advance((rehearsal.clock.now() - now) / timedelta(days=1))
        await rehearsal.close()
    return Played(start, end, tuple(each for each in rehearsal.lines if each.at < end))

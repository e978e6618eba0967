"""How a running bot does: what `/readyz` refuses for, and what `/metrics` shows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from adapters.web.metrics import Levels, Metrics
from adapters.web.server import Health
from bot.chat.adapter import Adapter
from bot.clock import Clock
from storage.database import Database
from storage.queries.backlog import read_backlog

__all__ = ["LATE", "health_of"]

LATE: Final = 60.0
"""Seconds after which what is due and not done makes the bot unready."""

_LOOK_AGAIN: Final = timedelta(seconds=30)
"""How long what an adapter found holds: each look costs calls to the platform."""


class _Looks:
    """What each adapter found when it was last asked, asked again once that is old."""

    def __init__(self, adapters: Mapping[str, Adapter], clock: Clock) -> None:
        self._adapters = adapters
        self._clock = clock
        self._problems: dict[str, list[str]] = {}
        self._looked_at: datetime | None = None
        self._looking = asyncio.Lock()

    async def problems(self) -> dict[str, list[str]]:
        """A sentence for each problem, by platform."""
        async with self._looking:
            now = self._clock.now()
            if self._looked_at is None or now - self._looked_at >= _LOOK_AGAIN:
                found = await asyncio.gather(*(each.inspect() for each in self._adapters.values()))
                pairs = zip(self._adapters, found, strict=True)
                self._problems = {
                    name: [f"{each.what} {each.fix}".strip() for each in findings if each.level == "problem"]
                    for name, findings in pairs
                }
                self._looked_at = now
            return self._problems


def health_of(database: Database, adapters: Mapping[str, Adapter], clock: Clock, metrics: Metrics) -> Health:
    """The checks of a bot on these adapters."""
    looks = _Looks(adapters, clock)

    async def unready() -> Sequence[str]:
        now = clock.now()
        try:
            await database.transact(lambda _: None)
            backlog = await database.read(lambda work: read_backlog(work.connection, now))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no place to send work to
            return [f"The database cannot be written ({type(error).__name__})."]
        reasons = [line for lines in (await looks.problems()).values() for line in lines]
        message, timer = backlog.waited(now)
        if message > LATE:
            reasons.append(f"A message has been due for {message:.0f} seconds.")
        if timer > LATE:
            reasons.append(f"A timer has been due for {timer:.0f} seconds.")
        return reasons

    async def page() -> bytes:
        now = clock.now()
        backlog = await database.read(lambda work: read_backlog(work.connection, now))
        message, timer = backlog.waited(now)
        connected = {name: not problems for name, problems in (await looks.problems()).items()}
        return metrics.page(Levels(backlog.outbox, connected, message, backlog.timers_overdue, timer))

    return Health(unready, page)

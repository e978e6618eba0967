"""The health of a running bot: what makes `/readyz` refuse, and what `/metrics` shows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from adapters.web.metrics import Levels, Metrics
from adapters.web.server import Health
from bot.chat.adapter import Adapter
from bot.chat.findings import Finding
from bot.clock import Clock
from storage.database import Database
from storage.diagnostics import explain, write_a_page
from storage.queries.backlog import LATE, Backlog, read_backlog

__all__ = ["health_of"]

_LOOK_AGAIN: Final = 30.0
"""Seconds for which an adapter's findings hold: each inspection costs calls to the platform."""


class _Looks:
    """The findings of each adapter, refreshed once they are old."""

    def __init__(self, adapters: Mapping[str, Adapter], clock: Clock) -> None:
        self._adapters = adapters
        self._clock = clock
        self._found: dict[str, Sequence[Finding]] = {}
        self._looked_at: float | None = None
        self._looking = asyncio.Lock()

    async def found(self) -> Mapping[str, Sequence[Finding]]:
        """Return the problems by platform."""
        async with self._looking:
            now = self._clock.monotonic()
            if self._looked_at is None or now - self._looked_at >= _LOOK_AGAIN:
                looks = await asyncio.gather(*(each.inspect() for each in self._adapters.values()))
                self._found = {
                    name: [each for each in look if each.level != "ok"]
                    for name, look in zip(self._adapters, looks, strict=True)
                }
                self._looked_at = now
            return self._found


def health_of(database: Database, adapters: Mapping[str, Adapter], clock: Clock, metrics: Metrics) -> Health:
    """Return the checks of a bot on these adapters."""
    looks = _Looks(adapters, clock)

    async def findings() -> Sequence[Finding]:
        now = clock.now()
        try:
            await database.transact(lambda work: write_a_page(work.connection, now))
            backlog = await database.read(lambda work: read_backlog(work.connection, now))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no place to send work to
            kind = f"The database cannot be written ({type(error).__name__})."
            return [_problem("bot.database", explain(error) or kind)]
        found = [each for several in (await looks.found()).values() for each in several]
        return [*found, *_late(backlog, now)]

    async def page() -> bytes:
        now = clock.now()
        backlog = await database.read(lambda work: read_backlog(work.connection, now))
        message, timer = backlog.waited(now)
        found = (await looks.found()).items()
        connected = {name: all(each.level != "problem" for each in several) for name, several in found}
        return metrics.page(Levels(backlog.outbox, connected, message, backlog.timers_overdue, timer))

    return Health(findings, page)


def _late(backlog: Backlog, now: datetime) -> Iterator[Finding]:
    """Yield what the bot itself is late with; a queue of a single person's messages is a warning only."""
    message, timer = backlog.waited(now)
    late = LATE.total_seconds()
    if backlog.stood_still(now) > late:
        yield _problem("bot.late", f"A message has been due for {message:.0f} seconds.")
    elif message > late:
        what = f"A message has been due for {message:.0f} seconds, while others are being sent."
        yield Finding("bot.busy", "warning", what)
    if timer > late:
        yield _problem("bot.late", f"A timer has been due for {timer:.0f} seconds.")


def _problem(code: str, what: str) -> Finding:
    return Finding(code, "problem", what)

"""`stint run` with its clock moved by its test: a line on standard input is by how many seconds.

It is the command itself; only the machine's clock is another, so that weeks of promises can be watched, and
how long a turn takes is no matter.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime, timedelta
from unittest.mock import patch

from adapters.cli.commands import main
from adapters.cli.shared_clock import SharedClock
from bot.clock import Pump

__all__ = ["MOVED_BY", "MovedClock"]

_SOON = 20.0
"""Seconds for which a platform's pace is waited for as in life."""

MOVED_BY = "STINT_TEST_MOVED_BY"
"""The environment's name for the clock's first time, in seconds from the machine's."""


class MovedClock(SharedClock):
    """The clock of `stint run`, moved. It wakes when it is moved, not at an instant of the machine's."""

    def __init__(self, ask: Callable[[], Awaitable[datetime | None]]) -> None:
        super().__init__(ask)
        self._by = timedelta(seconds=float(os.environ.pop(MOVED_BY)))

    def now(self) -> datetime:
        """The instant and what it was moved by."""
        return super().now() + self._by

    def monotonic(self) -> float:
        """As much further as the clock was moved."""
        return super().monotonic() + self._by.total_seconds()

    def wake_at(self, due: datetime | None) -> None:
        """Serve what is due now, or within seconds; what is due later waits for a move."""
        if due is None:
            return
        later = (due - self.now()).total_seconds()
        if later <= 0:
            super().wake_at(due)
        elif later < _SOON:
            asyncio.get_running_loop().call_later(later, lambda: super(MovedClock, self).wake_at(self.now()))

    async def start(self, pump: Pump) -> None:
        """Start, and listen for moves."""
        await super().start(pump)
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), self._move)

    def _move(self) -> None:
        line = sys.stdin.readline()
        if not line:
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            return
        self._by = timedelta(seconds=float(line))
        self.wake_at(self.now())
        print("moved", flush=True)  # noqa: T201 - who moved it waits for this


def _no_outages(*_given: object) -> AbstractAsyncContextManager[None]:
    """Note no contact with platforms, as on a clock that is moved by hand."""
    return nullcontext()


if __name__ == "__main__":
    # The three things that are not as in life: the clock, that a move of it is no outage, and that no turn is
    # said to take long, as on a busy machine each may.
    patch("adapters.cli.running_bot.keep_contact", _no_outages).start()
    patch("adapters.cli.run.SharedClock", MovedClock).start()
    patch("bot.runtime.long_turns.LONGEST_SECONDS", float("inf")).start()
    main()

"""The database of a simulated process: turns run inline, and commits may go wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from adapters.simulation.faults import Crash, Faults, Lost
from adapters.simulation.observations import Observations
from bot.chat.routes import Declined
from storage.database import Database, UnitOfWork

__all__ = ["FaultyDatabase", "Process"]

T = TypeVar("T")


class Process:
    """One process, from its start to its end. After it has died nothing of it does anything any more."""

    def __init__(self) -> None:
        self.dead = False
        self.unsaved_waits: dict[str, dict[str, datetime]] = {}
        """Lanes that asked to be left alone since the last commit: a process that dies before the next one
        cannot leave word of them."""

    def check_alive(self) -> None:
        """Raise Crash if the process is dead."""
        if self.dead:
            raise Crash

    def end(self, where: str) -> Crash:
        """Die; the Crash to raise."""
        self.dead = True
        for lane, waits in self.unsaved_waits.items():
            waits.pop(lane, None)
        return Crash(where)


class FaultyDatabase(Database):
    """A database, inline, with faults before and after each commit of a turn."""

    def __init__(self, inner: Database, process: Process, faults: Faults, observed: Observations) -> None:
        # Not its own database: everything goes to `inner`.
        self._inner = inner
        self._process = process
        self._faults = faults
        self._observed = observed

    async def transact(self, fn: Callable[[UnitOfWork], T]) -> T:
        """As Database's; a fault raises Crash or Lost with the turn committed, or not."""
        self._process.check_alive()
        fault = self._faults.at("commit")

        def turn(work: UnitOfWork) -> T:
            self._observed.turn_begins()
            value = fn(work)
            if fault == "crash before":
                raise self._process.end("commit")
            if fault == "lost before":
                raise Lost(fault)
            return value

        try:
            value = self._inner.transact_inline(turn)
        except (Declined, Lost):
            raise
        except Exception as error:
            self._observed.raised(error, "a turn raised")
            raise
        self._observed.turn_counts()
        self._process.unsaved_waits.clear()
        if fault == "crash after":
            raise self._process.end("commit")
        if fault == "lost after":
            raise Lost(fault)
        return value

    async def read(self, fn: Callable[[UnitOfWork], T]) -> T:
        """As Database's."""
        self._process.check_alive()
        try:
            return self._inner.read_inline(fn)
        except Exception as error:
            self._observed.raised(error, "a read raised")
            raise

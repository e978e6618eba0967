"""The database of a simulated process: turns run inline, and commits may go wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from bot.chat.routes import Declined
from storage.database import Database, UnitOfWork
from tests.simulation.faults import Crash, Lost, Weather
from tests.simulation.observations import Book

__all__ = ["Life", "StormyDatabase"]

T = TypeVar("T")


class Life:
    """One process, from its start to its end. After it has died nothing of it does anything any more."""

    def __init__(self) -> None:
        self.dead = False
        self.unheard: dict[str, dict[str, datetime]] = {}
        """Lanes that asked to be left alone since the last commit: a process that dies before the next one
        cannot leave word of them."""

    def must_go_on(self) -> None:
        """Raise Crash if the process is dead."""
        if self.dead:
            raise Crash

    def end(self, where: str) -> Crash:
        """Die; the Crash to raise."""
        self.dead = True
        for lane, waits in self.unheard.items():
            waits.pop(lane, None)
        return Crash(where)


class StormyDatabase(Database):
    """A database, inline, with the weather's faults before and after each commit of a turn."""

    def __init__(self, inner: Database, life: Life, weather: Weather, book: Book) -> None:
        # Not its own database: everything goes to `inner`.
        self._inner = inner
        self._life = life
        self._weather = weather
        self._book = book

    async def transact(self, fn: Callable[[UnitOfWork], T]) -> T:
        """As Database's; a fault raises Crash or Lost with the turn committed, or not."""
        self._life.must_go_on()
        fault = self._weather.at("commit")

        def turn(work: UnitOfWork) -> T:
            self._book.turn_begins()
            value = fn(work)
            if fault == "crash before":
                raise self._life.end("commit")
            if fault == "lost before":
                raise Lost(fault)
            return value

        try:
            value = self._inner.transact_inline(turn)
        except (Declined, Lost):
            raise
        except Exception as error:
            self._book.raised(error, "a turn raised")
            raise
        self._book.turn_counts()
        self._life.unheard.clear()
        if fault == "crash after":
            raise self._life.end("commit")
        if fault == "lost after":
            raise Lost(fault)
        return value

    async def read(self, fn: Callable[[UnitOfWork], T]) -> T:
        """As Database's."""
        self._life.must_go_on()
        try:
            return self._inner.read_inline(fn)
        except Exception as error:
            self._book.raised(error, "a read raised")
            raise

"""The firing of overdue timers by hand: the same statements, in the same transactions, with sqlite3 alone.

The statements and their values are recorded from Stint's own firing and delivering, and run again on a
database that began the same. Nothing handles an event, makes a message, or sends one.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final, Literal

from benchmarks.costs import Cost
from benchmarks.recording import Transactions, recording, replay
from benchmarks.reminders import remind, serve
from benchmarks.stage import Level, Silent, open_programme, set_pragmas, sqlite_in

__all__ = ["KINDS", "Kind", "by_hand", "record"]

Kind = Literal["bench.post", "bench.nothing"]
KINDS: Final[tuple[Kind, ...]] = ("bench.post", "bench.nothing")
"""Timers that send a message each, and those that send none."""


async def record(folder: Path, kind: Kind, count: int) -> Transactions:
    """Fire and deliver once, and record the transactions that are not empty."""
    silent = Silent()
    async with open_programme(sqlite_in(folder)) as database:
        await remind(database, silent, kind, count)
        with recording(database) as transactions:
            await serve(database, silent)
    return [each for each in transactions if each]


async def by_hand(folder: Path, recorded: Transactions, kind: Kind, count: int, level: Level) -> Cost:
    """Return what the recorded transactions cost with sqlite3."""
    async with open_programme(sqlite_in(folder)) as database:
        await remind(database, Silent(), kind, count)
        path, cost = database.path, Cost()
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        set_pragmas(connection, None, ("journal_mode=WAL", f"synchronous={level}", "foreign_keys=ON"))
        with cost.counting():
            replay(connection, recorded)
        states = connection.execute("SELECT DISTINCT state FROM timers").fetchall()
        assert states == [("done",)], states
    return cost

"""The same turns' statements without Stint: SQLAlchemy over aiosqlite, and sqlite3 by hand.

The statements and their values are recorded from Stint's own turns and run again on a database that began the
same: all of a turn's in its transaction, and nothing else. Neither peer reads an answer or makes a question.
aiosqlite has `AT_ONCE` people too, each turn a transaction; sqlite3 runs on one thread, without an event
loop, with as many turns in a commit as there are people at once.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from benchmarks.costs import Cost
from benchmarks.recording import Statement, Transactions, recording, replay
from benchmarks.stage import open_programme, set_pragmas, sqlite_in
from benchmarks.turns import begin, mark_sent, port, rounds_of_events
from bot.runtime.turns import receive
from storage.engines import JSON_OPTIONS

__all__ = ["PRAGMAS", "Recorded", "aiosqlite", "raw", "record"]

PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_SENT: Final = "UPDATE outbox SET state = 'sent' WHERE state = 'pending'"


Recorded = list[Transactions]
"""The statements of each turn, by question, then by person."""


async def record(folder: Path, people: int) -> Recorded:
    """Run every turn once, alone, and record its statements."""
    async with open_programme(sqlite_in(folder), people) as database:
        await database.transact(partial(begin, people=range(1, people + 1)))
        recorded: Recorded = []
        for now, events in rounds_of_events(range(1, people + 1)):
            with recording(database) as turns:
                for said in events:
                    await database.transact(partial(receive, event=said, now=now, port=port()))
            recorded.append(turns)
            await database.transact(partial(mark_sent, now=now))
        return recorded


async def _beginning(folder: Path, people: int) -> Path:
    """Return a database file on which the recorded turns can run."""
    async with open_programme(sqlite_in(folder), people) as database:
        await database.transact(partial(begin, people=range(1, people + 1)))
        path = database.path
    assert path is not None
    return path


async def raw(folder: Path, recorded: Recorded, together: int) -> Cost:
    """Return what the recorded turns cost with sqlite3, `together` of them in a commit."""
    path, cost = await _beginning(folder, len(recorded[0])), Cost()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        set_pragmas(connection, None, PRAGMAS)
        for turns in recorded:
            with cost.counting():
                replay(connection, turns, together)
            connection.execute(_SENT)
    return cost


async def aiosqlite(folder: Path, recorded: Recorded, at_once: int) -> Cost:
    """Return what the turns cost with SQLAlchemy over aiosqlite, `at_once` people sharing a connection.

    With a connection each they would be slower: they would wait for SQLite's lock by sleeping.
    """
    path, cost = await _beginning(folder, len(recorded[0])), Cost()
    url = f"sqlite+aiosqlite:///{path}"
    engine = create_async_engine(url, pool_size=1, max_overflow=0, **JSON_OPTIONS)
    event.listen(engine.sync_engine, "connect", partial(set_pragmas, pragmas=PRAGMAS))
    for turns in recorded:
        with cost.counting():
            await asyncio.gather(*(_run_turns(engine, turns[n::at_once]) for n in range(at_once)))
        async with engine.begin() as connection:
            await connection.exec_driver_sql(_SENT)
    await engine.dispose()
    return cost


async def _run_turns(engine: AsyncEngine, turns: Transactions) -> None:
    for turn in turns:
        async with engine.begin() as connection:
            for statement in turn:
                await _run(connection, statement)


async def _run(connection: AsyncConnection, statement: Statement) -> None:
    if statement.core is None:
        result = await connection.exec_driver_sql(statement.sql, statement.bound)
    else:
        result = await connection.execute(statement.core, statement.values)
    if result.returns_rows:
        result.all()

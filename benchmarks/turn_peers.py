"""The same turns' statements without Stint: SQLAlchemy over aiosqlite, and sqlite3 by hand.

The statements and their values are recorded from Stint's own turns and run again on a database that began the
same: all of a turn's in its transaction, and nothing else. Neither peer reads an answer or makes a question.
aiosqlite has `AT_ONCE` people too, each turn a transaction; sqlite3 runs on one thread, without an event
loop, with as many turns in a commit as there are people at once.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks.stage import open_programme, set_pragmas
from benchmarks.turns import begin, mark_sent, port, rounds_of_events
from bot.runtime.turns import receive
from storage.prepared import Prepared

__all__ = ["Recorded", "aiosqlite", "raw", "record"]

_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON")
_SENT: Final = "UPDATE outbox SET state = 'sent' WHERE state = 'pending'"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a turn: as SQLAlchemy has it with its values, and as the driver was given it."""

    core: Any
    values: Any
    sql: str
    bound: list[Any]


Recorded = list[list[list[Statement]]]
"""The statements of each turn, by question, then by person."""


async def record(folder: Path, people: int) -> Recorded:
    """Run every turn once, alone, and record its statements."""
    async with open_programme(folder, people) as database:
        await database.transact(partial(begin, people=people))
        recorded: Recorded = []
        for now, events in rounds_of_events(people):
            recorded.append([])
            for said in events:
                with _listening() as heard:
                    await database.transact(partial(receive, event=said, now=now, port=port()))
                recorded[-1].append(heard)
            await database.transact(partial(mark_sent, now=now))
        return recorded


@contextmanager
def _listening() -> Iterator[list[Statement]]:
    """Record every prepared statement that runs within the block."""
    heard: list[Statement] = []

    def listen(method: Callable[..., Any]) -> Callable[..., Any]:
        def run(prepared: Prepared, connection: Any, given: Any) -> Any:  # noqa: ANN401 - as the method's
            for values in given if isinstance(given, list) else [given]:
                plan = prepared._plan(connection.dialect)  # noqa: SLF001 - only a measurement looks inside
                heard.append(Statement(prepared._statement, values, plan.sql, plan.bind(values)))  # noqa: SLF001 - as above
            return method(prepared, connection, given)

        return run

    names = ("rows", "run", "run_many")
    patches = [patch.object(Prepared, name, listen(getattr(Prepared, name))) for name in names]
    for each in patches:
        each.start()
    try:
        yield heard
    finally:
        for each in patches:
            each.stop()


async def _beginning(folder: Path, people: int) -> Path:
    """Return a database file on which the recorded turns can run."""
    async with open_programme(folder, people) as database:
        await database.transact(partial(begin, people=people))
        path = database.path
    assert path is not None
    return path


async def raw(folder: Path, recorded: Recorded, together: int) -> float:
    """Return the seconds that sqlite3 takes for the recorded turns, `together` of them in a commit."""
    path = await _beginning(folder, len(recorded[0]))
    seconds = 0.0
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        set_pragmas(connection, None, _PRAGMAS)
        for turns in recorded:
            began = perf_counter()
            for first in range(0, len(turns), together):
                connection.execute("BEGIN IMMEDIATE")
                for turn in turns[first : first + together]:
                    for statement in turn:
                        connection.execute(statement.sql, statement.bound).fetchall()
                connection.execute("COMMIT")
            seconds += perf_counter() - began
            connection.execute(_SENT)
    return seconds


async def aiosqlite(folder: Path, recorded: Recorded, at_once: int) -> float:
    """Return the seconds that SQLAlchemy takes over aiosqlite, `at_once` people sharing a connection.

    With a connection each they would be slower: they would wait for SQLite's lock by sleeping.
    """
    path = await _beginning(folder, len(recorded[0]))
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=1, max_overflow=0)
    event.listen(engine.sync_engine, "connect", partial(set_pragmas, pragmas=_PRAGMAS))
    seconds = 0.0
    for turns in recorded:
        began = perf_counter()
        await asyncio.gather(*(_run_turns(engine, turns[n::at_once]) for n in range(at_once)))
        seconds += perf_counter() - began
        async with engine.begin() as connection:
            await connection.exec_driver_sql(_SENT)
    await engine.dispose()
    return seconds


async def _run_turns(engine: AsyncEngine, turns: Sequence[Sequence[Statement]]) -> None:
    for turn in turns:
        async with engine.begin() as connection:
            for statement in turn:
                result = await connection.execute(statement.core, statement.values)
                if result.returns_rows:
                    result.all()

"""A stage that is played once in a process, for tests that each need all of it and its programme unchanged.

The first test plays it; its rows and its world file are kept, and every later test's database is filled with
them, which takes a tenth of the time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, func, insert, select

from storage.database import UnitOfWork
from storage.engines import plain_engine
from storage.tables import metadata
from storage.urls import parse_url
from tests.support.stage import Stage, open_stage

__all__ = ["open_kept"]

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a play left: the rows of each table, the world file, and where the clock stood."""

    rows: Sequence[tuple[Table, Sequence[dict[str, Any]]]]
    world: bytes
    now: datetime


_KEPT: Final[dict[tuple[Play, str], _Kept]] = {}
"""By the play and the kind of database, whose rows have ids of its own."""


@asynccontextmanager
async def open_kept(folder: Path, url: str, play: Play) -> AsyncIterator[Stage]:
    """A stage after `play`, opened as after a restart; the database at `url` has tables and no rows yet."""
    world = folder / "world.jsonl"
    known = (play, parse_url(url).get_backend_name())
    if known in _KEPT:
        world.write_bytes(_KEPT[known].world)
        _fill(url, _KEPT[known])
    else:
        async with open_stage(folder, url=url) as stage:
            await play(stage)
            rows, now = stage.database.read_inline(_rows_of), stage.clock.now()
        _KEPT[known] = _Kept(rows, world.read_bytes(), now)
    async with open_stage(folder, url=url, start=_KEPT[known].now) as stage:
        yield stage


def _rows_of(work: UnitOfWork) -> Sequence[tuple[Table, Sequence[dict[str, Any]]]]:
    """Read all there is; a row comes after those that it names."""
    found = []
    for table in metadata.sorted_tables:
        query = select(table).order_by(*table.primary_key)
        if rows := [dict(row) for row in work.connection.execute(query).mappings()]:
            found.append((table, rows))
    return found


def _fill(url: str, kept: _Kept) -> None:
    engine = plain_engine(parse_url(url))
    try:
        with engine.begin() as connection:
            for table, rows in kept.rows:
                connection.execute(insert(table), rows)
                if connection.dialect.name == "postgresql":
                    _go_on_counting(connection, table)
    finally:
        engine.dispose()


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Let the ids of new rows come after those that were given."""
    if "id" in table.primary_key:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, select(func.max(table.c.id)).scalar_subquery())))

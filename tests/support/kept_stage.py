"""A stage that is played once in a process, for tests that each need all of it and its programme unchanged.

The first test plays it, and what it left is kept: `open_played` keeps its SQLite file and its world file,
`open_kept` its rows, which fill a database on either of the two. That takes a tenth of the time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import Connection, Table, func, insert, select

from storage.database import UnitOfWork
from storage.engines import plain_engine
from storage.tables import metadata
from storage.urls import parse_url
from tests.support.stage import Stage, open_stage

__all__ = ["open_kept", "open_played"]

_DATABASE: Final = "stint.db"
_WORLD: Final = "world.jsonl"

Play = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a play left: the rows of each table, the world file, and where the clock stood."""

    rows: Sequence[tuple[Table, Sequence[dict[str, Any]]]]
    world: bytes
    now: datetime


_KEPT: Final[dict[tuple[Play, str], _Kept]] = {}
"""By the play and the kind of database, whose rows have ids of its own."""


@dataclass(frozen=True, slots=True)
class _Played:
    """What a play left on its own stage: its two files, and where the clock stood."""

    database: bytes
    world: bytes
    now: datetime


_PLAYED: Final[dict[tuple[Play, str], _Played]] = {}
"""By the play and the stage's options."""


@asynccontextmanager
async def open_played(folder: Path, *, play: Play, **options: Any) -> AsyncIterator[Stage]:  # noqa: ANN401 - of open_stage
    """A stage after `play`, opened as after a restart; the options are those of `open_stage`."""
    known = (play, repr(options))
    if known not in _PLAYED:
        with TemporaryDirectory(dir=folder) as first:
            async with open_stage(Path(first), **options) as stage:
                await play(stage)
                now = stage.clock.now()
            database, world = (Path(first) / name for name in (_DATABASE, _WORLD))
            _PLAYED[known] = _Played(database.read_bytes(), world.read_bytes(), now)
    played = _PLAYED[known]
    (folder / _DATABASE).write_bytes(played.database)
    (folder / _WORLD).write_bytes(played.world)
    async with open_stage(folder, start=played.now, **options) as stage:
        yield stage


@asynccontextmanager
async def open_kept(folder: Path, url: str, play: Play) -> AsyncIterator[Stage]:
    """A stage after `play`, opened as after a restart; the database at `url` has tables and no rows yet."""
    world = folder / _WORLD
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

"""The stage on which a database of the first edition plays on, on SQLite or PostgreSQL.

People sit at the terminal on which they were: its journal is kept beside the database, so that they read and
press what the first edition wrote to them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from storage.migrate import upgrade
from tests.support.databases import up_to
from tests.support.old_data import Snapshot, read_fixture, write_database
from tests.support.stage import Stage, open_stage

__all__ = ["EVERYTHING", "open_old_stage", "write_old_database"]

EVERYTHING: Final = next(each for each in read_fixture().snapshots if each.world)
"""The database in which something of each kind is waited for that the first edition knew."""


def write_old_database(snapshot: Snapshot, folder: Path, postgresql_url: str = "") -> str:
    """Write the snapshot as the first edition had it, to a SQLite file or to PostgreSQL; its URL."""
    url = write_database(snapshot, folder / "stint.db")
    if not postgresql_url:
        return url
    with closing(sqlite3.connect(folder / "stint.db")) as source:
        [(revision,)] = source.execute("SELECT version_num FROM alembic_version")
        upgrade(postgresql_url, scripts=up_to(folder, revision))
        with psycopg.connect(postgresql_url) as connection:
            _copy(source, connection)
    return postgresql_url


def _copy(source: sqlite3.Connection, target: psycopg.Connection) -> None:
    """Copy every row; PostgreSQL reads each value from its text, and its ids go on."""
    target.execute("SET session_replication_role = replica")
    columns: dict[str, list[tuple[str, str]]] = {}
    for table, column, written in target.execute(
        "SELECT table_name, column_name, udt_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY ordinal_position"
    ):
        columns.setdefault(table, []).append((column, written))
    for table, found in columns.items():
        names = [name for name, _ in found]
        rows = source.execute(f"SELECT {', '.join(names)} FROM {table}").fetchall()
        values = sql.SQL(", ").join(
            sql.SQL("%s" if written == "bytea" else "%s::text::{}").format(sql.Identifier(written))
            for _, written in found
        )
        into = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names)), values
        )
        target.cursor().executemany(into, [tuple(map(_plain, row)) for row in rows])
        if rows and "id" in names:
            last = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}")
            target.execute(last.format(sql.Literal(table), sql.Identifier(table)))
    target.execute("SET session_replication_role = origin")


def _plain(value: object) -> object:
    return str(value) if isinstance(value, int) else value


@asynccontextmanager
async def open_old_stage(
    folder: Path, postgresql_url: str = "", down: timedelta = timedelta(0)
) -> AsyncIterator[Stage]:
    """EVERYTHING, upgraded, just before the bot's first start on it, after it was down for some time."""
    url = write_old_database(EVERYTHING, folder, postgresql_url)
    upgrade(url)
    (folder / "world.jsonl").write_text(EVERYTHING.world)
    async with open_stage(folder, start=EVERYTHING.now + down, url=url) as stage:
        yield stage

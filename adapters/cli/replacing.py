"""The replacing of a database by another that is built beside it: put in its place whole, or not at all.

What is replaced is kept: on SQLite as a file beside it, on PostgreSQL as a schema.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from storage.engines import plain_engine
from storage.pg_tools import BEFORE
from storage.urls import parse_url, sqlite_path

__all__ = ["Replacement", "replacement"]

_NEW: Final = "CREATE SCHEMA public"

_BESIDE: Final = ("", "-wal", "-shm")
"""The endings of the files of one SQLite database."""


@dataclass(slots=True)
class Replacement:
    """A database that is being built: its URL, and afterwards where the one before it is; "" for none."""

    url: str
    before: str = ""


@contextmanager
def replacement(url: str, work: Path) -> Iterator[Replacement]:
    """Yield an empty database to build; it takes the place of the one at `url` when the block ends well.

    `work` is an empty folder, for SQLite on the same disk as the database. If the block raises, the database
    is as it was.
    """
    path = sqlite_path(parse_url(url))
    made = _of_postgresql(url) if path is None else _of_sqlite(path, work)
    with made as built:
        yield built


@contextmanager
def _of_sqlite(path: Path, work: Path) -> Iterator[Replacement]:
    new = work / "new.db"
    built = Replacement(f"sqlite:///{new}")
    yield built
    with closing(_raw(built.url)) as connection:  # one file, complete without a -wal file beside it
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    if path.exists():
        number = 1
        while (before := path.with_name(f"{path.name}.before-restore-{number}")).exists():
            number += 1
        for ending in reversed(_BESIDE):
            if (file := path.with_name(path.name + ending)).exists():
                file.rename(before.with_name(before.name + ending))
        built.before = str(before)
    new.chmod(0o600)
    new.rename(path)


@contextmanager
def _of_postgresql(url: str) -> Iterator[Replacement]:
    """Put the schema `public` aside, and build another; put it back if that fails."""
    before = _put_aside(url)
    try:
        yield (built := Replacement(url))
    except BaseException:
        with closing(_raw(url)) as connection, connection.begin():
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text(f"ALTER SCHEMA {before} RENAME TO public" if before else _NEW))
        raise
    built.before = f"the schema {before} of the same database" if before else ""


def _put_aside(url: str) -> str:
    """Rename the schema `public`, and make an empty one; return the new name of the first.

    An empty one stays where it is: "".
    """
    with closing(_raw(url)) as connection, connection.begin():
        if not inspect(connection).get_table_names():
            return ""
        names = connection.execute(text("SELECT nspname FROM pg_namespace")).scalars().all()
        number = 1
        while (before := f"{BEFORE}{number}") in names:
            number += 1
        connection.execute(text(f"ALTER SCHEMA public RENAME TO {before}"))
        connection.execute(text(_NEW))
    return before


def _raw(url: str) -> Connection:
    return plain_engine(parse_url(url)).connect()

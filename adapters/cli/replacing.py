"""The replacing of a database by another that is built beside it: put in its place whole, or not at all.

What is replaced is kept until an operator deletes it: a file beside it on SQLite, a schema on PostgreSQL.
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

__all__ = ["Replacement", "delete_replaced", "replaced", "replacement"]

_NEW: Final = "CREATE SCHEMA public"

_KEPT: Final = ".before-restore-"
"""What follows a SQLite file's name, and is followed by a number, once it was replaced."""

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
        while (before := path.with_name(f"{path.name}{_KEPT}{number}")).exists():
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


def replaced(url: str) -> list[str]:
    """Return the databases that were replaced and are kept: SQLite's files, or PostgreSQL's schemas."""
    path = sqlite_path(parse_url(url))
    if path is not None:
        kept = (
            each for each in path.parent.glob(f"{path.name}{_KEPT}*") if each.name.split("-")[-1].isdigit()
        )
        return sorted(str(each) for each in kept)
    with closing(_raw(url)) as connection:
        return sorted(name for name in inspect(connection).get_schema_names() if name.startswith(BEFORE))


def delete_replaced(url: str) -> list[str]:
    """Delete the databases that were replaced and are kept; return their names."""
    names = replaced(url)
    if sqlite_path(parse_url(url)) is not None:
        for name in names:
            for ending in _BESIDE:
                Path(name + ending).unlink(missing_ok=True)
        return names
    with closing(_raw(url)) as connection, connection.begin():
        for name in names:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    return names


def _raw(url: str) -> Connection:
    return plain_engine(parse_url(url)).connect()

"""A restore under a running stage: its database is put back to an earlier moment, and reconciled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete

from bot.runtime.reconciling import Erased, Reconciled, reconcile
from storage.copying import compare_rows, copy_rows
from storage.database import UnitOfWork
from storage.engines import plain_engine
from storage.tables import metadata
from storage.urls import parse_url
from tests.support.bot import Life, fresh_database

__all__ = ["Saved", "put_back", "save"]


@dataclass(frozen=True, slots=True)
class Saved:
    """A copy of every row, and when it was made."""

    path: Path
    made_at: datetime


def save(life: Life, path: Path) -> Saved:
    """Copy every row of a stage's database into a SQLite file."""
    with _open(path) as copy:
        life.database.read_inline(lambda work: copy_rows(work.connection, copy))
    return Saved(path, life.clock.now())


async def put_back(life: Life, saved: Saved, erased: tuple[Erased, ...] = ()) -> list[Reconciled]:
    """Put every row back as it was, and reconcile the bot with what its platforms have seen since."""

    def restore(work: UnitOfWork) -> None:
        for table in reversed(metadata.sorted_tables):
            work.connection.execute(delete(table))
        with _open(saved.path) as copy:
            copy_rows(copy, work.connection)
            compare_rows(copy, work.connection)

    await life.database.transact(restore)
    return await reconcile(life.runtime, saved.made_at, erased)


@contextmanager
def _open(path: Path) -> Iterator[Connection]:
    engine = plain_engine(parse_url(fresh_database(path)))
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN")
        yield connection
    engine.dispose()

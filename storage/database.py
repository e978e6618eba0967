"""The database: its transactions, and their threads. `Database.transact` is the only way to write."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import URL, Engine, func, select

from storage.batch import Outcome, TransactionLostError, run_batch, run_reads
from storage.engines import reader_engine, writer_engine
from storage.threads import Run, Threads
from storage.unit_of_work import TurnConnection, UnitOfWork
from storage.urls import Dialect, dialect_of, parse_url, shown, sqlite_path

__all__ = [
    "Database",
    "Outcome",
    "TransactionLostError",
    "UnitOfWork",
    "open_database",
    "run_batch",
]

T = TypeVar("T")

# Turns that share a commit, at most: it bounds how long the first of them waits.
_BATCH: Final = 64
_SQLITE_READERS: Final = 2
_POSTGRESQL_WRITERS: Final = 8
_POSTGRESQL_READERS: Final = 4


def open_database(url: str, *, inline: bool = False, durable: bool = True) -> "Database":
    """Open the database at a `sqlite:///` or `postgresql://` URL; close it when done.

    No connection is made before the first turn, and nothing is migrated (`storage.migrate.upgrade`).
    With `inline` there are no threads: every turn runs in the caller's thread, alone. A SQLite file that is
    thrown away need not be `durable`: its commits do not wait for the disk.

    Raises:
        ValueError: the URL names neither a SQLite file nor a PostgreSQL database.
    """
    parsed = parse_url(url)
    writer, reader = writer_engine(parsed, durable=durable), reader_engine(parsed)
    writing: Threads | None = None
    reading: Threads | None = None
    if not inline:
        sqlite = dialect_of(parsed) == "sqlite"
        writing = Threads(
            writer,
            run_batch,
            name="stint-writer",
            count=1 if sqlite else _POSTGRESQL_WRITERS,
            most=_BATCH if sqlite else 1,
        )
        reading = Threads(
            reader,
            run_reads,
            name="stint-reader",
            count=_SQLITE_READERS if sqlite else _POSTGRESQL_READERS,
            most=1,
        )
    return Database(parsed, _Side(writer, run_batch, writing), _Side(reader, run_reads, reading))


class Database:
    """One database, open.

    A turn is a plain function of a `UnitOfWork`. It may run twice, so it has no effect outside that:
    time and randomness are passed to it, and it writes what shall be done outside as rows.
    """

    def __init__(self, url: URL, writing: "_Side", reading: "_Side") -> None:
        self._url = url
        self._writing = writing
        self._reading = reading

    def __repr__(self) -> str:
        return f"<Database {shown(self._url)}>"

    @property
    def url(self) -> str:
        """The URL, password included: for opening the same database elsewhere, never for display."""
        return self._url.render_as_string(hide_password=False)

    @property
    def dialect(self) -> Dialect:
        """The dialect: `sqlite` or `postgresql`."""
        return dialect_of(self._url)

    @property
    def path(self) -> Path | None:
        """The absolute path of the SQLite file; None on PostgreSQL."""
        return sqlite_path(self._url)

    async def transact(self, fn: Callable[[UnitOfWork], T]) -> T:
        """Run `fn` in a transaction on a database thread; return its value once that is durable.

        Turns that wait together share one commit (SQLite). Cancelling the waiter does not cancel
        the turn. Whatever `fn` raises is raised here, and nothing of that turn is kept.

        Raises:
            TransactionLostError: `fn` swallowed a database error that ended its transaction.
            RuntimeError: the database is closed.
        """
        return await self._writing.run(fn)

    async def read(self, fn: Callable[[UnitOfWork], T]) -> T:
        """Run `fn` on one unchanging view of the committed data; writes are refused.

        Raises:
            sqlalchemy.exc.DBAPIError: `fn` tried to write.
            RuntimeError: the database is closed.
        """
        return await self._reading.run(fn)

    def transact_inline(self, fn: Callable[[UnitOfWork], T]) -> T:
        """Run `transact` in the caller's thread: for simulation, tests and command-line work."""
        return self._writing.run_inline(fn)

    def read_inline(self, fn: Callable[[UnitOfWork], T]) -> T:
        """Run `read` in the caller's thread."""
        return self._reading.run_inline(fn)

    async def data_version(self) -> int:
        """Return a number that changes when another process has written to the SQLite file, and only then.

        Our own turns do not change it (sqlite.org/pragma.html#pragma_data_version). On PostgreSQL
        it is always 0: there, writers notify each other.
        """
        if self.dialect == "postgresql":
            return 0
        return await self.transact(_data_version)

    async def instant(self) -> datetime | None:
        """Return the present instant (UTC) by the database's own clock; None on SQLite, which has none.

        Processes on several machines share a PostgreSQL database, and their own clocks may differ.
        """
        return None if self.dialect == "sqlite" else await self.read(_instant)

    async def close(self) -> None:
        """Finish the turns already asked for, then close. Closing again does nothing."""
        await self._writing.close()
        await self._reading.close()

    def close_inline(self) -> None:
        """Close a database that was opened with `inline`, as `close` does."""
        self._writing.close_inline()
        self._reading.close_inline()


class _Side:
    """The access to one engine: through threads where there are any, and directly."""

    def __init__(self, engine: Engine, batch: Run, threads: Threads | None) -> None:
        self._engine = engine
        self._batch = batch
        self._threads = threads
        self._connection: TurnConnection | None = None
        self._closed = False

    async def run(self, fn: Callable[[UnitOfWork], T]) -> T:
        if self._threads is None:
            return self.run_inline(fn)
        value: T = await self._threads.submit(fn)
        return value

    def run_inline(self, fn: Callable[[UnitOfWork], T]) -> T:
        if self._closed:
            raise RuntimeError("the database is closed")
        if self._connection is None:
            self._connection = TurnConnection(self._engine)
        [outcome] = self._batch(self._connection, [fn])
        if outcome.error is not None:
            raise outcome.error
        value: T = outcome.value
        return value

    async def close(self) -> None:
        if self._threads is not None:
            await self._threads.close()
        self.close_inline()

    def close_inline(self) -> None:
        self._closed = True
        if self._connection is not None:
            self._connection.hang_up()
            self._connection = None
        self._engine.dispose()


def _instant(work: UnitOfWork) -> datetime:
    instant: datetime = work.connection.execute(select(func.clock_timestamp())).scalar_one()
    return instant.astimezone(UTC)


def _data_version(work: UnitOfWork) -> int:
    version: int = work.connection.exec_driver_sql("PRAGMA data_version").scalar_one()
    return version

"""Turns in transactions: many in one commit, none answered before it.

These are plain functions over a connection. In production a thread calls them (`storage.threads`);
simulation, tests and command-line work call them directly.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, RootTransaction
from sqlalchemy.exc import DBAPIError, OperationalError

from storage.unit_of_work import UnitOfWork

Turn = Callable[[UnitOfWork], Any]

# SQLite takes the write lock at once: a lock taken later can fail at once ("database is locked"),
# whatever the timeout, when another process has written in between.
_Begin = Literal["BEGIN IMMEDIATE", "BEGIN"]

# Another process may hold the file's lock for minutes (a backup, an import of old data); each try
# waits storage.engines.BUSY_TIMEOUT.
_BEGIN_TRIES: Final = 6
_SQLITE_BUSY: Final = 5
# PostgreSQL, appendix A: serialization_failure, deadlock_detected. Running again is the cure.
_RUN_AGAIN: Final = frozenset({"40001", "40P01"})
# Seconds before the second to the fifth try.
_PAUSES: Final = (0.005, 0.02, 0.05, 0.1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one turn: its value, committed; or the error, with nothing of the turn kept."""

    value: Any = None
    error: Exception | None = None


class TransactionLostError(RuntimeError):
    """The database itself has ended the transaction under a turn; nothing of the turn was kept.

    SQLite does so on a full disk, an I/O error or lack of memory (sqlite.org/lang_transaction.html,
    "Response To Errors Within A Transaction"); PostgreSQL after any failed statement.
    """


def run_batch(connection: Connection, turns: Sequence[Turn]) -> list[Outcome]:
    """Run turns in order in one transaction, each in its own savepoint; return after the commit.

    A turn that raises loses its own work only. If the whole transaction is lost, or its commit
    fails, no caller gets a value yet and each turn runs again alone: a turn may run twice, so
    it has no effect outside its `UnitOfWork`.

    Anything beyond Exception (KeyboardInterrupt, a simulated kill) rolls everything back and is
    raised to the caller.
    """
    if len(turns) > 1:
        try:
            outer = _begin(connection, "BEGIN IMMEDIATE")
        except DBAPIError as error:
            return [Outcome(error=error)] * len(turns)
        outcomes = _together(connection, outer, turns)
        if outcomes is not None:
            return outcomes
    return [_alone(connection, turn, "BEGIN IMMEDIATE") for turn in turns]


def run_reads(connection: Connection, turns: Sequence[Turn]) -> list[Outcome]:
    """Run each function in its own transaction; for a connection that refuses writes."""
    return [_alone(connection, turn, "BEGIN") for turn in turns]


def _together(connection: Connection, outer: RootTransaction, turns: Sequence[Turn]) -> list[Outcome] | None:
    """Return the outcomes, committed; or None, rolled back, when the turns must run again alone."""
    try:
        outcomes = [_in_savepoint(connection, turn) for turn in turns]
        _must_be_whole(connection)
        outer.commit()
    except Exception:  # noqa: BLE001  # whatever it was, each turn will meet it again alone
        _abandon(connection, outer)
        return None
    except BaseException:
        _abandon(connection, outer)
        raise
    return outcomes


def _in_savepoint(connection: Connection, turn: Turn) -> Outcome:
    # Straight to the driver: through SQLAlchemy this takes longer than a turn's own statements.
    driver: Any = connection.connection.driver_connection
    driver.execute("SAVEPOINT turn")
    work = UnitOfWork(connection, in_savepoint=True)
    try:
        value = turn(work)
        work.finish()
        driver.execute("RELEASE turn")
    except Exception as error:
        if not _is_open(connection) or _may_be_mended(error):
            raise
        work.abandon()
        driver.execute("ROLLBACK TO turn")
        driver.execute("RELEASE turn")
        return Outcome(error=error)
    return Outcome(value)


def _alone(connection: Connection, turn: Turn, begin: _Begin) -> Outcome:
    """Run one turn in one transaction, and run it again if that may cure its error."""
    for pause in _PAUSES:
        outcome, again = _once(connection, turn, begin)
        if not again:
            return outcome
        time.sleep(pause)
    return _once(connection, turn, begin)[0]


def _once(connection: Connection, turn: Turn, begin: _Begin) -> tuple[Outcome, bool]:
    """Run a turn once; return its outcome, and whether another run may cure its error."""
    outer: RootTransaction | None = None
    committing = False
    try:
        outer = _begin(connection, begin)
        work = UnitOfWork(connection, in_savepoint=False)
        value = turn(work)
        work.finish()
        _must_be_whole(connection)
        committing = True
        outer.commit()
    except Exception as error:  # noqa: BLE001  # it is the waiter's to handle
        _abandon(connection, outer)
        # When the connection is lost in COMMIT, it is unknown whether the turn was kept.
        lost = isinstance(error, DBAPIError) and error.connection_invalidated and not committing
        return Outcome(error=error), lost or _may_be_mended(error)
    except BaseException:
        _abandon(connection, outer)
        raise
    return Outcome(value), False


def _begin(connection: Connection, begin: _Begin) -> RootTransaction:
    outer = connection.begin()
    if connection.dialect.name != "sqlite":
        return outer
    try:
        # As quick as the driver is; what it refuses is tried again, in SQLAlchemy's words.
        with suppress(connection.dialect.loaded_dbapi.OperationalError):
            driver: Any = connection.connection.driver_connection
            driver.execute(begin)
            return outer
        for _ in range(_BEGIN_TRIES - 2):
            try:
                connection.exec_driver_sql(begin)
            except OperationalError as error:
                if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF != _SQLITE_BUSY:
                    raise
            else:
                return outer
        connection.exec_driver_sql(begin)
    except BaseException:
        _abandon(connection, outer)
        raise
    return outer


def _abandon(connection: Connection, outer: RootTransaction | None) -> None:
    """Roll back, whatever state the transaction is in; if that fails, drop the connection."""
    try:
        if outer is not None and connection.get_transaction() is outer:
            outer.rollback()
        if not connection.invalidated:
            # After a refused COMMIT, SQLite's transaction is still open, although SQLAlchemy considers it
            # finished. Where there is nothing to roll back, the driver raises nothing.
            driver: Any = connection.connection.driver_connection
            driver.rollback()
    except Exception:  # noqa: BLE001  # a broken connection; the next transaction opens another
        with suppress(Exception):
            connection.invalidate()


def _is_open(connection: Connection) -> bool:
    """Return whether the outer transaction still exists."""
    if connection.invalidated:
        return False
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return bool(driver.in_transaction)
    return driver.info.transaction_status.name in ("INTRANS", "INERROR")


def _must_be_whole(connection: Connection) -> None:
    """Raise if the transaction is lost: both databases would accept COMMIT in it, and lose everything."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        whole = driver.in_transaction
    else:  # idle: the turn sent no statement to the database
        whole = driver.info.transaction_status.name in ("INTRANS", "IDLE")
    if not whole:
        raise TransactionLostError(
            "the database gave up the transaction after an error that the turn swallowed; "
            "let database errors through, or meet expected conflicts with ON CONFLICT"
        )


def _may_be_mended(error: Exception) -> bool:
    """Return whether the turn lost a race that it may win when run again."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RUN_AGAIN

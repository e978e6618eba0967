"""The statements of Stint's transactions, recorded as they run, so that others can run the very same."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import Engine, event

from storage.database import Database, UnitOfWork
from storage.prepared import Prepared

__all__ = ["Statement", "Transactions", "recording", "replay"]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with its values: as SQLAlchemy has it (None: as text), and as the driver was given it.

    `many`: it runs once for each of several sets of values.
    """

    core: Any
    values: Any
    sql: str
    bound: Any
    many: bool


Transactions = list[list[Statement]]
"""The statements of each transaction, in the order in which they began."""

_Turn = Callable[[UnitOfWork], Any]
_HEARD: Final[ContextVar[list[Statement] | None]] = ContextVar("heard", default=None)


@contextmanager
def recording(database: Database) -> Iterator[Transactions]:
    """Record every transaction that writes and every one that reads within the block."""
    transactions: Transactions = []

    def recorded(run: Callable[[_Turn], Awaitable[Any]]) -> Callable[[_Turn], Awaitable[Any]]:
        async def record(turn: _Turn) -> Any:  # noqa: ANN401 - the turn's value
            def heard(work: UnitOfWork) -> Any:  # noqa: ANN401 - the turn's value
                statements: list[Statement] = []
                transactions.append(statements)
                token = _HEARD.set(statements)
                try:
                    return turn(work)
                finally:
                    _HEARD.reset(token)

            return await run(heard)

        return record

    with ExitStack() as stack:
        for name in ("transact", "read"):
            stack.enter_context(patch.object(database, name, recorded(getattr(database, name))))
        for name in ("rows", "run", "run_many"):
            stack.enter_context(patch.object(Prepared, name, _listening(getattr(Prepared, name))))
        event.listen(Engine, "before_cursor_execute", _hear_core)
        stack.callback(event.remove, Engine, "before_cursor_execute", _hear_core)
        yield transactions


def _listening(method: Callable[..., Any]) -> Callable[..., Any]:
    """Return a method of Prepared that records what it runs."""

    def run(prepared: Prepared, connection: Any, values: Any = {}) -> Any:  # noqa: ANN401, B006 - as the method's
        heard = _HEARD.get()
        if heard is not None and values != []:  # nothing is run for no sets of values
            plan, core = prepared._plan(connection.dialect), prepared._statement  # noqa: SLF001 - only a measurement looks inside
            several = isinstance(values, list) and len(values) > 1
            given = values[0] if isinstance(values, list) and not several else values
            bound = [plan.bind(each) for each in given] if several else plan.bind(given)
            heard.append(Statement(core, given, plan.sql, bound, several))
        return method(prepared, connection, values)

    return run


def _hear_core(
    _connection: Any,  # noqa: ANN401 - SQLAlchemy's
    _cursor: Any,  # noqa: ANN401 - SQLAlchemy's
    sql: str,
    bound: Any,  # noqa: ANN401 - SQLAlchemy's
    _context: Any,  # noqa: ANN401 - SQLAlchemy's
    many: bool,  # noqa: FBT001 - SQLAlchemy's
) -> None:
    """Record a statement that SQLAlchemy itself runs."""
    heard = _HEARD.get()
    if heard is not None and not sql.startswith("BEGIN"):
        heard.append(Statement(None, bound, sql, bound, many))


def replay(connection: sqlite3.Connection, transactions: Transactions, together: int = 1) -> None:
    """Run recorded transactions with sqlite3 alone, `together` of them in a commit."""
    for first in range(0, len(transactions), together):
        connection.execute("BEGIN IMMEDIATE")
        for transaction in transactions[first : first + together]:
            for statement in transaction:
                if statement.many:
                    connection.executemany(statement.sql, statement.bound)
                else:
                    connection.execute(statement.sql, statement.bound).fetchall()
        connection.execute("COMMIT")

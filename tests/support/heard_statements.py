"""The statements that the bot runs in scenarios, each as the first test by name ran it.

Nearly all scenarios run on SQLite: a statement is compiled once more, for PostgreSQL, where it is heard.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, event
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

from storage.engines import plain_engine
from storage.prepared import Prepared
from storage.urls import parse_url

__all__ = ["FOUND", "LISTENER", "POSTGRESQL", "OnPostgresql", "Statement", "keep", "listen", "wanted"]

POSTGRESQL: Final = plain_engine(parse_url("postgresql://nowhere/none")).dialect


class OnPostgresql(NamedTuple):
    """A statement as PostgreSQL's driver takes it, with its parameters by name."""

    sql: str
    values: Mapping[str, Any]


class Statement(NamedTuple):
    """A statement as SQLite took it: data, which goes from a worker of the tests to their controller.

    Attributes:
        built: its SQL as it was compiled, by which it is known; lists have one mark whatever their length.
        sql: its SQL as it was run. `values`: of its parameters, as the driver takes them; `names`: theirs.
        asked_by: the function of the bot that ran it, as module:function.
        test: where it was run. `postgresql`: the same for PostgreSQL, on which few scenarios are played.
    """

    built: str
    sql: str
    names: Sequence[str] = ()
    values: Sequence[Any] = ()
    asked_by: str = ""
    test: str = ""
    postgresql: OnPostgresql | None = None


FOUND: Final[dict[str, Statement]] = {}
"""The statements that the bot ran, by their compiled SQL, each as the first test by name ran it.

Which test was the first to run it is a matter of chance; so are the values that it gave.
"""


def keep(statement: Statement) -> None:
    """Keep a statement, unless an earlier test by name has run it."""
    known = FOUND.get(statement.built)
    if known is None or statement.test < known.test:
        FOUND[statement.built] = statement


class _Listener:
    """The statements of the test that runs, "" where none of a scenario's does."""

    def __init__(self) -> None:
        self.test = ""
        self.seen: set[str] = set()
        self.on_postgresql = False

    def executed(self, *given: Any) -> None:  # noqa: ANN401 - as SQLAlchemy has it
        """Take a statement that SQLAlchemy gives to the driver."""
        context = given[4]
        if not self.test or context.dialect.name != "sqlite":
            return
        compiled, statement = context.compiled, context.invoked_statement
        if isinstance(statement, SelectBase | UpdateBase) and (asked_by := self.asks_first(compiled.string)):
            longer = getattr(context, "_expanded_parameters", {})
            names = [name for key in compiled.positiontup for name in longer.get(key, (key,))]
            run = compiled.string, context.statement, names, context.parameters[0], asked_by
            given_values = context.compiled_parameters[0]
            self.add(*run, lambda: _on_postgresql(statement, compiled, given_values))

    def noted(self, way: Callable[..., Any]) -> Callable[..., Any]:
        """Return a method of Prepared that says what it runs."""

        def noted(prepared: Prepared, connection: Connection, values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - what the method returns
            if self.test and connection.dialect.name == "sqlite":
                plan, given = prepared._plan(connection.dialect), values or {}  # noqa: SLF001 - the SQL that it runs
                if asked_by := self.asks_first(plan.sql):
                    names = [name for name, _ in plan.binds]
                    run = plan.sql, plan.sql, names, plan.bind(given), asked_by
                    self.add(*run, lambda: _prepared_on_postgresql(prepared, given))
            return way(prepared, connection, values or {})

        return noted

    def asks_first(self, built: str) -> str:
        """Return the function of the bot that asks; "" where this test or an earlier one has asked so.

        And "" for a test's own, which may be one that the bot runs later.
        """
        known = FOUND.get(built)
        if built in self.seen or (known is not None and known.test <= self.test):
            return ""
        return _asker()

    def add(
        self,
        built: str,
        sql: str,
        names: Sequence[str],
        values: Sequence[Any],
        asked_by: str,
        on_postgresql: Callable[[], OnPostgresql],
    ) -> None:
        """Keep a statement of the bot's."""
        plain = tuple(bytes(value) if isinstance(value, memoryview) else value for value in values)
        self.seen.add(built)
        other = on_postgresql() if self.on_postgresql else None
        keep(Statement(built, sql, tuple(names), plain, asked_by, self.test, other))


LISTENER: Final = _Listener()


def listen(*, on_postgresql: bool = False) -> None:
    """Listen to the statements of this process from now on, for as long as it lives.

    `on_postgresql`: compile them for PostgreSQL as well.
    """
    LISTENER.on_postgresql |= on_postgresql
    if event.contains(Engine, "before_cursor_execute", LISTENER.executed):
        return
    event.listen(Engine, "before_cursor_execute", LISTENER.executed)
    for name in ("rows", "run"):
        setattr(Prepared, name, LISTENER.noted(getattr(Prepared, name)))


def _on_postgresql(
    statement: SelectBase | UpdateBase, compiled: SQLCompiler, given: Mapping[str, Any]
) -> OnPostgresql:
    """Return a statement that was compiled for SQLite, and given these values, as PostgreSQL takes it."""
    other = statement.compile(dialect=POSTGRESQL, column_keys=compiled.column_keys)
    assert isinstance(other, SQLCompiler)
    wanted = {name: given[name] for name, bind in other.binds.items() if bind.required and name in given}
    state = other.construct_expanded_state(wanted)
    convert: dict[str, Any] = {**other._bind_processors, **state.processors}  # noqa: SLF001 - as SQLAlchemy
    values = {
        name: convert[name](value) if name in convert else value for name, value in state.parameters.items()
    }
    return OnPostgresql(state.statement, values)


def _prepared_on_postgresql(prepared: Prepared, given: Mapping[str, Any]) -> OnPostgresql:
    plan = prepared._plan(POSTGRESQL)  # noqa: SLF001 - the SQL that it runs
    return OnPostgresql(plan.sql, plan.bind(given))


@contextmanager
def wanted(test: str) -> Iterator[None]:
    """Keep what the bot runs meanwhile on SQLite, in the test of this name."""
    LISTENER.test = test
    LISTENER.seen.clear()
    try:
        yield
    finally:
        LISTENER.test = ""


def _asker() -> str:
    """The function of the bot that asked for the statement that is being run; "" for a test's own."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - who called is known nowhere else
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        room = name.partition(".")[0]
        if room == "bot":
            return f"{name.removeprefix('bot.')}:{frame.f_code.co_name}"
        if room == "tests" and name != __name__:
            return ""
        frame = frame.f_back
    return ""

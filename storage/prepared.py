"""Statements that are compiled once and run many times: every turn consists of them.

SQLAlchemy's `Connection.execute` takes several times as long over the small statements of a turn as the
database does. A Prepared statement is built, typed and compiled by SQLAlchemy, for either database; only
its running goes straight to the driver. Errors are SQLAlchemy's own, as `storage.batch` needs them.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NoReturn, Protocol

from sqlalchemy import Connection, Dialect, Float, SelectBase
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TypeEngine

__all__ = ["Prepared", "Row"]


class Row(Protocol):
    """A row of a prepared statement, a named tuple: its columns are attributes, by the statement's names."""

    def __getattr__(self, name: str, /) -> Any:  # noqa: ANN401 - whatever type the column has
        """Return the value of a column."""

    def __getitem__(self, place: int, /) -> Any:  # noqa: ANN401 - whatever type the column has
        """Return the value of a column by its position."""

    def __iter__(self) -> Iterator[Any]:
        """Iterate over the values in the statement's order."""


_Convert = Callable[[Any], Any]
_NONE: Final[Mapping[str, Any]] = MappingProxyType({})
_Statement = SelectBase | UpdateBase


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement as the driver of one database takes it.

    `binds`: each parameter's name and what makes the driver's value of it, in the order of the statement.
    `fixed`: values that are part of the statement itself. `readers`: as `binds`, for the columns of a row.
    """

    sql: str
    positional: bool
    binds: tuple[tuple[str, _Convert | None], ...]
    fixed: dict[str, Any]
    row: Callable[[Sequence[Any]], Row]
    readers: tuple[tuple[int, _Convert], ...]

    def bind(self, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a list, or a dict, by driver
        if self.fixed:
            values = {**self.fixed, **values}
        if self.positional:
            return [convert(values[name]) if convert else values[name] for name, convert in self.binds]
        return {name: convert(values[name]) if convert else values[name] for name, convert in self.binds}

    def read(self, found: Sequence[Any]) -> Row:
        if not self.readers:
            return self.row(found)
        values = list(found)
        for at, convert in self.readers:
            values[at] = convert(values[at])
        return self.row(values)


class Prepared:
    """A statement with `bindparam`s, and for an insert the names of its columns.

    Rows come back as named tuples. It takes `among`, but no `expanding` parameters. Like
    `Connection.execute` it does not flush an ORM session first.
    """

    def __init__(self, statement: _Statement, *columns: str) -> None:
        self._statement = statement
        self._columns = columns
        self._plans: dict[str, _Plan] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any] = _NONE) -> list[Row]:
        """Run the statement and return its rows."""
        plan = self._plan(connection.dialect)
        return [plan.read(found) for found in _run(connection, plan, plan.bind(values)).fetchall()]

    def first(self, connection: Connection, values: Mapping[str, Any] = _NONE) -> Row | None:
        """Run the statement and return its first row; None if there is none."""
        return next(iter(self.rows(connection, values)), None)

    def value(self, connection: Connection, values: Mapping[str, Any] = _NONE) -> Any | None:  # noqa: ANN401 - a column's
        """Run the statement and return the first column of its first row; None if there is none."""
        found = self.first(connection, values)
        return found[0] if found else None

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run the statement and return how many rows it changed."""
        plan = self._plan(connection.dialect)
        return int(_run(connection, plan, plan.bind(values)).rowcount)

    def run_many(self, connection: Connection, many: Sequence[Mapping[str, Any]]) -> None:
        """Run the statement once for each set of values, if there are any."""
        if many:
            plan = self._plan(connection.dialect)
            _run(connection, plan, [plan.bind(values) for values in many], many=True)

    def _plan(self, dialect: Dialect) -> _Plan:
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _planned(self._statement, self._columns, dialect)
        return plan


def _run(connection: Connection, plan: _Plan, values: Any, *, many: bool = False) -> Any:  # noqa: ANN401 - the driver's
    cursor = connection.connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(plan.sql, values)
    except Exception as error:  # noqa: BLE001 - raised again in SQLAlchemy's words
        _raise(connection, plan.sql, error, cursor)
    return cursor


def _planned(statement: _Statement, columns: Sequence[str], dialect: Dialect) -> _Plan:
    """Return the statement as the driver of this database takes it."""
    compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    if not isinstance(compiled, SQLCompiler):
        raise TypeError(f"not a statement: {statement!r}")
    if "POSTCOMPILE" in compiled.string:
        raise TypeError(f"expanding parameters cannot be prepared: {compiled.string}")
    names = compiled.positiontup or list(dict.fromkeys(compiled.bind_names.values()))
    returned = list(statement.exported_columns)
    readers = ((at, _reader(column.type, dialect)) for at, column in enumerate(returned))
    keys = [str(column.key) for column in returned]
    named: Callable[..., Any] = namedtuple("Row", keys, rename=True)._make  # type: ignore[attr-defined]  # noqa: PYI024 - which fields it has, the statement says
    return _Plan(
        sql=compiled.string,
        positional=compiled.positional,
        binds=tuple(
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names
        ),
        fixed={name: compiled.params[name] for name in names if not compiled.binds[name].required},
        row=named,
        readers=tuple((at, reader) for at, reader in readers if reader is not None),
    )


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> _Convert | None:
    """Return what makes a value of what the driver gives for a column; None where that is the value.

    Both drivers give floats as they are; SQLAlchemy would first ask what the driver calls the column's type,
    which is known with the first row only.
    """
    if isinstance(kind, Float) and not kind.asdecimal:
        return None
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _raise(connection: Connection, sql: str, error: Exception, cursor: Any) -> NoReturn:  # noqa: ANN401 - the driver's
    """Raise a driver's error as SQLAlchemy does, without the parameters: they are people's words."""
    dialect = connection.dialect
    root = dialect.loaded_dbapi.Error
    if not isinstance(error, root):
        raise error
    lost = dialect.is_disconnect(error, connection.connection.driver_connection, cursor)
    if lost:
        connection.invalidate(error)
    raise DBAPIError.instance(
        sql, None, error, root, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    ) from error

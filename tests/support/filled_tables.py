"""Rows in every table, with a value of every kind: for tests of what copies whole databases."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    String,
    Table,
    insert,
)

from storage.tables import metadata
from storage.types import StructJSON, UTCDateTime

__all__ = ["ROWS", "fill", "row_of"]

ROWS: Final = 3
_AT: Final = datetime(2026, 3, 29, 1, 30, 0, 123_456, tzinfo=UTC)
_ANY_JSON: Final = {"b": [1, 2.5, None, True, "é “x”\n"], "a": {"id": 2**40}, "": []}


def fill(connection: Connection) -> None:
    """Put ROWS rows into every table, with the ids 1 to ROWS; what may be null is so in the last of them."""
    for table in metadata.sorted_tables:
        connection.execute(insert(table), [row_of(table, number) for number in range(1, ROWS + 1)])


def row_of(table: Table, number: int) -> dict[str, Any]:
    """A row of a table, like no other of it, that belongs to the programme of its number."""
    return {column.key: _value(column, number) for column in table.c}


def _value(column: Column[Any], number: int) -> Any:  # noqa: ANN401 - as the columns are
    if column.nullable and number == ROWS and column.name != "programme_id":
        return None
    if column.primary_key or column.foreign_keys:
        return number
    match column.type:
        case StructJSON() | JSON():
            return {**_ANY_JSON, "number": number}
        case UTCDateTime():
            return _AT + timedelta(days=number)
        case Boolean():
            return number % 2 == 0
        case Float():
            return number + 0.1
        case Integer():
            return 1000 + number
        case Date():
            return date(2026, 3, number)
        case LargeBinary():
            return bytes(range(256)) * number
        case String() as text:
            return f"{number}é“ {column.name}"[: text.length]
        case other:
            raise NotImplementedError(other)

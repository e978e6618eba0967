"""Rows of tables as the database has them, whatever the code of today calls them."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, MetaData

_NOON: Final = datetime(2026, 3, 9, 12, tzinfo=UTC)


def put(connection: Connection, tables: MetaData, table: str, **given: Any) -> int:  # noqa: ANN401 - a row's values
    """Insert a row; what it needs and is not given is filled with anything. Its id."""
    target = tables.tables[table]
    values = dict(given)
    for column in target.columns:
        needed = not column.nullable and column.server_default is None and not column.primary_key
        if needed and column.name not in values:
            kind = column.type.python_type
            instant = _NOON if kind is datetime else _NOON.isoformat(timespec="microseconds")
            empty = {str: "x", int: 0, float: 0.0, bool: False, bytes: b"", dict: [], list: []}
            # Five characters hold a wall time, "09:00".
            clock = getattr(column.type, "length", None) == len("09:00")
            moment = kind is datetime or (column.name.endswith(("_at", "_before")) and not clock)
            values[column.name] = instant if moment else empty.get(kind, [])
    made = connection.execute(target.insert().values(**values).returning(target.c.id)).scalar_one()
    return int(made)

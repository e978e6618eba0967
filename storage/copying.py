"""Rows copied from one database to another, of the same or the other kind; counted and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    Select,
    Table,
    func,
    insert,
    select,
    text,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError

from storage.tables import metadata
from storage.types import JSON, StructJSON

__all__ = [
    "Advance",
    "CopyFailedError",
    "compare_rows",
    "continue_ids",
    "copy_rows",
    "count_rows",
    "last_ids",
    "of_programme",
    "read_rows",
    "tables_to_copy",
    "write_rows",
]

Advance = Callable[[str, int], None]
"""A listener: of which table how many more rows are done."""

_AT_ONCE: Final = 1_000
"""Rows that are read and written together."""

_AT_ONCE_WITH_CONTENT: Final = 8
"""The same where a row holds a whole file."""


class CopyFailedError(RuntimeError):
    """A row cannot be copied, or is another one in the copy; `str()` names its table and id."""


def tables_to_copy() -> Sequence[Table]:
    """Return every table, each after those that its rows refer to."""
    return metadata.sorted_tables


def of_programme(table: Table, programme_id: int) -> Any | None:  # noqa: ANN401 - a condition
    """Return the condition that a row belongs to a programme; None for a table whose rows belong to none."""
    if table.name == "programmes":
        return table.c.id == programme_id
    return table.c.programme_id == programme_id if "programme_id" in table.c else None


def count_rows(connection: Connection, programme_id: int | None = None) -> dict[str, int]:
    """Return how many rows each table has, or how many of them belong to a programme."""
    counts = {}
    for table in tables_to_copy():
        query = _only(select(func.count()).select_from(table), table, programme_id)
        counts[table.name] = 0 if query is None else int(connection.scalar(query) or 0)
    return counts


def copy_rows(
    source: Connection,
    target: Connection,
    *,
    programme_id: int | None = None,
    advance: Advance = lambda _table, _count: None,
) -> None:
    """Copy every row, or a programme's, with its id. Both have today's schema, and the target no such rows.

    Ids given in the target continue after the source's (`continue_ids`).

    Raises:
        CopyFailedError: the target refuses a row.
    """
    for table in tables_to_copy():
        for rows in read_rows(source, table, programme_id):
            write_rows(target, table, rows)
            advance(table.name, len(rows))
    continue_ids(target, last_ids(source))


def compare_rows(
    source: Connection,
    target: Connection,
    *,
    programme_id: int | None = None,
    advance: Advance = lambda _table, _count: None,
) -> None:
    """Compare every row, or a programme's, with the row of the same id in the copy.

    Raises:
        CopyFailedError: a row is missing, is another one, or is not in the source.
    """
    for table in tables_to_copy():
        copies = (row for rows in read_rows(target, table, programme_id) for row in rows)
        for rows in read_rows(source, table, programme_id):
            for row in rows:
                if next(copies, None) != row:
                    raise CopyFailedError(
                        f"Row {row['id']} of the table {table.name} is not in the copy as in the original."
                    )
            advance(table.name, len(rows))
        if (more := next(copies, None)) is not None:
            raise CopyFailedError(
                f"Row {more['id']} of the table {table.name} is in the copy and not in the original."
            )


def last_ids(connection: Connection) -> dict[str, int]:
    """Return the highest id that was ever given in each table, also to a row that is gone."""
    ids = {
        table.name: int(connection.scalar(select(func.max(table.c.id))) or 0) for table in tables_to_copy()
    }
    if connection.dialect.name == "sqlite":
        given = connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all()
    else:
        given = connection.execute(
            text(
                "SELECT tables.relname, pg_sequence_last_value(owned.objid) FROM pg_depend AS owned"
                " JOIN pg_class AS tables ON tables.oid = owned.refobjid"
                " JOIN pg_sequence AS counts ON counts.seqrelid = owned.objid"
                " WHERE owned.deptype IN ('a', 'i') AND tables.relnamespace = current_schema()::regnamespace"
            )
        ).all()
    for name, last in given:
        if name in ids and last is not None:
            ids[name] = max(ids[name], int(last))
    return ids


def continue_ids(connection: Connection, after: Mapping[str, int]) -> None:
    """Let the ids that are given next in each table come after these, and after what it has given itself."""
    for name, own in last_ids(connection).items():
        last = max(own, after.get(name, 0))
        if not last:
            continue
        if connection.dialect.name == "sqlite":
            values = {"name": name, "last": last}
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values)
        else:
            # Rows that were copied with their ids have moved no sequence.
            sequence = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)")
            connection.execute(sequence, {"name": name, "last": last})


def _only(query: Select[Any], table: Table, programme_id: int | None) -> Select[Any] | None:
    """Narrow a query to the rows of a programme; None where none of the table's rows belongs to one."""
    if programme_id is None:
        return query
    condition = of_programme(table, programme_id)
    return None if condition is None else query.where(condition)


def read_rows(
    connection: Connection, table: Table, programme_id: int | None
) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield the rows of a table in the order of their ids, some at a time."""
    most = _AT_ONCE
    if any(isinstance(column.type, LargeBinary) for column in table.c):
        most = _AT_ONCE_WITH_CONTENT
    query = _only(select(*map(_as_stored, table.c)).order_by(table.c.id).limit(most), table, programme_id)
    if query is None:
        return
    last = 0
    while rows := connection.execute(query.where(table.c.id > last)).mappings().all():
        yield [dict(row) for row in rows]
        last = rows[-1]["id"]


def _as_stored(column: Column[Any]) -> Any:  # noqa: ANN401 - a column, or one under its name
    """Return a column to read as plain data: a Struct of an earlier shape is copied as it is."""
    return type_coerce(column, JSON).label(column.key) if isinstance(column.type, StructJSON) else column


def write_rows(target: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, and name the one that is refused.

    Raises:
        CopyFailedError: a row is refused.
    """
    try:
        with target.begin_nested():
            target.execute(insert(table), list(rows))
    except (DBAPIError, ValueError):
        for row in rows:
            try:
                with target.begin_nested():
                    target.execute(insert(table), [dict(row)])
            except (DBAPIError, ValueError) as error:
                kind = type(getattr(error, "orig", None) or error).__name__
                raise CopyFailedError(
                    f"Row {row['id']} of the table {table.name} cannot be copied: the other database refuses "
                    f"it ({kind})."
                ) from None

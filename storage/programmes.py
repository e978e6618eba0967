"""One programme of a database: all its rows, written to files that people can read, and read again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy import Column, Connection, Date, Table, delete, select

from storage import copying
from storage.secrets import SecretBox
from storage.tables import Installation, Space, metadata
from storage.types import UTCDateTime

__all__ = ["TakenIdError", "delete_rows", "delete_tokens", "export_rows", "import_rows"]

_CONTENT: Final = ("files", "content")
"""The column that holds a file: it is written to a file of its own, opened."""


class TakenIdError(RuntimeError):
    """An id of a programme is taken in the database that it is brought into; `str()` says what to do."""


def export_rows(connection: Connection, programme_id: int, folder: Path, box: SecretBox) -> dict[str, Path]:
    """Write a programme's rows into a folder; return the files by their names.

    Each table has a file of JSON lines, and each file that a person sent is one, opened.

    Raises:
        NoKey: the files that people sent are encrypted with another key.
    """
    written: dict[str, Path] = {}
    for table in copying.tables_to_copy():
        if copying.of_programme(table, programme_id) is None:
            continue
        path = written[f"{table.name}.jsonl"] = folder / f"{table.name}.jsonl"
        path.touch(mode=0o600)
        with path.open("ab") as lines:
            for row in _rows(connection, table, programme_id):
                if table.name == _CONTENT[0]:
                    file = written[f"file-{row['id']}"] = folder / f"file-{row['id']}"
                    file.touch(mode=0o600)
                    file.write_bytes(box.open(row.pop(_CONTENT[1])))
                lines.write(msgspec.json.encode(row) + b"\n")
    return written


def import_rows(connection: Connection, folder: Path, box: SecretBox) -> dict[str, int]:
    """Insert what `export_rows` has written, with its ids; return how many rows each table got.

    Raises:
        TakenIdError: the database has a row of such an id.
        NoKey: there are files, and no key to encrypt them with.
    """
    counts: dict[str, int] = {}
    for table in copying.tables_to_copy():
        path = folder / f"{table.name}.jsonl"
        if not path.exists():
            continue
        rows = [_row(table, line, folder, box) for line in _lines(path)]
        if not rows:
            continue
        ids = [row["id"] for row in rows]
        taken = connection.scalar(select(table.c.id).where(table.c.id.in_(ids[:1] + ids[-1:])))
        if taken is not None:
            raise TakenIdError(
                f"The number {taken} is taken in the table {table.name}. Bring the programme into a database "
                "of its own: name a new one with STINT_DATABASE_URL."
            )
        copying.write_rows(connection, table, rows)
        counts[table.name] = len(rows)
    return counts


def delete_tokens(connection: Connection, programme_id: int) -> int:
    """Delete the tokens of a programme's spaces; return how many."""
    teams = select(Space.external_id).where(Space.programme_id == programme_id)
    tokens = delete(Installation).where(Installation.team_id.in_(teams), Installation.team_id != "")
    return connection.execute(tokens).rowcount


def delete_rows(connection: Connection, programme_id: int) -> dict[str, int]:
    """Delete every row of a programme; return how many of each table that had any."""
    counts = {}
    for table in reversed(metadata.sorted_tables):
        condition = copying.of_programme(table, programme_id)
        if condition is not None:
            counts[table.name] = connection.execute(delete(table).where(condition)).rowcount
    return {name: count for name, count in sorted(counts.items()) if count}


def _rows(connection: Connection, table: Table, programme_id: int) -> Iterator[dict[str, Any]]:
    for rows in copying.read_rows(connection, table, programme_id):
        for row in rows:
            yield dict(row)


def _lines(path: Path) -> Iterator[bytes]:
    with os.fdopen(os.open(path, os.O_RDONLY), "rb") as lines:
        yield from lines


def _row(table: Table, line: bytes, folder: Path, box: SecretBox) -> Mapping[str, Any]:
    said = msgspec.json.decode(line)
    row = {column.key: _value(column, said.get(column.key)) for column in table.c if column.key in said}
    if table.name == _CONTENT[0]:
        with os.fdopen(os.open(folder / f"file-{row['id']}", os.O_RDONLY), "rb") as file:
            row[_CONTENT[1]] = box.seal(file.read())
    return row


def _value(column: Column[Any], said: Any) -> Any:  # noqa: ANN401 - as JSON and the columns have it
    if isinstance(said, str) and isinstance(column.type, UTCDateTime):
        return datetime.fromisoformat(said)
    if isinstance(said, str) and isinstance(column.type, Date):
        return date.fromisoformat(said)
    return said

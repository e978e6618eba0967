"""The rows of a CSV or JSON file as they stand in it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

__all__ = ["UnreadableFile", "raw_rows"]

_SEPARATORS: Final = ",;\t"
_LONGEST_CELL: Final = 2**31 - 1  # characters; a long description is no error (32 bits: Windows' C long)


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; `str()` says why and what to do."""


def raw_rows(path: Path) -> list[Mapping[str, Any] | str]:
    """Each row as its cells by column name, or (a str) why that row cannot be taken.

    Read as JSON where the name ends in .json (a list of objects, or an object with such a list in
    "projects") or .jsonl (an object a line), else as CSV with a header.

    Raises:
        UnreadableFile: the file is missing, no UTF-8 text, or not of that form.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{path.name} is not UTF-8 text (byte {error.start}). Save it as UTF-8 and import it again."
        ) from None
    except OSError as error:
        raise UnreadableFile(f"I cannot read {path}: {error.strerror or 'it is no file'}.") from None
    match path.suffix.lower():
        case ".json":
            return _objects(path, _parsed(path, text))
        case ".jsonl" | ".ndjson":
            lines = [line for line in text.splitlines() if line.strip()]
            return _objects(path, [_parsed(path, line, number) for number, line in enumerate(lines, start=1)])
        case _:
            return _cells(path, text)


def _parsed(path: Path, text: str, line: int = 0) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(text)
    except RecursionError:
        raise UnreadableFile(
            f"{path.name} is nested too deeply: projects are objects in a list, [{{…}}, {{…}}]."
        ) from None
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            f"{path.name} is not JSON: {error.msg} at line {line or error.lineno}, column {error.colno}."
        ) from None


def _objects(path: Path, document: Any) -> list[Mapping[str, Any] | str]:  # noqa: ANN401 - whatever JSON holds
    rows = document.get("projects") if isinstance(document, dict) else document
    if not isinstance(rows, list):
        raise UnreadableFile(
            f"{path.name} holds no list of projects. Put them into one list: [{{…}}, {{…}}]."
        )
    return [row if isinstance(row, dict) else "it is no object with named fields" for row in rows]


def _cells(path: Path, text: str) -> list[Mapping[str, Any] | str]:
    csv.field_size_limit(_LONGEST_CELL)
    header = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=header.count)
    try:
        table = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    except csv.Error as error:
        raise UnreadableFile(f"{path.name} is not CSV: {error}.") from None
    if not table:
        raise UnreadableFile(f"{path.name} is empty. Its first line names the columns: company, title, …")
    names, *rows = table
    names = [name.strip() for name in names]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise UnreadableFile(f"{path.name} has two columns called “{twice}”. Rename one.")
    return [_by_name(names, row) for row in rows]


def _by_name(names: list[str], row: list[str]) -> Mapping[str, Any] | str:
    spare = [cell for cell in row[len(names) :] if cell.strip()]
    if spare:
        return f"it has {len(row)} cells, but there are {len(names)} columns; a comma may lack its quotes"
    return {name or f"column {at}": cell for at, (name, cell) in enumerate(zip(names, row, strict=False), 1)}

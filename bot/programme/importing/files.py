"""The rows of a file as written in it: CSV, a workbook, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.programme.importing.decoding import UnreadableFile, decode
from bot.programme.importing.sheets import Table, table_of_csv, table_of_workbook
from bot.reading import UnfitSource, read_bounded

__all__ = ["RawFile", "UnreadableFile", "every", "read_file"]

_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How a workbook begins: of today's Excel and LibreOffice, and of Excel before 2007."""

_OTHERS: Final = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"{\\rtf": "a text document",
    b"MZ": "a program",
    b"\x7fELF": "a program",
    b"\x1f\x8b": "a compressed file",
    b"SQLite format 3": "a database",
}
"""What people hand over by mistake, by how it begins."""

_NOT_TABLES: Final = (".docx", ".doc", ".pptx", ".ppt", ".odt", ".odp", ".zip", ".numbers", ".pages", ".pdf")


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file's rows.

    Attributes:
        columns: every name of a cell, in their order. `rows`: each row's number and its cells by column name,
            or (a str) why that row cannot be taken. `notes`: what the importing person should know.
        guess: a sentence on how the text was read, where it is only likely.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, Any] | str], ...]
    notes: tuple[str, ...] = ()
    guess: str = ""


class _Repeated(dict[str, Any]):
    """A JSON object in which a name is given twice."""

    name = ""


_MOST_BYTES: Final = 64 * 10**6  # bytes


def read_file(path: Path, encoding: str = "") -> RawFile:
    """Read the rows of a file, judged by what is in it and by its name's ending.

    JSON where the name ends in .json (a list of objects, or an object with such a list in "projects") or
    .jsonl (an object a line); a workbook by its content; else CSV under headings.

    Raises:
        UnreadableFile: the file is missing, empty, too large, or of no such form.
    """
    try:
        content = read_bounded(path, _MOST_BYTES)
    except UnfitSource as error:
        advice = "Split it, and import one part after the other." if path.is_file() else "Name a file."
        raise UnreadableFile(f"I cannot read {path}: {error.strerror}. {advice}") from None
    except OSError as error:
        raise UnreadableFile(f"I cannot read {path}: {error.strerror or 'it is no file'}.") from None
    name, ending = path.name, path.suffix.lower()
    if not content.strip(b"\0\t\n\r "):
        raise UnreadableFile(f"{name} is empty. `stint import --template` prints a table to begin with.")
    other = next((called for head, called in _OTHERS.items() if content.startswith(head)), None)
    if other or ending in _NOT_TABLES:
        raise UnreadableFile(
            f"{name} is {other or 'no table'}. I read tables: an Excel or LibreOffice workbook, CSV or JSON."
        )
    if content.startswith(_WORKBOOKS):
        return _of_table(table_of_workbook(name, content))
    decoded = decode(name, content, encoding)
    match ending:
        case ".json":
            return _of_objects(name, _parsed(name, decoded.text), decoded.guess)
        case ".jsonl" | ".ndjson":
            lines = [line for line in decoded.text.split("\n") if line.strip()]
            objects = [_parsed(name, line, number) for number, line in enumerate(lines, start=1)]
            return _of_objects(name, objects, decoded.guess)
        case _:
            return _of_table(table_of_csv(name, decoded.text), decoded.guess)


def _of_table(table: Table, guess: str = "") -> RawFile:
    return RawFile(table.columns, table.rows, table.notes, guess)


def _parsed(name: str, text: str, line: int = 0) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        # Not strict: a control character in a text is that row's mistake, and not the file's.
        return json.loads(text, strict=False, object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError:
        raise UnreadableFile(
            f"{name} is nested too deeply: projects are objects in a list, [{{…}}, {{…}}]."
        ) from None
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            f"{name} is not JSON: {error.msg} at line {line or error.lineno}, column {error.colno}."
        ) from None
    except ValueError:  # NaN, or a number of so many digits that Python reads none
        where = f", at line {line}" if line else ""
        raise UnreadableFile(f"{name} has a number in it that is too long, or none at all{where}.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    names = [name for name, _ in pairs]
    twice = _Repeated(made)
    twice.name = next(name for name in names if names.count(name) > 1)
    return twice


def _constant(text: str) -> float:
    raise ValueError(text)


def _of_objects(name: str, document: Any, guess: str) -> RawFile:  # noqa: ANN401 - whatever JSON holds
    rows = document.get("projects") if isinstance(document, dict) else document
    if isinstance(document, _Repeated) or not isinstance(rows, list):
        raise UnreadableFile(f"{name} holds no list of projects. Put them into one list: [{{…}}, {{…}}].")
    if not rows:
        raise UnreadableFile(f"{name} holds an empty list: there is no project in it.")
    taken = tuple((number, _row(row)) for number, row in enumerate(rows, start=1))
    columns = dict.fromkeys(one for _, row in taken if not isinstance(row, str) for one in row)
    return RawFile(tuple(columns), taken, (), guess)


def _row(row: object) -> Mapping[str, Any] | str:
    if not isinstance(row, dict):
        return "it is no object with named fields"
    repeated = next((one for one in every(row) if isinstance(one, _Repeated)), None)
    if repeated is not None:
        return f"it gives “{repeated.name}” twice; leave one of them out"
    return row


def every(value: object) -> Iterable[object]:
    """Return a JSON value and everything in it, names too."""
    yield value
    if isinstance(value, dict):
        yield from value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from every(one)

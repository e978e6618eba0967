"""The rows of a file as written in it: CSV, a workbook, or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.chat.sentences import Sentence, Wording, say
from bot.programme.importing.decoding import UnreadableFile, decode
from bot.programme.importing.sheets import Table, table_of_csv, table_of_workbook
from bot.reading import UnfitSource, read_bounded

__all__ = ["RawFile", "UnreadableFile", "every", "read_file"]

_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How a workbook begins: of today's Excel and LibreOffice, and of Excel before 2007."""

_PDF: Final = "{file} is a PDF. I read tables: an Excel or LibreOffice workbook, CSV or JSON."
_PICTURE: Final = "{file} is a picture. I read tables: an Excel or LibreOffice workbook, CSV or JSON."
_DOCUMENT: Final = "{file} is a text document. I read tables: an Excel or LibreOffice workbook, CSV or JSON."
_PROGRAM: Final = "{file} is a program. I read tables: an Excel or LibreOffice workbook, CSV or JSON."
_PACKED: Final = "{file} is a compressed file. I read tables: an Excel or LibreOffice workbook, CSV or JSON."
_DATABASE: Final = "{file} is a database. I read tables: an Excel or LibreOffice workbook, CSV or JSON."
_NO_TABLE: Final = "{file} is no table. I read tables: an Excel or LibreOffice workbook, CSV or JSON."
_OTHERS: Final = {
    b"%PDF": _PDF,
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"{\\rtf": _DOCUMENT,
    b"MZ": _PROGRAM,
    b"\x7fELF": _PROGRAM,
    b"\x1f\x8b": _PACKED,
    b"SQLite format 3": _DATABASE,
}
"""What is said of files that people hand over by mistake, by how such a file begins."""

_NOT_TABLES: Final = (".docx", ".doc", ".pptx", ".ppt", ".odt", ".odp", ".zip", ".numbers", ".pages", ".pdf")


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file's rows.

    Attributes:
        columns: every name of a cell, in their order. `rows`: each row's number and its cells by column name,
            or (a Sentence) why that row cannot be taken. `notes`: what the importing person should know.
        guess: how the text was read, where it is only likely.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, Any] | Sentence], ...]
    notes: tuple[Wording, ...] = ()
    guess: Wording = ""


class _Repeated(dict[str, Any]):
    """A JSON object in which a name is given twice."""

    name = ""


_LIST: Final = "[{…}, {…}]"
"""How a list of projects looks in JSON."""

_TOO_LARGE: Final = "I cannot read {file}: {reason}. Split it, and import one part after the other."
_NO_FILE: Final = "I cannot read {file}: {reason}. Name a file."
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
        said = _TOO_LARGE if path.is_file() else _NO_FILE
        raise UnreadableFile(say(said, file=str(path), reason=str(error.strerror))) from None
    except OSError as error:
        said = "I cannot read {file}: {reason}." if error.strerror else "I cannot read {file}: it is no file."
        raise UnreadableFile(say(said, file=str(path), reason=error.strerror or "")) from None
    name, ending = path.name, path.suffix.lower()
    if not content.strip(b"\0\t\n\r "):
        raise UnreadableFile(
            say("{file} is empty. `stint import --template` prints a table to begin with.", file=name)
        )
    other = next((said for head, said in _OTHERS.items() if content.startswith(head)), None)
    if other or ending in _NOT_TABLES:
        raise UnreadableFile(say(other or _NO_TABLE, file=name))
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


def _of_table(table: Table, guess: Wording = "") -> RawFile:
    return RawFile(table.columns, table.rows, table.notes, guess)


def _parsed(name: str, text: str, line: int = 0) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        # Not strict: a control character in a text is that row's mistake, and not the file's.
        return json.loads(text, strict=False, object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError:
        raise UnreadableFile(
            say(
                "{file} is nested too deeply: projects are objects in a list, {example}.",
                file=name,
                example=_LIST,
            )
        ) from None
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            say(
                "{file} is not JSON at line {line}, column {column}: {reason}.",
                file=name,
                line=line or error.lineno,
                column=error.colno,
                reason=error.msg,
            )
        ) from None
    except ValueError:  # NaN, or a number of so many digits that Python reads none
        said = (
            "{file} has a number in it that is too long, or none at all, at line {line}."
            if line
            else "{file} has a number in it that is too long, or none at all."
        )
        raise UnreadableFile(say(said, file=name, line=line)) from None


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


def _of_objects(name: str, document: Any, guess: Wording) -> RawFile:  # noqa: ANN401 - whatever JSON holds
    rows = document.get("projects") if isinstance(document, dict) else document
    if isinstance(document, _Repeated) or not isinstance(rows, list):
        said = "{file} holds no list of projects. Put them into one list: {example}."
        raise UnreadableFile(say(said, file=name, example=_LIST))
    if not rows:
        raise UnreadableFile(say("{file} holds an empty list: there is no project in it.", file=name))
    taken = tuple((number, _row(row)) for number, row in enumerate(rows, start=1))
    columns = dict.fromkeys(one for _, row in taken if not isinstance(row, Sentence) for one in row)
    return RawFile(tuple(columns), taken, (), guess)


def _row(row: object) -> Mapping[str, Any] | Sentence:
    if not isinstance(row, dict):
        return say("it is no object with named fields")
    repeated = next((one for one in every(row) if isinstance(one, _Repeated)), None)
    if repeated is not None:
        return say("it gives “{field}” twice; leave one of them out", field=repeated.name)
    return row


def every(value: object) -> Iterable[object]:
    """Return a JSON value and everything in it, names too."""
    yield value
    if isinstance(value, dict):
        yield from value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from every(one)

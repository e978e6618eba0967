"""A table of cells, out of CSV text or a workbook: its heading, and its rows by the numbers people see."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.chat.sentences import Names, Sentence, Wording, say
from bot.programme.importing.decoding import UnreadableFile
from bot.programme.importing.headings import recognised

__all__ = ["Cells", "Table", "table_of_csv", "table_of_workbook"]

Cells = dict[str, str]
"""A row's cells by the name of their column."""

_SEPARATORS: Final = ",;\t|"
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
"""The line with which Excel says what is between cells."""

_LONGEST_CELL: Final = 2**31 - 1  # characters; a long description is no error (32 bits: Windows' C long)
_MOST_CELLS: Final = 5_000_000
"""Cells up to the farthest: the reader takes memory for all of them, or the process dies."""

_REFERENCE: Final = re.compile(rb' r="([A-Z]{1,3})([0-9]{1,7})"')
"""Where a cell is, in a sheet of a workbook (.xlsx)."""

_LOCKED: Final = (
    "{file} is no workbook that I can open. If it has a password, take that off; or save the table as CSV "
    "(UTF-8)."
)
_CHUNK: Final = 1_000_000  # bytes of a sheet at a time
_HEADINGS_WITHIN: Final = 10  # rows; above the headings there may be a title and a date
_SURE: Final = 2  # names of columns that make a row the one with the headings


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a table under its headings.

    Attributes:
        columns: the names at the head. `rows`: each row's number, as a spreadsheet shows it, and its cells by
            column name, or (a Sentence) why that row cannot be taken. `notes`: what should be known of it.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Cells | Sentence], ...]
    notes: tuple[Wording, ...] = ()


def table_of_csv(name: str, text: str) -> Table:
    """Read CSV, whatever is between its cells.

    Raises:
        UnreadableFile: it is no CSV, empty, or without rows.
    """
    csv.field_size_limit(_LONGEST_CELL)
    said = _SEP_LINE.match(text)
    text = text[said.end() :] if said else text
    header = text.lstrip("\r\n").partition("\n")[0]
    separator = said[1] if said else max(_SEPARATORS, key=header.count)
    try:
        grid = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise UnreadableFile(say("{file} is not CSV: {reason}.", file=name, reason=str(error))) from None
    return _under_headings(name, grid)


def table_of_workbook(name: str, content: bytes) -> Table:
    """Read a workbook of Excel or LibreOffice: the sheet whose headings say most.

    Raises:
        UnreadableFile: it is no workbook, locked, or has no table in it.
    """
    from python_calamine import (  # noqa: PLC0415 - only an import of a workbook pays for it
        CalamineError,
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    _refuse_stray(name, content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        seen = [one.name for one in book.sheets_metadata if one.visible == SheetVisibleEnum.Visible]
        grids = {
            sheet: [
                [_as_typed(cell) for cell in cells]
                for cells in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            ]
            for sheet in seen
        }
    except CalamineError:
        raise UnreadableFile(say(_LOCKED, file=name)) from None
    grids = {sheet: grid for sheet, grid in grids.items() if any(map(any, grid))}
    if not grids:
        raise UnreadableFile(_empty(name))
    best = max(grids, key=lambda sheet: max(map(recognised, grids[sheet][:_HEADINGS_WITHIN])))
    table = _under_headings(name, grids[best])
    others = tuple(f"“{sheet}”" for sheet in grids if sheet != best)
    if not others:
        return table
    said = say("I read the sheet “{sheet}” and left out: {others}.", sheet=best, others=Names(others))
    return Table(table.columns, table.rows, (said,))


def _refuse_stray(name: str, content: bytes) -> None:
    """Refuse a workbook (.xlsx) with a cell so far off that the sheet would not fit into memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for part in book.namelist():
                if part.startswith("xl/worksheets/") and _reach(book, part) > _MOST_CELLS:
                    raise UnreadableFile(
                        say(
                            "{file} has a cell far away from its table. Copy the table alone into a new "
                            "workbook, or save it as CSV (UTF-8).",
                            file=name,
                        )
                    )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error):
        return  # another kind of workbook, or none: the reader says so


def _reach(book: zipfile.ZipFile, part: str) -> int:
    """Return the number of cells of the smallest table from A1 that holds every cell of the sheet."""
    rows = columns = 0
    kept = b""
    with book.open(part) as sheet:
        while read := sheet.read(_CHUNK):
            for letters, digits in _REFERENCE.findall(kept + read):
                rows = max(rows, int(digits))
                columns = max(columns, _column(letters))
            kept = read[-20:]
    return rows * columns


def _column(letters: bytes) -> int:
    """Return the number of a column by its letters: A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _under_headings(name: str, grid: Sequence[Sequence[str]]) -> Table:
    filled = [at for at, cells in enumerate(grid) if any(cell.strip() for cell in cells)]
    if not filled:
        raise UnreadableFile(_empty(name))
    top = filled[:_HEADINGS_WITHIN]
    counts = {at: recognised(cell for cell in grid[at] if cell.strip()) for at in top}
    best = max(top, key=lambda at: counts[at])
    head = best if counts[best] >= _SURE else top[0]
    columns = [cell.strip() for cell in grid[head]]
    twice = next((one for one in columns if one and columns.count(one) > 1), None)
    if twice:
        said = say("{file} has two columns called “{column}”. Rename one.", file=name, column=twice)
        raise UnreadableFile(said)
    named = tuple(column or f"column {at}" for at, column in enumerate(columns, 1))
    rows = tuple((at + 1, _by_name(named, grid[at])) for at in filled if at > head)
    if not rows:
        said = say("{file} has headings and no rows under them. Put each project into a row.", file=name)
        raise UnreadableFile(said)
    return Table(tuple(column for column in columns if column), rows)


def _by_name(columns: Sequence[str], row: Sequence[str]) -> Cells | Sentence:
    spare = [cell for cell in row[len(columns) :] if cell.strip()]
    if spare:
        return say(
            "it has more cells ({cells}) than there are columns ({columns}); a comma may lack its quotes",
            cells=len(row),
            columns=len(columns),
        )
    return dict(zip(columns, row, strict=False))


def _as_typed(cell: object) -> str:
    """Return a workbook's cell as text: dates as ISO 8601, whole numbers without a point."""
    match cell:
        case bool():
            return "yes" if cell else "no"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 10**15 else str(cell)
        case dt.datetime():
            midnight = cell.time() == dt.time()
            return str(cell.date()) if midnight else cell.isoformat(" ", "minutes")
        case dt.time():
            return cell.isoformat("minutes")
        case _:
            return str(cell)


def _empty(name: str) -> Sentence:
    return say("{file} is empty. Its first line names the columns: company, title, …", file=name)

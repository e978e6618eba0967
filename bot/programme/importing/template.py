"""The table to begin an import with: a column for each field, and one row that shows how it is filled in."""

from __future__ import annotations

import csv
import errno
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["COLUMNS", "Column", "example_row", "template_csv", "write_template"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the template: its name, what to write into it, an example; whether every row needs it."""

    name: str
    about: str
    example: str = ""
    needed: bool = False


COLUMNS: Final = (
    Column("company", "Whom the project is for.", "Example Ltd", needed=True),
    Column("title", "What students read first; at most 150 letters are shown.", "An example", needed=True),
    Column("description", "What is wanted, as long as it has to be.", "Delete this row.", needed=True),
    Column("hours", "Hours in all, as a number.", "20", needed=True),
    Column(
        "deadline", "Until when students apply: a date, or +21d for so long from now.", "+21d", needed=True
    ),
    Column("deliverables", "What is handed in at the end, a line each.", "A report of five pages"),
    Column("skills", "What a student should know, with commas between.", "research, writing"),
    Column("fee", "The whole fee, such as $400; empty or 0 where it is unpaid.", "$400"),
    Column("unpaid_reason", "Why it is unpaid, where it is."),
    Column("payer", "Who pays, and how; empty: the company.", "Example Ltd, by bank transfer"),
    Column("pay_days", "Within how many days after the work is accepted; empty: 14.", "14"),
    Column("weeks", "How many weeks it takes; empty: what fits the hours.", "2"),
    Column("places", "How many students you take; empty: one.", "1"),
    Column("decision", "Until when you promise an answer; empty: some days after the deadline."),
    Column("start", "When the work begins; empty: after the decision."),
    Column("field", "The subject, such as marketing.", "research"),
    Column("location", "A city, or remote.", "remote"),
    Column("contact", "Who answers questions, and how often.", "Marta, within a working day"),
    Column("private_details", "What only accepted interns read."),
    Column("countries", "Where students live who may apply, with commas between; empty: anywhere."),
    Column("questions", "Your own questions to applicants, a line each."),
    Column("cohorts", "Names of cohorts, with commas between; empty: every cohort."),
    Column("url", "A page with more about it.", "https://example.org/project"),
)


def example_row() -> dict[str, str]:
    """Return the filled cells of the template's example, which an import leaves out."""
    return {column.name: column.example for column in COLUMNS if column.example}


def template_csv() -> str:
    """Return the template as CSV."""
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\n")
    table.writerow(column.name for column in COLUMNS)
    table.writerow(column.example for column in COLUMNS)
    return written.getvalue()


def write_template(path: Path) -> None:
    """Write the template into a new file: a workbook where its name ends in .xlsx, else CSV.

    Raises:
        FileExistsError: there is a file of this name already.
        OSError: it cannot be written.
    """
    is_workbook = path.suffix.lower() == ".xlsx"
    # CSV with its mark, because Excel takes UTF-8 without one for something else.
    content = _workbook() if is_workbook else template_csv().encode("utf-8-sig")
    with path.open("xb", buffering=0) as file:
        try:
            written = file.write(content)
        except OSError:
            path.unlink()  # nothing of it, rather than a part
            raise
    if written != len(content):
        path.unlink()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _workbook() -> bytes:
    import xlsxwriter  # noqa: PLC0415 - only a template that is a workbook pays for it

    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        table, help_ = book.add_worksheet("Projects"), book.add_worksheet("Columns")
        for at, column in enumerate(COLUMNS):
            table.write_string(0, at, column.name, bold)
            table.write_string(1, at, column.example)
            table.set_column(at, at, max(14, len(column.example)))
            help_.write_string(at, 0, column.name, bold)
            help_.write_string(at, 1, column.about, wrapped)
            help_.write_string(at, 2, "Needed in every row." if column.needed else "")
        table.freeze_panes(1, 0)
        help_.set_column(0, 0, 18)
        help_.set_column(1, 1, 80)
        help_.set_column(2, 2, 22)
    return made.getvalue()

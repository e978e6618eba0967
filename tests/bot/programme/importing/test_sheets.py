"""Tables out of CSV and workbooks."""

from datetime import datetime
from io import BytesIO

import pytest
import xlsxwriter

from bot.chat.language import as_text
from bot.programme.importing.decoding import UnreadableFile
from bot.programme.importing.sheets import table_of_csv, table_of_workbook

HEAD: list[object] = ["Company", "Title", "Application deadline"]


def workbook(**sheets: list[list[object]]) -> bytes:
    """A workbook with these sheets; dates as Excel keeps them, "hidden_…" hidden."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        date = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for down, row in enumerate(rows):
                for right, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(down, right, cell, moment if cell.hour else date)
                    else:
                        sheet.write(down, right, cell)
            if name.startswith("hidden"):
                sheet.hide()
        book.worksheets()[0].activate()
    return made.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\nCompany;Title\r\nA;B, or C\r\n",
        '"sep=|"\nCompany|Title\nA|B, or C\n',
        "Company;Title\nA;B, or C\n;;\n;\n",
        "Company\tTitle\nA\tB, or C",
        'Company,Title\nA,"B, or C"\n',
        "\n\nCompany;Title\nA;B, or C\n",
    ],
)
def test_what_is_between_cells_is_found(text: str) -> None:
    """By Excel's own line, else by the headings; empty rows at the end are none."""
    table = table_of_csv("a.csv", text)
    assert table.columns == ("Company", "Title")
    assert [cells for _, cells in table.rows] == [{"Company": "A", "Title": "B, or C"}]


def test_a_title_above_the_headings_is_passed_over() -> None:
    """The row that names columns is the head, and rows are numbered as the spreadsheet does."""
    table = table_of_csv("a.csv", "Projects of spring 26,,\n,,\nCompany,Title,Hours\nA,B,20\n")
    assert table.columns == ("Company", "Title", "Hours")
    assert table.rows == ((4, {"Company": "A", "Title": "B", "Hours": "20"}),)


def test_a_workbooks_cells_are_as_people_would_type_them() -> None:
    """Dates as year, month, day; whole numbers without a point; truth as a word."""
    rows: list[list[object]] = [
        [*HEAD, "Hours", "Fee", "Remote", "Note"],
        ["Acme", 42, datetime(2026, 4, 3), 7.5, 400, True, None],  # noqa: DTZ001 - a cell has no zone
        ["", "", datetime(2026, 4, 3, 18, 30), "", "", "", ""],  # noqa: DTZ001 - a cell has no zone
    ]
    table = table_of_workbook("a.xlsx", workbook(Sheet=rows))
    assert table.rows[0] == (
        2,
        dict(zip(rows[0], ["Acme", "42", "2026-04-03", "7.5", "400", "yes", ""], strict=True)),
    )
    cells = table.rows[1][1]
    assert isinstance(cells, dict)
    assert cells["Application deadline"] == "2026-04-03 18:30"


def test_the_sheet_with_the_headings_is_read() -> None:
    """Others that are visible are named; a hidden one, or one with nothing in it, is not spoken of."""
    table = table_of_workbook(
        "a.xlsx",
        workbook(
            Notes=[["Read me"]],
            Prices=[["Read me, too"]],
            Spring=[HEAD, ["A", "B", "+21d"]],
            Empty=[],
            hidden_old=[HEAD, ["X", "Y", ""]],
        ),
    )
    assert [cells for _, cells in table.rows] == [dict(zip(HEAD, ["A", "B", "+21d"], strict=True))]
    assert [as_text(each) for each in table.notes] == [
        "I read the sheet “Spring” and left out: “Notes” and “Prices”."
    ]


def test_a_stray_cell_in_the_last_corner_is_refused() -> None:
    """A workbook whose farthest cell would need more memory than there is ends in a sentence."""
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["company", "title"])
        sheet.write(1048575, 16383, "x")
    with pytest.raises(UnreadableFile, match="far away from its table"):
        table_of_workbook("a.xlsx", made.getvalue())

"""Rows of people and companies, as they are pasted."""

import pytest

from bot.programme.companies.invitation_rows import Row, read_rows

ACME, BIRCH = "Acme Maps", "Birch Labs"


@pytest.mark.parametrize(
    ("pasted", "company", "rows"),
    [
        ("@marta @jo", ACME, [Row("@marta", ACME), Row("@jo", ACME)]),
        ("@marta, @jo", ACME, [Row("@marta", ACME), Row("@jo", ACME)]),
        ("@marta, Acme Maps", "", [Row("@marta", ACME)]),
        (
            "person,company\n@marta,Acme Maps\n@jo,Birch Labs\n",
            "",
            [Row("@marta", ACME), Row("@jo", BIRCH)],
        ),
        ("@marta, Acme Maps; @jo, Birch Labs", "", [Row("@marta", ACME), Row("@jo", BIRCH)]),
        ('"Ruiz, Marta","Maps, Ltd"', "", [Row("Ruiz, Marta", "Maps, Ltd")]),
        ("<@U1> <@U2>", ACME, [Row("<@U1>", ACME), Row("<@U2>", ACME)]),
        ("terminal/@marta, Acme Maps", "", [Row("terminal/@marta", ACME)]),
        ("Marta Ruiz, Acme Maps\n\n", "", [Row("Marta Ruiz", ACME)]),
        ("@marta", "", [Row("@marta", "")]),
        ("Marta Ruiz", ACME, [Row("Marta Ruiz", ACME)]),
        ("", ACME, []),
    ],
)
def test_rows_are_read_as_they_are_pasted(pasted: str, company: str, rows: list[Row]) -> None:
    """A list of people for one company, or lines of person and company with or without a head."""
    assert read_rows(pasted, company) == rows

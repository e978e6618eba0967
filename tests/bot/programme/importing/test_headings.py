"""Which field a column is, by what people call it."""

import pytest

from bot.programme.importing.headings import FIELDS, field_named, headings_of


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Project Title", "title"),
        ("TITLE*", "title"),
        ("Title (max 80 letters)", "title"),
        ("Application deadline", "deadline"),
        ("Aplication Deadline", "deadline"),
        ("deadline:", "deadline"),
        ("Apply by", "deadline"),
        ("Decision date", "decide"),
        ("Compnay", "company"),
        ("Company\nname", "company"),
        ("Host organisation", None),
        ("Estimated Hours", "hours"),
        ("Number of places", "places"),
        ("Your own questions", "questions"),
        ("Mentor", None),
        ("Term", None),
        ("Fees", None),
        ("", None),
    ],
)
def test_a_heading_means_a_field(heading: str, field: str | None) -> None:
    """Synonyms, signs, brackets and slips of the pen are seen through; what is only near is left alone."""
    assert headings_of([heading]).fields.get(heading) == field


def test_every_exact_name_is_its_field() -> None:
    """In any case, with blanks or underscores, and never said to be guessed."""
    for name, field in FIELDS.items():
        assert field_named(name.upper().replace("_", "  ")) == field
        assert headings_of([name.title()]).guessed == ()


def test_a_guess_takes_no_field_that_has_its_column() -> None:
    """“Summary” is the description only where no column is called so."""
    found = headings_of(["Summary", "Description", "Overview"])
    assert found.fields == {"Description": "brief"}
    assert found.kept == ("Summary", "Overview")
    assert headings_of(["Summary", "Overview"]).fields == {"Summary": "brief"}

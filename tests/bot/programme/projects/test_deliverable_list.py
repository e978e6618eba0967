"""Deliverables: a list when it is one, prose when it is prose, nothing when nothing is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.projects.deliverable_list import deliverable_lines, names_deliverables


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("A report", ("A report",)),
        ("A report\nA slide deck", ("A report", "A slide deck")),
        ("- A report\n- A slide deck", ("A report", "A slide deck")),
        ("1. A report\n2) A deck\n(3) A demo", ("A report", "A deck", "A demo")),
        ("* A report\n  with sources\n* A deck", ("A report\nwith sources", "A deck")),
        ("Hand in:\n- A report\n- A deck", ("Hand in:\nA report", "A deck")),
        ("A report. It has two parts. " * 10 + "\nAnd more.", None),
        ("", ()),
        ("TBD", ()),
        ("n/a", ()),
        ("None.", ()),
    ],
)
def test_lists_are_split_and_prose_is_not(words: str, expected: tuple[str, ...] | None) -> None:
    """Bulleted, numbered and short lines are items; long lines stay one text; "tbd" is nothing."""
    assert deliverable_lines(words) == ((words.strip(),) if expected is None else expected)


@given(st.text(alphabet="ab -*1.\n", max_size=60))
def test_no_word_is_lost(words: str) -> None:
    """Whatever is written, its letters stand in the pieces, in order."""
    if names_deliverables(words):
        letters = "".join(character for character in words if character in "ab")
        pieces = "".join(deliverable_lines(words))
        assert "".join(character for character in pieces if character in "ab") == letters

"""Deliverables: a list when it is one, prose when it is prose, nothing when nothing is named."""

from datetime import date
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.language import as_text
from bot.programme.projects.deliverable_list import (
    deliverable_lines,
    names_deliverables,
    read_deliverables,
    write_deliverables,
)
from bot.programme.projects.unfit_answers import UnfitAnswerError
from storage.tables.values import WantedDeliverable
from tests.support.bot import MONDAY


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
    """Whatever is written, its letters are in the pieces, in order."""
    if names_deliverables(words):
        letters = "".join(character for character in words if character in "ab")
        pieces = "".join(deliverable_lines(words))
        assert "".join(character for character in pieces if character in "ab") == letters


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("A map (done when it has ten shops)", WantedDeliverable("A map", done_when="it has ten shops")),
        ("A map (after 5 days)", WantedDeliverable("A map", after_days=5)),
        ("A map (within 2 weeks)", WantedDeliverable("A map", after_days=14)),
        ("A map (by 12 March)", WantedDeliverable("A map", due_on=date(2026, 3, 12))),
        ("A map (by 2026-03-12)", WantedDeliverable("A map", due_on=date(2026, 3, 12))),
        ("A map (interns only)", WantedDeliverable("A map", level="team")),
        ("A map (first step)", WantedDeliverable("A map", first_step=True)),
        (
            "A map [counts as done when it opens] (after 1 day) (Interns only)",
            WantedDeliverable("A map", "it opens", 1, level="team"),
        ),
        ("A map (PDF)", WantedDeliverable("A map (PDF)")),
        ("A map (PDF) (after 5 days)", WantedDeliverable("A map (PDF)", after_days=5)),
        ("A map (by hand)", WantedDeliverable("A map (by hand)")),
        ("A map (by 2 people)", WantedDeliverable("A map (by 2 people)")),
        ("A map (after 999 days)", WantedDeliverable("A map (after 999 days)")),
    ],
)
def test_brackets_at_the_end_say_more(words: str, expected: WantedDeliverable) -> None:
    """What counts as done, when it is due, and who may read it; other brackets are words of the title."""
    assert read_deliverables(words, MONDAY, "Europe/London") == [expected]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("A map (after 5 days) (by 12 March)", "says the same thing twice"),
        ("A map (done when it opens) (done when it shines)", "says the same thing twice"),
        ("A report\n(after 5 days)", "says when, and not what is handed in"),
        ("A map (by 3/4)", "is not clear"),
    ],
)
def test_brackets_that_cannot_be_taken_are_asked_about(words: str, reason: str) -> None:
    """Nothing is guessed, and the reason names the deliverable."""
    with pytest.raises(UnfitAnswerError) as refused:
        read_deliverables(words, MONDAY, "Europe/London")
    assert reason in as_text(refused.value.reason)


_WORDS: Final = st.text(alphabet="abc ", min_size=1, max_size=200).map(lambda each: f"a{each}z")


@given(
    st.lists(
        st.builds(
            WantedDeliverable,
            title=_WORDS,
            done_when=st.one_of(st.just(""), _WORDS),
            after_days=st.none(),
            due_on=st.one_of(st.none(), st.dates(date(2026, 4, 1), date(2026, 12, 31))),
            level=st.sampled_from(("open", "team")),
        ),
        max_size=4,
    )
)
def test_what_is_written_is_read_again(wanted: list[WantedDeliverable]) -> None:
    """Deliverables as a text for their employer to edit are the same when they are read."""
    assert read_deliverables(write_deliverables(wanted), MONDAY, "Europe/London") == wanted

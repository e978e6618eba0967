"""A project in words: sums, cuts that show, and people's words kept apart from the bot's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.projects.display import fee_text, hours_text, shortened
from storage.tables import Project


def project(**columns: object) -> Project:
    """A project with these columns only."""
    return Project(**columns)


@pytest.mark.parametrize(
    ("cents", "currency", "said"),
    [
        (40000, "USD", "$400"),
        (123450, "USD", "$1,234.50"),
        (40000, "EUR", "€400"),
        (None, "USD", "unpaid"),
        (0, "USD", "unpaid"),
    ],
)
def test_a_fee_in_words(cents: int | None, currency: str, said: str) -> None:
    """Cents of a currency read as an amount; nothing reads as unpaid, whatever reason was written."""
    assert fee_text(project(fee_cents=cents, currency=currency, unpaid_reason="**free**")) == said


@pytest.mark.parametrize(("hours", "said"), [(1, "1 hour"), (10.0, "10 hours"), (2.5, "2.5 hours")])
def test_hours_in_words(hours: float, said: str) -> None:
    """Whole hours have no decimals, and one has no plural."""
    assert hours_text(project(hours=hours)) == said


@given(st.text(max_size=80), st.integers(2, 40))
def test_a_cut_is_seen(words: str, most: int) -> None:
    """What fits stays whole; what is cut ends in an ellipsis and is never longer than allowed."""
    line = " ".join(words.split())
    cut = shortened(words, most)
    assert cut == line if len(line) <= most else cut.endswith("…")
    assert len(cut) <= max(most, 0)

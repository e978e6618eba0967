"""A project in words: sums, cuts that show, and people's words kept apart from the bot's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.content import message, text
from bot.chat.rendering.plain_text import plain_text
from bot.programme.projects.display import shortened, shown_fee, shown_time
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
    fee = shown_fee(project(fee_cents=cents, currency=currency, unpaid_reason="**free**"))
    assert plain_text(message(text("{fee}", fee=fee))) == said


@pytest.mark.parametrize(
    ("hours", "weeks", "said"),
    [
        (1, 1, "about 1 h over 1 week"),
        (10.0, 2, "about 10 h over 2 weeks"),
        (2.5, 0, "about 2.5 h"),
    ],
)
def test_hours_in_words(hours: float, weeks: int, said: str) -> None:
    """Whole hours have no decimals, and one week has no plural."""
    assert plain_text(message(shown_time(hours, weeks))) == said


@given(st.text(max_size=80), st.integers(2, 40))
def test_a_cut_is_seen(words: str, most: int) -> None:
    """What fits stays whole; what is cut ends in an ellipsis and is never longer than allowed."""
    line = " ".join(words.split())
    cut = shortened(words, most)
    assert cut == line if len(line) <= most else cut.endswith("…")
    assert len(cut) <= max(most, 0)

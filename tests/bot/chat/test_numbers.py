"""Numbers from outside: what is an id of ours, and what cannot be one."""

import pytest

from bot.chat.answers import Kind, Refused
from bot.chat.answers.reading import check_value
from bot.chat.numbers import INSTANT, is_digits, whole_number
from tests.support.answers import ask


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_that_fit_a_column_are_a_number(text: str, number: int) -> None:
    """As far as 64 bits go."""
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "-1", "+1", "1.5", "1 ", "²", "٣", "１", "x", "1_000", "9" * 19, "1" + "0" * 400, "9" * 9_000],
)
def test_anything_else_is_none(text: str) -> None:
    """Signs, blanks, numbers of other scripts, and numbers that no column and no patience is made for."""
    assert whole_number(text) is None


def test_a_number_may_have_to_be_shorter() -> None:
    """An instant in seconds has eleven digits; how long one is does not change that it is digits."""
    assert whole_number("9" * 12, INSTANT) is None
    assert is_digits("9" * 400)
    assert not is_digits("٣")


@pytest.mark.parametrize("value", [10**400, -(10**400), float("inf"), float("nan"), 1e308])
@pytest.mark.parametrize("kind", ["number", "money", "date"])
def test_a_value_out_of_every_range_is_refused_in_words(kind: Kind, value: float) -> None:
    """Also one that is too large to become a float."""
    assert isinstance(check_value(value, ask(kind)), Refused)

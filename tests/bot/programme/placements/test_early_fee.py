"""The part of a fee that counts at an early end, to the cent."""

import pytest

from bot.chat.sentences import Money
from bot.programme.placements.early_fee import part_of


@pytest.mark.parametrize(
    ("fee", "counted", "of", "part"),
    [
        (Money(40000, "USD"), 1, 2, 20000),
        (Money(40000, "USD"), 1, 3, 13333),
        (Money(40000, "USD"), 2, 3, 26667),
        (Money(5, "USD"), 1, 2, 3),
        (Money(40000, "USD"), 0, 3, 0),
        (Money(40000, "USD"), 3, 3, 40000),
        (Money(5000000, "JPY"), 1, 3, 1666700),
        (Money(10000, "KWD"), 1, 3, 3333),
    ],
)
def test_a_part_is_rounded_to_the_smallest_amount_of_its_currency(
    fee: Money, counted: int, of: int, part: int
) -> None:
    """A half goes up; a currency without decimals has no hundredths; all of it is all of it."""
    assert part_of(fee, counted, of) == Money(part, fee.currency)

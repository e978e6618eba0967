"""Texts that mean the same: a typo, capitals, punctuation; and texts of which a program cannot say so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.programme.projects.same_meaning import same_meaning


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A market map", "A Market Map."),
        ("A market map", "a  market\nmap"),
        ("Find out who rents scoters", "Find out who rents scooters"),
        ("Read the competitors’ prices", "Read the competitor's prices"),
        ("Ten busines plans for 2026", "Ten business plans for 2026"),
        ("A comparision of recieved offers", "A comparison of received offers"),
    ],
)
def test_a_corrected_typo_means_the_same(before: str, after: str) -> None:
    """One or two letters of a long word, capitals, spaces and punctuation."""
    assert same_meaning(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A report of 10 pages", "A report of 20 pages"),
        ("Pay is $400", "Pay is €400"),
        ("You need not travel", "You need to travel"),
        ("It is paid", "It is unpaid"),
        ("Include the prices", "Exclude the prices"),
        ("An internal report", "An external report"),
        ("A market map", "A market map of Leeds"),
        ("Call ten shops", "Call two shops"),
        ("Write a summary", "Build a website"),
        ("", "Something"),
    ],
)
def test_other_words_and_numbers_are_another_meaning(before: str, after: str) -> None:
    """Whatever a student may decide by goes to a coordinator."""
    assert not same_meaning(before, after)


@given(st.text(max_size=60), st.text(max_size=60))
def test_it_is_the_same_both_ways(before: str, after: str) -> None:
    """A text means the same as itself, and it does not matter which of two comes first."""
    assert same_meaning(before, before)
    assert same_meaning(before, after) == same_meaning(after, before)

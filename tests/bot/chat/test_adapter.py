"""How long a platform wants to be left alone, as it says it and as it is taken."""

import math

import pytest
from structlog.testing import capture_logs

from bot.chat.adapter import LONGEST_WAIT, Retry, seconds_asked


@pytest.mark.parametrize(
    ("said", "taken"),
    [("7", 7), ("0.3", 1), (0, 1), ("2.5", 2.5), ("3600", 3600), ("", 30)],
)
def test_a_sensible_wait_is_kept_without_a_word(said: object, taken: float) -> None:
    """A number of seconds up to an hour, at least one; where nothing is said, what else is usual."""
    with capture_logs() as lines:
        assert seconds_asked(said, 30) == taken
    assert lines == []


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        ("86400", LONGEST_WAIT),
        ("1e308", LONGEST_WAIT),
        ("inf", LONGEST_WAIT),
        ("-5", 30),
        ("-inf", 30),
        ("nan", 30),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 30),
    ],
)
def test_an_odd_wait_is_cut_and_said(said: str, taken: float) -> None:
    """Huge, infinite, negative or no number: it is bounded, and an operator reads what was asked for."""
    with capture_logs() as lines:
        assert seconds_asked(said, 30) == taken
    assert [(line["event"], line["waits"]) for line in lines] == [("platform.odd_wait", taken)]
    assert said.startswith(lines[0]["said"])


@pytest.mark.parametrize("asked", [math.inf, -math.inf, math.nan, 1e300, -1.0])
def test_no_wait_is_longer_than_an_hour_or_shorter_than_nothing(asked: float) -> None:
    """The core can compute with it, whichever adapter raises it."""
    assert 0 <= Retry(asked).seconds <= LONGEST_WAIT

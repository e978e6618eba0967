"""What people type is read in one pass, whatever it is: by the structure of the expressions that read it."""

import re

import pytest

from bot.chat.answers import days_off, skills
from bot.programme.projects import questions
from tests.support.patterns import begins_endlessly, has_endless_beside_endless

OURS = (
    skills._HEADING,  # noqa: SLF001 - the expressions themselves are what is looked at
    skills._BULLET,  # noqa: SLF001
    skills._JOINED,  # noqa: SLF001
    days_off._SPAN,  # noqa: SLF001
    days_off._ONE_DAY,  # noqa: SLF001
    questions._BRACKETS,  # noqa: SLF001
)


@pytest.mark.parametrize("pattern", OURS, ids=lambda pattern: pattern.pattern[:30])
def test_a_run_of_blanks_is_read_once(pattern: re.Pattern[str]) -> None:
    """A search neither begins again within the run, nor shares it out between two repetitions."""
    assert not begins_endlessly(pattern)
    assert not has_endless_beside_endless(pattern, " ")


@pytest.mark.parametrize(
    ("pattern", "begins", "beside"),
    [
        (r"\s*x", True, False),
        (r"(?<!\s)\s*x", False, False),
        (r"a|\s+b", True, False),
        (r"x\s*:?\s*y", False, True),
        (r"x\s*(?:y[^()]*)?\s*z", False, True),
        (r"x\s*y[^ ]*z", False, False),
    ],
)
def test_slow_structures_are_known(pattern: str, begins: bool, beside: bool) -> None:
    """The two ways in which an expression takes more than one pass are found, and no others."""
    made = re.compile(pattern)
    assert (begins_endlessly(made), has_endless_beside_endless(made, " ")) == (begins, beside)

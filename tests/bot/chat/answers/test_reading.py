from datetime import UTC, datetime
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.answers import (
    Ambiguous,
    Asking,
    FileRef,
    JSONValue,
    Kind,
    Refused,
    Understood,
    check_value,
    read_answer,
    shown_of,
)
from bot.chat.answers.dates import when_of
from bot.chat.language import as_text
from bot.chat.local_day import ends_at
from bot.chat.sentences import Sentence
from bot.chat.values import replace
from tests.support.answers import WAYS, ask, in_words

KINDS: tuple[Kind, ...] = get_args(Kind)
# Pieces of answers, which reach further into the readers than single characters do.
WORDS = st.sampled_from(
    """
    10 1.500 1,5 2026 12/12 03/04/2027 12th 5pm 17:30 24:00 0 -3 ½ $ € usd k per hour / - to or and at a an
    friday next this last week month december may end of mid start noon midnight tomorrow in days ago before
    from after remote on site all none 1 2 3 yes no not 👍 example.org https:// @ . , ; ( ) C++ R&D est utc+2
    berlin time quarter half two hundred thousand unpaid 2026-12-12 29 feb hours #
    """.split()
)
TEXTS = st.one_of(
    st.text(),
    st.text(st.characters(codec=None)),
    st.lists(WORDS, max_size=8).map(" ".join),
    st.lists(st.one_of(WORDS, st.text(max_size=3)), max_size=8).map("".join),
)
VALUES: st.SearchStrategy[JSONValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "UTC"])
ASKINGS = st.builds(
    Asking,
    kind=st.sampled_from(KINDS),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy adds the zone
    zone=ZONES.map(ZoneInfo),
    options=st.sampled_from([(), WAYS, WAYS[:1]]),
    minimum=st.sampled_from([None, 0, 1]),
    maximum=st.sampled_from([None, 3, 400]),
    max_length=st.sampled_from([None, 20]),
    future=st.booleans(),
    unit=st.sampled_from(["", "hours", "places"]),
)
FILES = st.lists(st.builds(FileRef, st.text(), st.text(), st.integers(0, 10**12), st.text()), max_size=2)


@given(TEXTS, ASKINGS, FILES)
def test_every_text_gets_an_answer_and_what_is_understood_passes_again(
    text: str, asking: Asking, files: list[FileRef]
) -> None:
    """Reading never raises; understood values and readings pass the check unchanged."""
    answer = read_answer(text, asking, tuple(files))
    match answer:
        case Understood(value, shown):
            assert check_value(value, asking) == answer
            assert as_text(shown_of(value, asking)) == as_text(shown)
        case Ambiguous(question, readings):
            assert question
            assert len(readings) <= 5
            for reading in readings:
                assert in_words(check_value(reading.value, asking)) == Understood(
                    reading.value, as_text(reading.label)
                )
        case Refused(reason, _):
            assert as_text(reason)


@given(TEXTS, ASKINGS)
def test_the_example_of_a_refusal_is_understood(text: str, asking: Asking) -> None:
    """Who copies the example gets through."""
    answer = read_answer(text, asking)
    if isinstance(answer, Refused) and answer.example:
        assert isinstance(read_answer(as_text(answer.example), asking), Understood)


@given(st.lists(WORDS, max_size=6).map(" ".join), ASKINGS)
def test_a_date_that_must_lie_ahead_does(text: str, asking: Asking) -> None:
    """No date is understood, or offered, that has passed."""
    answer = read_answer(text, replace(asking, kind="date", future=True))
    values = [answer.value] if isinstance(answer, Understood) else []
    values += [reading.value for reading in answer.readings] if isinstance(answer, Ambiguous) else []
    for value in values:
        when = when_of(value)
        assert when is not None
        assert ends_at(when) > asking.now


@given(VALUES, ASKINGS)
def test_every_value_is_checked_and_shown(value: JSONValue, asking: Asking) -> None:
    """A stored value of any shape gets a verdict and words, never an error."""
    verdict = check_value(value, asking)
    assert isinstance(verdict, Understood | Refused)
    assert isinstance(shown_of(value, asking), str | Sentence)
    if isinstance(verdict, Understood):
        assert check_value(verdict.value, asking) == verdict


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "a" * 50_000,
        "9" * 50_000,
        "1 " * 25_000,
        ",and" * 10_000,
        "(" * 50_000,
        "a." * 25_000,
        "\u202e" * 50_000,
    ],
)
def test_a_flood_of_text_is_answered(kind: Kind, text: str) -> None:
    """Fifty thousand characters are read or refused, whatever is asked."""
    assert isinstance(read_answer(text, ask(kind)), Understood | Ambiguous | Refused)


def test_readings_differ() -> None:
    """No two buttons of a question mean the same."""
    answer = read_answer("12 dec or 12 december or saturday 12 dec or 13 dec", ask("date"))
    assert isinstance(answer, Ambiguous)
    assert all(one.value != other.value for one, other in pairwise(answer.readings))

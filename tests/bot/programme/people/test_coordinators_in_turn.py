"""What a person who waits reads of the coordinators: whether one is here, or until when the first is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from bot.chat.content import message
from bot.chat.rendering.plain_text import plain_text
from bot.programme.core.turn import Turn
from bot.programme.people.coordinators_in_turn import truth
from storage.tables import Person
from tests.support.in_memory import begun, person


@contextmanager
def _opened() -> Iterator[Turn]:
    """Cora acts, a coordinator; Ada waits."""
    with begun() as begin:
        yield begin


pytestmark = pytest.mark.turn(opened=_opened)


def read(turn: Turn, *asked: Person) -> str:
    """What Ada reads."""
    return plain_text(message(truth(turn, asked, person(turn, "ada", "student").person)))


def test_without_a_coordinator_the_truth_is_said(turn: Turn) -> None:
    """Nothing is promised in the name of people who are not there."""
    assert read(turn) == "No coordinator has looked at it: there is none here now."


def test_an_absence_is_said_with_its_end(turn: Turn) -> None:
    """Who waits reads until when the only coordinator is away, and who it is while they are here."""
    cora = turn.person
    assert read(turn, cora) == "Cora has not looked at it yet. It stays in the tasks."
    cora.away_until = turn.now.date() + timedelta(days=4)
    turn.session.flush()
    assert read(turn, cora).startswith("No coordinator has looked at it yet. Cora is away until Fri 13 March")

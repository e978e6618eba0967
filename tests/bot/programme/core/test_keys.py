"""Ids in buttons come back from a client: only whole, plain numbers pass."""

from datetime import UTC, datetime

import pytest

from bot.chat.events import ButtonPressed, Place, UserRef
from bot.chat.routes import Declined
from bot.programme.core.keys import ids_in


def pressed(action: str) -> ButtonPressed:
    """A button with this action id."""
    at, user = datetime(2026, 3, 9, tzinfo=UTC), UserRef("terminal", "ada")
    return ButtonPressed(id="b", at=at, actor=user, place=Place("terminal", "", "dm", "dm"), action=action)


def test_the_numbers_of_a_button() -> None:
    """As many as were asked for."""
    assert ids_in(pressed("task-done:7:0"), 2) == [7, 0]


@pytest.mark.parametrize("action", ["x", "x:", "x:1:2", "x:-1", "x:1.5", "x:²", "x:" + "9" * 19, "x:one"])
def test_anything_else_is_declined(action: str) -> None:
    """Too few, too many, no numbers, or ones that no row can have."""
    with pytest.raises(Declined):
        ids_in(pressed(action), 1)

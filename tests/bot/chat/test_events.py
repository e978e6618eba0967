"""References and destinations as text, and back."""

import pytest

from bot.chat.events import MessageRef, Place, UserRef, parse_destination


@pytest.mark.parametrize(
    "to",
    [
        UserRef("slack", "T1/U2"),
        Place("discord", "1", "2"),
        Place("slack", "T1", "D2", "dm"),
        Place("x", "", "a#b"),
    ],
)
def test_a_destination_comes_back_from_its_text(to: UserRef | Place) -> None:
    """What is stored as text is the same when it is read."""
    assert parse_destination(str(to)) == to


def test_a_message_in_parts_knows_them() -> None:
    """One of ours that became several of the platform's names them all, in order."""
    place = Place("discord", "1", "2")
    ref = MessageRef(place, "7,8")
    assert MessageRef.parse(str(ref)) == ref
    assert ref.parts == (MessageRef(place, "7"), MessageRef(place, "8"))
    assert MessageRef(place, "7").parts == (MessageRef(place, "7"),)

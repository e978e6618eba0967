"""Rows of timers: what each kind keeps besides, under keys that databases hold since the first edition."""

from datetime import UTC, date, datetime

import pytest
from msgspec import Struct, convert

from bot.chat.actions import SetTimer, ShownMessage
from bot.programme.applications.decisions.held_decisions import HeldMessage
from bot.programme.core.timers import ForDate, ForPerson, Timer, row_of
from bot.programme.notifications.backlog import Called
from bot.programme.placements.schedule import ForStep

AT = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("payload", "stored"),
    [
        (ForPerson(4), {"person": 4}),
        (ForDate(date(2026, 3, 10)), {"nominal": "2026-03-10"}),
        (ForStep(1), {"step": 1}),
        (HeldMessage("decision-undo:5", 1), {"undo": "decision-undo:5", "lead": 1}),
        (HeldMessage(), {"undo": "", "lead": 0}),
        (Called(read=True), {"read": True}),
        (Called(), {}),
    ],
)
def test_a_payload_keeps_its_keys(payload: Struct, stored: dict[str, object]) -> None:
    """What a timer carries is stored under the same keys as before, and is read from them."""
    row = row_of(1, SetTimer("key", AT, Timer.HOME_REFRESH, "subject", payload))
    assert row["payload"] == stored
    assert convert(stored, type(payload)) == payload


def test_where_the_message_is_comes_beside_the_payload() -> None:
    """A timer that ends an offer of a message keeps where that is as well; each reads its own keys."""
    timer = SetTimer("key", AT, Timer.DECISION_DUE, "subject", HeldMessage("undo", 2))
    stored = row_of(1, timer, ShownMessage("terminal/dm/U1/3", "terminal/U1"))["payload"]
    assert stored == {"undo": "undo", "lead": 2, "shown": "terminal/dm/U1/3", "shown_to": "terminal/U1"}
    assert convert(stored, HeldMessage) == timer.payload
    assert convert(stored, ShownMessage) == ShownMessage("terminal/dm/U1/3", "terminal/U1")

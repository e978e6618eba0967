"""Where something happened is what Slack says of it; where it says nothing, others may read it."""

from typing import Any

import pytest

from tests.support.slack.heard import Heard

OWN, OTHERS = "D0OWN", "D0OTHERS"
TYPED = {"command": "/stint", "text": "help", "team_id": "T1", "user_id": "U1", "trigger_id": "1.2.x"}
PRESSED = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "actions": [{"type": "button", "action_id": "open:1", "action_ts": "1.3"}],
    "trigger_id": "1.2.x",
}


@pytest.mark.parametrize("known", [OWN, ""])
@pytest.mark.parametrize(
    ("sent", "readers"),
    [
        ({"channel_id": OTHERS, "channel_name": "directmessage"}, "unknown"),
        ({"channel_id": "G1", "channel_name": "mpdm-ada--ben--1"}, "unknown"),
        ({"channel_id": "C1", "channel_name": "mpdm-ada--ben--1"}, "unknown"),
        ({"channel_id": "G1", "channel_name": "privategroup"}, "others"),
        ({"channel_id": "C1", "channel_name": "directmessage"}, "others"),
        ({"channel_id": ""}, "unknown"),
        ({"channel_id": None}, "unknown"),
        ({}, "unknown"),
    ],
)
async def test_a_command_in_a_place_of_others(sent: dict[str, Any], readers: str, known: str) -> None:
    """Between people, in a group, and where no channel is named: others may read what is said there."""
    heard = Heard()
    heard.dms.note("T1.U1", known)
    assert (await heard.takes(TYPED | sent))[0] == 200
    assert [event.place.readers for event in heard.events] == [readers]


@pytest.mark.parametrize(
    ("sent", "readers"),
    [
        ({"container": {"type": "message", "channel_id": OWN, "message_ts": "1.2"}}, "alone"),
        ({"container": {"type": "view"}, "view": {"id": "V1", "type": "home"}}, "alone"),
        ({"container": {"type": "message", "channel_id": OTHERS, "message_ts": "1.2"}}, "unknown"),
        ({"channel": {"id": OTHERS, "name": "directmessage"}}, "unknown"),
        ({"channel": {"id": "G1", "name": "mpdm-ada--ben--1"}}, "unknown"),
        ({"channel": {"id": OWN}, "container": {"channel_id": OTHERS}}, "unknown"),
        ({"response_url": "https://hooks.slack.com/actions/1"}, "unknown"),
        ({"response_url": "https://hooks.slack.com/actions/1", "channel": None, "container": {}}, "unknown"),
    ],
)
async def test_a_press_in_a_place_of_others(sent: dict[str, Any], readers: str) -> None:
    """Only the bot's own direct message, as Slack has named it, and the person's own page are read alone."""
    heard = Heard()
    heard.dms.note("T1.U1", OWN)
    await heard.takes(PRESSED | sent)
    assert [event.place.readers for event in heard.events] == [readers]


async def test_the_direct_message_of_another_account_is_not_the_persons_own() -> None:
    """A payload of ada's that names ben's direct message is answered to her as in any place of others."""
    heard = Heard()
    heard.dms.note("T1.U2", OWN)
    await heard.takes(TYPED | {"channel_id": OWN})
    assert [event.place.kind for event in heard.events] == ["elsewhere"]

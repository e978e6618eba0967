"""What a request over HTTP says, once it is known to be Slack's."""

import json

import pytest
from slack_sdk.signature import SignatureVerifier

from adapters.slack.requests import Unreadable, is_slacks, payload_of
from bot.clock import WallClock

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def test_a_payload_is_read_as_slack_sends_it() -> None:
    """Events are JSON, commands a form, presses JSON in a form."""
    assert payload_of(b'{"type": "event_callback"}', JSON) == {"type": "event_callback"}
    assert payload_of(b"command=%2Fstint&text=", FORM) == {"command": "/stint", "text": ""}
    assert payload_of(b"payload=%7B%22type%22%3A%22block_actions%22%7D", FORM) == {"type": "block_actions"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        json.dumps({"event": [[[]]]}).replace("[[[]]]", "[" * 150 + "]" * 150).encode(),
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)
def test_what_is_no_payload_is_unreadable(body: bytes) -> None:
    """Neither JSON nor an object, or nested deeper than Slack nests: one error, and no other."""
    with pytest.raises(Unreadable):
        payload_of(body, JSON)


def test_a_form_of_very_many_fields_is_unreadable() -> None:
    """A command has a few; a hundred is the most."""
    assert len(payload_of(b"&".join(b"a%d=1" % number for number in range(100)), FORM)) == 100
    with pytest.raises(Unreadable):
        payload_of(b"&".join(b"a%d=1" % number for number in range(101)), FORM)


@pytest.mark.parametrize("stamp", ["soon", "", "9" * 400, "9" * 5_000, "-1", "nan", "1e400"])
def test_a_timestamp_that_is_no_instant_is_not_slacks(stamp: str) -> None:
    """With a time that is no number or far too large, a request is not Slack's; nothing fails."""
    assert not is_slacks(b"{}", {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": "v0=1"}, "secret")


def test_an_unreadable_body_is_not_slacks() -> None:
    """The signature is made over text."""
    stamp = str(int(WallClock().now().timestamp()))
    signed = SignatureVerifier("secret").generate_signature(timestamp=stamp, body="{}") or ""
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": signed}
    assert is_slacks(b"{}", headers, "secret")
    assert not is_slacks(b"\xff", headers, "secret")
    assert not is_slacks(b"{}", headers, "")
    assert not is_slacks(b"{}", headers | {"x-slack-signature": "v0=\u00e9"}, "secret")

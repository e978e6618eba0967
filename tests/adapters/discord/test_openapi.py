"""What our own Discord refuses: its description's limits, and those that are not in it."""

from typing import Any

import pytest

from tests.support.discord.openapi import SPEC, refusals

QUIET: dict[str, Any] = {"allowed_mentions": {"parse": []}}
SEND = ("POST", "/channels/1/messages")
ANSWER = ("POST", "/interactions/1/token/callback")


def shown(*parts: dict[str, Any]) -> dict[str, Any]:
    """A message of these components."""
    return {**QUIET, "flags": 1 << 15, "components": list(parts)}


def button(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
    """A button."""
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **more}


def asks(*labels: dict[str, Any]) -> dict[str, Any]:
    """A modal of these parts."""
    return {"type": 9, "data": {"custom_id": "f", "title": "A form", "components": list(labels)}}


def label(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
    """A question of a modal."""
    return {"type": 18, "label": "Why?", "component": {"type": 4, "style": 1, "custom_id": name, **more}}


TEXT = {"type": 10, "content": "Hello"}
OPTION = {"label": "One", "value": "1"}

GOOD = [
    (*SEND, {**QUIET, "content": "x" * 2000, "nonce": "n", "enforce_nonce": True}),
    (*SEND, shown({"type": 17, "components": [TEXT, {"type": 1, "components": [button()]}]})),
    (*ANSWER, asks(*(label(str(number)) for number in range(5)))),
    ("POST", "/users/@me/channels", {"recipient_id": "1"}),
    ("GET", "/users/@me", None),
]

BAD = [
    (*SEND, {**QUIET, "content": "x" * 2001}, "2001"),
    (*SEND, {"content": "hello"}, "allowed_mentions"),
    (*SEND, {"content": "hello", "allowed_mentions": {"parse": ["everyone"]}}, "allowed_mentions"),
    (*SEND, shown({**TEXT, "content": "x" * 2500}, {**TEXT, "content": "x" * 1501}), "4001"),
    (*SEND, shown(*[TEXT] * 41), "41 components"),
    (*SEND, shown(), "nothing"),
    (*SEND, {**shown(TEXT), "content": "x"}, "without content"),
    (*SEND, {**shown(TEXT), "flags": 0}, "flag"),
    (*SEND, shown({"type": 1, "components": [button(), button()]}), "custom_id go"),
    (*SEND, shown({"type": 1, "components": [button(label="x" * 81)]}), "longer than"),
    (*SEND, shown({"type": 1, "components": [button(custom_id="x" * 101)]}), "longer than"),
    (*SEND, shown({"type": 99}), "99"),
    (*SEND, shown({**TEXT, "colour": 1}), "colour"),
    (
        *SEND,
        shown({"type": 1, "components": [{"type": 3, "custom_id": "s", "options": [OPTION] * 2}]}),
        "option 1 stands",
    ),
    (*ANSWER, asks(*(label(str(number)) for number in range(6))), "6 parts"),
    (*ANSWER, asks(label("a", max_length=3, value="four")), "more than it takes"),
    (*ANSWER, {"type": 99}, "99"),
    ("POST", "/users/@me/channels", {"recipient_id": 1}, "1"),
    ("DELETE", "/channels/1/messages/2", {}, "takes no body"),
    ("POST", "/nowhere", {}, "no operation"),
    ("PUT", "/applications/1/commands", [{"name": "A" * 33, "description": "x"}], "longer than"),
    ("PUT", "/applications/1/commands", [{"name": "a", "description": "x"}] * 2, "two commands"),
]


@pytest.mark.parametrize(("method", "path", "body"), GOOD)
def test_what_discord_takes_is_not_refused(method: str, path: str, body: object) -> None:
    """Bodies that the documentation calls right."""
    assert refusals(method, path, body) == []


@pytest.mark.skipif(not SPEC.exists(), reason=f"Discord's OpenAPI description is not at {SPEC}")
@pytest.mark.parametrize(("method", "path", "body", "reason"), BAD)
def test_what_discord_refuses_is_refused(method: str, path: str, body: object, reason: str) -> None:
    """One mistake each, and the reason says which."""
    assert reason in "\n".join(refusals(method, path, body))

"""What Slack refuses of blocks and views: slack_sdk's own models, and the caps that they miss.

The numbers are of docs.slack.dev/reference/block-kit and /reference/views, written down here a second
time on purpose: the adapter's table is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

__all__ = ["block_errors", "message_errors", "view_errors"]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 13_200
"""All words and labels of a message's blocks (github.com/slackapi/bolt-js/issues/2509)."""

MESSAGE_TEXT = 40_000
METADATA = 3000
VIEW_BYTES = 250_000

_CAPS = {
    ("button", "url"): 3000,
    ("button", "value"): 2000,
    ("image", "image_url"): 3000,
    ("image", "alt_text"): 2000,
}
_OPTIONS = {
    "checkboxes": 10,
    "radio_buttons": 10,
    "overflow": 5,
    "static_select": 100,
    "multi_static_select": 100,
}
_IN_MESSAGES = {
    "section",
    "divider",
    "header",
    "context",
    "actions",
    "image",
    "rich_text",
    "markdown",
    "file",
    "video",
    "table",
}
_IN_MODALS = {"section", "divider", "header", "context", "actions", "image", "rich_text", "input", "markdown"}
_PING = re.compile(r"<!(?:channel|here|everyone)\b|<!subteam\^")


def message_errors(text: str, blocks: Sequence[Mapping[str, Any]]) -> list[str]:
    """What Slack refuses of a message, and what no message of ours may do: ping, or be mute to a reader."""
    found = block_errors(blocks, MESSAGE_BLOCKS, _IN_MESSAGES)
    characters = sum(len(words) for block in blocks for words in _words(block))
    if characters > MESSAGE_CHARACTERS:
        found.append(f"{characters} characters in all blocks")
    if not text.strip():
        found.append("no text for notifications and screen readers")
    if len(text) > MESSAGE_TEXT:
        found.append(f"text of {len(text)} characters")
    found += [f"pings: {words[:80]}" for words in (text, *_marked(blocks)) if _PING.search(words)]
    return found


def view_errors(view: Mapping[str, Any]) -> list[str]:
    """What Slack refuses of a modal or of a person's home."""
    kind, blocks = view.get("type"), view.get("blocks") or []
    if kind not in {"modal", "home"}:
        return [f"type {kind!r}"]
    found = block_errors(blocks, VIEW_BLOCKS, _IN_MODALS)
    try:
        View(**view).validate_json()
    except (SlackObjectFormationError, TypeError) as error:
        found.append(f"view: {error}")
    if kind == "modal" and not view.get("title"):
        found.append("no title")
    if kind == "modal" and not view.get("submit") and any(block.get("type") == "input" for block in blocks):
        found.append("inputs without submit")
    for part in ("title", "submit", "close"):
        words = (view.get(part) or {}).get("text", "x")
        if not 1 <= len(words) <= 24:
            found.append(f"{part} of {len(words)} characters")
    if len(view.get("private_metadata") or "") > METADATA:
        found.append("private_metadata too long")
    if len(str(view).encode()) > VIEW_BYTES:
        found.append("view too large")
    found += [f"pings: {words[:80]}" for words in _marked(blocks) if _PING.search(words)]
    return found


def block_errors(
    blocks: Sequence[Mapping[str, Any]], most: int = MESSAGE_BLOCKS, kinds: set[str] | None = None
) -> list[str]:
    """What Slack refuses of these blocks, each with where it is."""
    found = [] if len(blocks) <= most else [f"{len(blocks)} blocks of at most {most}"]
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    found += [f"block_id twice: {name}" for name in sorted(set(ids)) if ids.count(name) > 1]
    for number, raw in enumerate(blocks):
        if kinds is not None and raw.get("type") not in kinds:
            found.append(f"blocks/{number}: no {raw.get('type')!r} here")
            continue
        found += [f"blocks/{number}: {problem}" for problem in _problems(raw)]
    return found


def _problems(raw: Mapping[str, Any]) -> Iterator[str]:
    try:
        block = Block.parse(dict(raw))
    except (SlackObjectFormationError, TypeError, ValueError) as error:
        yield str(error)
        return
    if block is None or type(block) is Block:
        yield f"unknown type {raw.get('type')!r}"
        return
    parts = [block, *(getattr(block, "elements", None) or [])]
    parts += [getattr(block, name, None) for name in ("element", "accessory", "text", "label", "hint")]
    parts += getattr(block, "fields", None) or []
    for part in parts:
        if hasattr(part, "validate_json"):
            try:
                part.validate_json()
            except SlackObjectFormationError as error:
                yield f"{getattr(part, 'type', '?')}: {error}"
    yield from _missed(raw)


def _missed(raw: Mapping[str, Any]) -> Iterator[str]:
    """What slack_sdk's models let pass."""
    if raw["type"] == "section" and not raw.get("text") and not raw.get("fields"):
        yield "a section without text"
    ids = [each.get("action_id") for each in raw.get("elements", ()) if each.get("action_id")]
    if len(set(ids)) < len(ids):
        yield f"action_id twice in {ids}"
    for thing in _things(raw):
        kind = str(thing.get("type", ""))
        if kind == "text" and not thing.get("text"):
            yield "an empty text in rich text"
        if kind in {"plain_text", "mrkdwn"} and not thing.get("text"):
            yield f"an empty {kind}"
        for (owner, name), most in _CAPS.items():
            if kind == owner and len(thing.get(name) or "") > most:
                yield f"{owner}'s {name} of {len(thing[name])} characters"
        options = thing.get("options")
        if options is not None:
            yield from _option_problems(kind, options)


def _option_problems(kind: str, options: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not 1 <= len(options) <= _OPTIONS.get(kind, 100):
        yield f"{len(options)} options in {kind}"
    for option in options:
        if not 1 <= len(option.get("value", "")) <= 150:
            yield f"an option's value of {len(option.get('value', ''))} characters"
        for name in ("text", "description"):
            words = (option.get(name) or {}).get("text", "x")
            if not 1 <= len(words) <= 75:
                yield f"an option's {name} of {len(words)} characters"


def _things(thing: object) -> Iterator[Mapping[str, Any]]:
    """Every object within, the outermost first."""
    if isinstance(thing, Mapping):
        yield thing
        for inner in thing.values():
            yield from _things(inner)
    elif isinstance(thing, Sequence) and not isinstance(thing, str):
        for inner in thing:
            yield from _things(inner)


def _words(block: Mapping[str, Any]) -> Iterator[str]:
    for thing in _things(block):
        for name in ("text", "url", "alt_text", "value"):
            if isinstance(thing.get(name), str):
                yield thing[name]


def _marked(blocks: object) -> list[str]:
    """Every text whose marks Slack reads."""
    return [str(each["text"]) for each in _things(blocks) if each.get("type") in {"mrkdwn", "markdown"}]

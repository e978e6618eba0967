"""Messages as Block Kit: lists of blocks, each with the words that a notification shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from adapters.slack.limits import LIMITS
from adapters.slack.rich_text import Element, RenderOptions, escape, rich_text, small_print
from bot.chat.answers import FileRef
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Fields,
    File,
    Heading,
    Image,
    Message,
    Note,
    Option,
    Part,
    Plain,
    Select,
    Text,
)
from bot.chat.events import UserRef, parse_destination
from bot.chat.language import as_text
from bot.chat.rendering.directions import balanced
from bot.chat.rendering.markdown import strip_parts
from bot.chat.rendering.plain_text import plain_text
from bot.chat.rendering.split import sendable
from bot.chat.values import replace

__all__ = ["Rendered", "action_of", "draw", "option", "plain"]

_FALLBACK: Final = 3000
"""Characters of the words for notifications and screen readers; the blocks hold the full text."""

_STYLES: Final = {"primary": "primary", "danger": "danger"}
_REPEAT_MARK: Final = re.compile(r"#\d+$")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message for Slack: its blocks, the words of its notification, and the files to attach."""

    blocks: list[Element]
    text: str
    files: tuple[FileRef, ...] = ()


def draw(message: Message, look: RenderOptions | None = None) -> list[Rendered]:
    """Return the messages that show this message within Slack's limits.

    Raises:
        Refusal: the message is empty.
    """
    drawn = [_draw(part, look or RenderOptions()) for part in sendable(message, LIMITS)]
    return [_calling(message.calls, drawn[0]), *drawn[1:]] if message.calls else drawn


def _calling(account: str, first: Rendered) -> Rendered:
    """Return a message that begins with a person's name, which alerts them."""
    user = parse_destination(account)
    if not isinstance(user, UserRef):
        return first
    named = user.id.partition(".")[2]
    section = {"type": "rich_text_section", "elements": [{"type": "user", "user_id": named}]}
    line: Element = {"type": "rich_text", "elements": [section]}
    return replace(first, blocks=[line, *first.blocks], text=f"<@{named}> {first.text}")


def _draw(message: Message, look: RenderOptions) -> Rendered:
    blocks = [drawn for block in message.blocks for drawn in _block(block, look)]
    files = tuple(block.file for block in message.blocks if isinstance(block, File))
    _tell_apart(blocks)
    words = plain_text(message)
    shortened = words if len(words) <= _FALLBACK else words[: _FALLBACK - 1] + "…"
    return Rendered(blocks, escape(shortened).strip() or "…", files)


def action_of(action_id: str) -> str:
    """Return the action of a button or select, from its id in Slack."""
    return _REPEAT_MARK.sub("", action_id)


def _tell_apart(blocks: Sequence[Element]) -> None:
    """Add a number to repeated actions: Slack wants every action_id of a message once."""
    seen: Counter[str] = Counter()
    for block in blocks:
        for element in [*block.get("elements", ()), block.get("accessory") or {}]:
            if (name := element.get("action_id")) is not None:
                seen[name] += 1
                if seen[name] > 1:
                    element["action_id"] = f"{name}#{seen[name]}"


def _block(block: Block, look: RenderOptions) -> list[Element]:
    match block:
        case Text(parts):
            return [rich_text(parts, look)]
        case Heading(parts):
            return [{"type": "header", "text": plain(strip_parts(parts).replace("\n", " "))}]
        case Note(parts):
            return [small_print(parts, look)]
        case Fields(rows):
            lines: list[Part] = []
            for number, row in enumerate(rows):
                lines += ["\n" if number else "", "**", Plain(as_text(row.label)), ":** ", *row.parts]
            return [rich_text(lines, look)]
        case Buttons(buttons):
            return [{"type": "actions", "elements": [_button(button, look) for button in buttons]}]
        case Select():
            return [_select(block)]
        case Image(url, alt):
            return [{"type": "image", "image_url": url, "alt_text": balanced(as_text(alt)).strip() or "…"}]
        case File(file):
            # The file itself follows the message; here is its name.
            return [{"type": "context", "elements": [plain(f"📎 {file.name}")]}]
        case Divider():
            return [{"type": "divider"}]


def plain(words: str) -> Element:
    """Return a text object in which nothing is parsed, emoji names neither."""
    return {"type": "plain_text", "text": balanced(words) or " ", "emoji": False}


def _button(button: Button, look: RenderOptions) -> Element:
    element: Element = {"type": "button", "text": plain(as_text(button.label))}
    address = button.url or (look.address(button.to) if button.to else "")
    if address:
        element |= {"url": address, "action_id": "link"}
    else:
        element["action_id"] = button.action
    if button.style in _STYLES:
        element["style"] = button.style
    return element


def _select(choose: Select) -> Element:
    """Return a select; Slack takes a select of several choices only beside a text."""
    element: Element = {
        "type": "multi_static_select" if choose.many else "static_select",
        "action_id": choose.action,
        "placeholder": plain(as_text(choose.placeholder)),
        "options": [option(each) for each in choose.options],
    }
    if not choose.many:
        return {"type": "actions", "elements": [element]}
    return {"type": "section", "text": plain(as_text(choose.placeholder)), "accessory": element}


def option(each: Option) -> dict[str, Any]:
    """Return an option of a select."""
    made: dict[str, Any] = {"text": plain(as_text(each.label)), "value": each.value}
    if each.description:
        made["description"] = plain(as_text(each.description))
    return made

"""Messages as a phone shows them: drawn plainly, 45 characters a line.

Every stage has each message that its bot sends drawn here, and fails at its end if one is too long to be
read without scrolling. A select is closed, and buttons go on in the next line like words.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from unittest.mock import patch

from adapters.terminal.render import file_label, plain_parts
from bot.chat.adapter import Adapter, Response
from bot.chat.content import (
    Block,
    Buttons,
    Divider,
    Fields,
    File,
    Heading,
    Image,
    Message,
    Note,
    Select,
    Text,
    with_answer,
)
from bot.chat.events import MessageRef
from bot.chat.language import as_text

__all__ = ["MOST_BUTTONS", "MOST_LINES", "WIDTH", "drawn", "every_message_fits", "too_much"]

WIDTH: Final = 45
MOST_LINES: Final = 24
MOST_BUTTONS: Final = 5
"""Buttons in one group: what Discord puts into a row."""


def drawn(message: Message) -> list[str]:
    """The lines of a message on a phone."""
    return [line for block in message.blocks for line in _lines(block)]


def _lines(block: Block) -> list[str]:
    match block:
        case Text() | Note():
            return _wrapped(plain_parts(block.parts))
        case Heading():
            return _wrapped(plain_parts(block.parts).replace("\n", " "))
        case Fields():
            rows = (f"{as_text(row.label)}: {plain_parts(row.parts)}" for row in block.rows)
            return [line for row in rows for line in _wrapped(row)]
        case Buttons():
            return _wrapped(
                " ".join(f"[{as_text(button.label)}]".replace(" ", "\u00a0") for button in block.buttons)
            )
        case Select():
            return [f"[{as_text(block.placeholder)} \u25be]"]
        case Image():
            return [f"[picture: {as_text(block.alt)}]"]
        case File():
            return [f"[file: {file_label(block.file)}]"]
        case Divider():
            return ["---"]


def _wrapped(words: str) -> list[str]:
    lines: list[str] = []
    for line in words.split("\n"):
        if len(line) <= WIDTH and "\t" not in line:  # as most are, and wrapping takes a while to find it out
            lines.append(line.rstrip())
        else:
            lines += textwrap.wrap(line, WIDTH, break_on_hyphens=False) or [""]
    return lines


def too_much(message: Message, *, a_page: bool = False) -> list[str]:
    """What is too much for a phone in a message, in words; empty when nothing is.

    `a_page`: it is a person's own page, the one exception: it is no message among others, and it scrolls.
    """
    found = []
    lines = drawn(message)
    if len(lines) > MOST_LINES and not a_page:
        found.append("\n".join([f"{len(lines)} lines:", *lines]))
    for block in message.blocks:
        if isinstance(block, Buttons) and len(block.buttons) > MOST_BUTTONS:
            labels = ", ".join(as_text(button.label) for button in block.buttons)
            found.append(f"{len(block.buttons)} buttons in one group: {labels}")
    return found


@contextmanager
def every_message_fits(adapters: Mapping[str, Adapter]) -> Iterator[None]:
    """Draw each message that goes out through these adapters, and fail at the end if one is too long."""
    sent: list[tuple[Message, bool]] = []
    with_each = [(adapter, name) for adapter in adapters.values() for name in ("send", "edit", "respond")]
    patches = [
        patch.object(adapter, name, _watched(getattr(adapter, name), sent)) for adapter, name in with_each
    ]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()
    found = {problem for message, a_page in sent for problem in too_much(message, a_page=a_page)}
    assert not found, "\n\n".join(sorted(found))


def _watched(call: Any, sent: list[tuple[Message, bool]]) -> Any:  # noqa: ANN401 - any of an adapter's three ways out
    async def watched(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - any of an adapter's three ways out
        a_page = any(isinstance(each, MessageRef) and each.place.kind == "home" for each in arguments)
        for each in (*arguments, *named.values()):
            if isinstance(each, Message):
                sent.append((each, a_page))
            elif isinstance(each, Response) and each.message:
                sent.append((with_answer(each.message), False))
        return await call(*arguments, **named)

    return watched

"""Words that each platform has its own for: a text says `{space}`, its reader sees "server" or "workspace".

Only our own words are looked at, never what people wrote (`Plain`), nor options, which may be theirs.
"""

from __future__ import annotations

from typing import Final

from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Field,
    Fields,
    Heading,
    Message,
    Note,
    Part,
    Plain,
    Select,
    Text,
    Wording,
)
from bot.chat.language import ENGLISH, as_text
from bot.chat.values import replace

__all__ = ["SPACE", "in_terms_of", "said_in"]

SPACE: Final = "{space}"
"""The mark of a space in a text; its plural is `{space}s`."""


def said_in(words: Wording, space: str) -> Wording:
    """Return a short text as plain text, with what the platform calls a space in it.

    People's words are left as they are, also where they hold the mark.
    """
    parts = ENGLISH.parts(words if isinstance(words, tuple) else (words,))
    said = "".join(
        part.replace(SPACE, space) if isinstance(part, str) else as_text((part,)) for part in parts
    )
    return Plain(said) if SPACE in said else said


def in_terms_of(message: Message, space: str) -> Message:
    """Return the message as it reads on a platform that calls a space so."""
    blocks = tuple(_block(block, space) for block in message.blocks)
    return message if blocks == message.blocks else replace(message, blocks=blocks)


def _block(block: Block, space: str) -> Block:
    match block:
        case Text(parts) | Heading(parts) | Note(parts):
            return replace(block, parts=_parts(parts, space))
        case Fields(rows):
            said = (Field(said_in(row.label, space), _parts(row.parts, space)) for row in rows)
            return replace(block, rows=tuple(said))
        case Buttons(buttons):
            return replace(block, buttons=tuple(_button(button, space) for button in buttons))
        case Select(placeholder=placeholder):
            return replace(block, placeholder=said_in(placeholder, space))
        case _:
            return block


def _button(button: Button, space: str) -> Button:
    return replace(button, label=said_in(button.label, space))


def _parts(parts: tuple[Part, ...], space: str) -> tuple[Part, ...]:
    said = ENGLISH.parts(parts)
    if not any(isinstance(part, str) and SPACE in part for part in said):
        return said
    return tuple(part.replace(SPACE, space) if isinstance(part, str) else part for part in said)

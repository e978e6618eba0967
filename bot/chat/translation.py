"""Messages put into a language: every sentence, and every short text of a button, a list or a picture."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from bot.chat.answers import Option
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Field,
    Fields,
    Heading,
    Image,
    Message,
    Note,
    Part,
    PersonName,
    Select,
    Text,
    dump_message,
)
from bot.chat.language import ENGLISH, Language
from bot.chat.sentences import ChannelName
from bot.chat.values import replace

__all__ = ["hash_of", "mentioned", "option_in", "translated", "with_accounts", "with_channels"]


def translated(message: Message, language: Language) -> Message:
    """Return a message of handlers as its reader reads it; what was said before must not be put again."""
    blocks = tuple(_block(block, language) for block in message.blocks)
    return replace(message, blocks=blocks, language="" if language.tag == ENGLISH.tag else language.tag)


def _block(block: Block, language: Language) -> Block:
    match block:
        case Text(parts) | Heading(parts) | Note(parts):
            said = language.parts(parts)
            return block if said is parts else replace(block, parts=said)
        case Fields(rows):
            return Fields(
                tuple(Field(language.wording(row.label), language.parts(row.parts)) for row in rows)
            )
        case Buttons(buttons):
            return Buttons(tuple(_button(button, language) for button in buttons))
        case Select(options=options, placeholder=placeholder):
            return replace(
                block,
                options=tuple(option_in(language, option) for option in options),
                placeholder=language.wording(placeholder),
            )
        case Image(alt=alt):
            return replace(block, alt=language.wording(alt))
        case _:
            return block


def _button(button: Button, language: Language) -> Button:
    return replace(button, label=language.wording(button.label))


def option_in(language: Language, option: Option) -> Option:
    """Return an option as it is shown in a language."""
    return Option(option.value, language.wording(option.label), language.wording(option.description))


def mentioned(message: Message) -> frozenset[int]:
    """Return the ids of the people in a message whose account its reader may be given."""
    parts = [part for block in message.blocks for part in _parts(block)]
    return frozenset([part.id for part in parts if isinstance(part, PersonName) and part.mention])


def with_accounts(message: Message, accounts: Mapping[int, str]) -> Message:
    """Return a message with the accounts (str(UserRef)) of people, by their ids, where they may be shown."""

    def known(part: Part) -> Part:
        if not isinstance(part, PersonName) or not part.mention:
            return part
        return replace(part, account=accounts.get(part.id, ""))

    return replace(message, blocks=tuple(_changed(block, known) for block in message.blocks))


def with_channels(message: Message, names: Mapping[str, str]) -> Message:
    """Return a message with the names of channels, by str(Place), where it was made without knowing them."""

    def known(part: Part) -> Part:
        if not isinstance(part, ChannelName) or part.name:
            return part
        return replace(part, name=names.get(part.place, ""))

    return replace(message, blocks=tuple(_changed(block, known) for block in message.blocks))


def _parts(block: Block) -> Iterable[Part]:
    match block:
        case Text(parts) | Note(parts):
            return parts
        case Fields(rows):
            return chain.from_iterable(row.parts for row in rows)
        case _:
            return ()


def _changed(block: Block, change: Callable[[Part], Part]) -> Block:
    match block:
        case Text(parts) | Note(parts):
            return replace(block, parts=tuple(map(change, parts)))
        case Fields(rows):
            return Fields(tuple(replace(row, parts=tuple(map(change, row.parts))) for row in rows))
        case _:
            return block


def hash_of(message: Message, language: Language) -> str:
    """Return a hash of what a message shows in a language, however its sentences are made."""
    stored = json.dumps(dump_message(translated(message, language)), sort_keys=True).encode()
    return hashlib.sha256(stored).hexdigest()[:16]

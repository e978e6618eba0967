"""The sentences of what was said: a stored message holds words, and a check compares values.

While it listens, each block that is put into words is remembered with the block of sentences that it was made
of. A stored message is read back block by block, however it was joined, split or sent again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from unittest.mock import patch

import msgspec

from bot.chat.content import Block, Message, PersonName, Sentence
from bot.chat.language import Language
from bot.chat.rendering import screen
from bot.chat.sentences import Names, Value
from bot.chat.translation import translated
from bot.runtime import saying

__all__ = ["Heard", "listening", "sentences_in", "values_in"]


@dataclass
class Heard:
    """The block of sentences that each block of words was made of."""

    blocks: dict[bytes, Block] = field(default_factory=dict)

    def note(self, made_of: Message, said: Message) -> None:
        """Note a message before and after it was put into words."""
        for before, after in zip(made_of.blocks, said.blocks, strict=True):
            if before != after:  # a page is put into words first, and its message once more
                self.blocks[_written(after)] = before

    def made_of(self, block: Block) -> Block:
        """Return the block of sentences that a stored block was made of; itself where it was not heard."""
        return self.blocks.get(_written(block), block)


@contextmanager
def listening() -> Iterator[Heard]:
    """Note what is put into words until the end of the block."""
    heard = Heard()

    def noted(message: Message, language: Language) -> Message:
        said = translated(message, language)
        heard.note(message, said)
        return said

    with patch.object(saying, "translated", noted), patch.object(screen, "translated", noted):
        yield heard


def _written(block: Block) -> bytes:
    """Write a block down without the accounts of people, which come later; an instant in UTC."""
    return msgspec.json.encode(_anonymous(msgspec.to_builtins(block, builtin_types=(datetime,))))


def _anonymous(found: object) -> object:
    if isinstance(found, datetime):
        return found.astimezone(UTC)
    if isinstance(found, dict):
        return {
            name: _anonymous(value) for name, value in found.items() if name not in {"account", "mention"}
        }
    return [_anonymous(each) for each in found] if isinstance(found, list | tuple) else found


def sentences_in(found: object) -> Iterator[Sentence]:
    """Find every sentence of a block, those that are values of others included."""
    if isinstance(found, Sentence):
        yield found
        for value in found.values.values():
            yield from sentences_in(value)
    elif isinstance(found, tuple | list):
        for each in found:
            yield from sentences_in(each)
    elif isinstance(found, msgspec.Struct) and not isinstance(found, PersonName):
        for name in found.__struct_fields__:
            yield from sentences_in(getattr(found, name))


def values_in(sentence: Sentence) -> Iterator[tuple[str, Value]]:
    """Find the values of a sentence by the names of their holes; names in a row are several."""
    for name, value in sentence.values.items():
        if isinstance(value, Names):
            yield from ((name, each) for each in value.names)
        elif not isinstance(value, Sentence):
            yield name, value

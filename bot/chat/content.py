"""The bot's messages: a Message is blocks of words, the same for every platform.

The bot's own words are written in a small fixed markdown dialect (`bot.chat.rendering.markdown`); what people
wrote enters as `Plain` and can never ping, link or format. A Message is plain data: it is stored
as JSON in the outbox and drawn by each adapter's renderer.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct, convert

from bot.chat.answers import FileRef, Option
from bot.chat.language import as_text
from bot.chat.sentences import (
    Moment,
    Part,
    PersonName,
    Plain,
    Sentence,
    ShownDay,
    Value,
    Wording,
    layout,
    say,
    sentence_of,
    show_day,
    show_moment,
)
from bot.chat.values import json_data, replace

__all__ = [
    "ANSWER",
    "Block",
    "Button",
    "Buttons",
    "Divider",
    "Field",
    "Fields",
    "File",
    "FileRef",
    "Heading",
    "Image",
    "Message",
    "Moment",
    "Note",
    "Option",
    "Part",
    "PersonName",
    "Plain",
    "Sentence",
    "ShownDay",
    "Text",
    "Value",
    "Wording",
    "action_id",
    "dump_message",
    "heading",
    "is_empty",
    "layout",
    "lines",
    "load_message",
    "message",
    "note",
    "row",
    "say",
    "show_day",
    "show_moment",
    "text",
    "typed",
    "with_answer",
    "with_count",
]


class Text(Struct, frozen=True, tag_field="kind", tag="text"):
    """A paragraph or several. `typed`: as with Note."""

    parts: tuple[Part, ...]
    typed: bool = False


class Heading(Struct, frozen=True, tag_field="kind", tag="heading"):
    """A title line; no markdown."""

    parts: tuple[Part, ...]


class Note(Struct, frozen=True, tag_field="kind", tag="note"):
    """Small print under something.

    `typed`: it offers words to type, so it is left out where none can be typed (`with_answer`).
    """

    parts: tuple[Part, ...]
    typed: bool = False


class Field(Struct, frozen=True):
    """One labelled value of `Fields`."""

    label: Wording
    parts: tuple[Part, ...]


class Fields(Struct, frozen=True, tag_field="kind", tag="fields"):
    """Labelled values, in order."""

    rows: tuple[Field, ...]


class Button(Struct, frozen=True):
    """A button with either an `action_id` (see `action_id()`) or a `url`.

    `to`, str(MessageRef) or str(Place), is where it leads: a platform that has addresses for its messages
    and places makes it a link; elsewhere the button does its `action_id`.
    """

    label: Wording
    action: str = ""
    url: str = ""
    style: Literal["plain", "primary", "danger"] = "plain"
    to: str = ""


class Buttons(Struct, frozen=True, tag_field="kind", tag="buttons"):
    """Buttons in one group, in order of importance."""

    buttons: tuple[Button, ...]


class Select(Struct, frozen=True, tag_field="kind", tag="choose"):
    """A select: one or (with `many`) several of `options`; gives a ChoiceMade event with `action_id`."""

    action: str
    options: tuple[Option, ...]
    placeholder: Wording = "Choose"
    many: bool = False


class Image(Struct, frozen=True, tag_field="kind", tag="image"):
    """A picture by https address, with its description for those who do not see it."""

    url: str
    alt: Wording


class File(Struct, frozen=True, tag_field="kind", tag="file"):
    """A stored file, given to the reader of this message alone."""

    file: FileRef


class Divider(Struct, frozen=True, tag_field="kind", tag="divider"):
    """A line between two parts."""


Block = Text | Heading | Note | Fields | Buttons | Select | Image | File | Divider


class Message(Struct, frozen=True):
    """A message to send: blocks from top to bottom.

    `answer`, where the message asks for words, is the action that opens its question as a dialog: for
    adapters, see `with_answer`. `calls` is the account (str(UserRef)) whose name is put at its beginning and
    who is alerted by it; nothing else alerts a person. `language` (BCP 47) is the one it was put into, and in
    which an adapter says what it adds; "" is English.
    """

    blocks: tuple[Block, ...]
    answer: str = ""
    calls: str = ""
    language: str = ""


def text(*parts: Part, context: str = "", **values: Value) -> Text:
    """Make a paragraph of one sentence: its template, its plural where `count` decides, and its values."""
    return Text(sentence_of(parts, context, values))


def heading(*parts: Part, context: str = "", **values: Value) -> Heading:
    """Make a title line, as `text`."""
    return Heading(sentence_of(parts, context, values))


def note(*parts: Part, context: str = "", **values: Value) -> Note:
    """Make small print, as `text`."""
    return Note(sentence_of(parts, context, values))


def typed(*parts: Part, context: str = "", **values: Value) -> Note:
    """Make small print that offers words to type, for where people can; as `text`."""
    return Note(sentence_of(parts, context, values), typed=True)


def row(label: Wording, *parts: Part, context: str = "", **values: Value) -> Field:
    """Make a labelled value, which is made as `text`."""
    return Field(label, sentence_of(parts, context, values))


def lines(*said: Sentence) -> Text:
    """Make a paragraph of whole sentences, each in its own line; a list's lines begin with "- "."""
    return Text(tuple(part for each in said for part in ("\n", each))[1:])


def message(*blocks: Block | str | Plain | Sentence | None) -> Message:
    """Make a Message of these blocks; a sentence, template or Plain becomes a paragraph, None is left out."""
    made = [text(b) if isinstance(b, str | Plain | Sentence) else b for b in blocks if b is not None]
    return Message(tuple(made))


def with_count(content: Message, count: int) -> Message:
    """Return a message that was not said yet with a new count in every sentence that has one."""
    blocks: list[Block] = []
    for block in content.blocks:
        if isinstance(block, Text | Heading | Note):
            blocks.append(replace(block, parts=tuple(_counting(part, count) for part in block.parts)))
        else:
            blocks.append(block)
    return replace(content, blocks=tuple(blocks))


def _counting(part: Part, count: int) -> Part:
    if not isinstance(part, Sentence) or "count" not in part.values:
        return part
    return replace(part, values={**part.values, "count": count})


ANSWER: Final = say("Answer", context="button")
"""The button that asks for words where none can be typed."""


def with_answer(content: Message, label: Wording = ANSWER) -> Message:
    """Return the message for where no words can be typed: none are offered, and a button asks for them.

    That is everywhere but in a DM: a message for one person's eyes in a channel takes no replies.
    """
    blocks = tuple(block for block in content.blocks if not (isinstance(block, Text | Note) and block.typed))
    if not content.answer:
        return content if len(blocks) == len(content.blocks) else replace(content, blocks=blocks)
    button = Buttons((Button(label, content.answer, style="primary"),))
    return Message((*blocks, button), language=content.language)


def action_id(verb: str, *arguments: object) -> str:
    """Make the opaque id of a button: `verb:argument:…`, at most 96 bytes.

    Discord's custom_id takes 100; `bot.chat.rendering.split` needs the rest to number a select's further
    pages. It comes back from a client, so it is a key to look things up with, never a right.

    Raises:
        ValueError: it would be longer than 96 bytes, or an argument holds a colon.
    """
    pieces = [verb, *(str(argument) for argument in arguments)]
    made = ":".join(pieces)
    if made.count(":") != len(pieces) - 1 or len(made.encode()) > 96:  # noqa: PLR2004 - the limit is the docstring's
        msg = f"not an action id: {made!r}"
        raise ValueError(msg)
    return made


def dump_message(content: Message) -> dict[str, object]:
    """Return the Message as JSON-ready data, for storing."""
    return json_data(content)


def load_message(data: object) -> Message:
    """Return the Message that `dump_message` stored."""
    return convert(data, Message)


def is_empty(content: Message) -> bool:
    """Tell whether there is nothing to see in a message: no platform takes an empty message."""
    return not any(_shows(block) for block in content.blocks)


def _shows(block: Block) -> bool:
    match block:
        case Text(parts) | Heading(parts) | Note(parts):
            return any(_has_words(part) for part in parts)
        case Fields(rows):
            return any(as_text(row.label).strip() or any(map(_has_words, row.parts)) for row in rows)
        case Buttons(buttons):
            return bool(buttons)
        case Select(options=options):
            return bool(options)
        case Image() | File() | Divider():
            return True


def _has_words(part: Part) -> bool:
    words = part.text if isinstance(part, Plain) else part.one if isinstance(part, Sentence) else part
    return bool(words.strip()) if isinstance(words, str) else True

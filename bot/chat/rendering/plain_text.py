"""A Message as plain text: for notifications, for screens without markup, and for tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.chat.content import (
    Block,
    Buttons,
    Divider,
    Fields,
    File,
    Heading,
    Image,
    Message,
    Moment,
    Note,
    Part,
    Plain,
    Select,
    ShownDay,
    Text,
    show_moment,
)
from bot.chat.day_parts import unmarked
from bot.chat.language import ENGLISH, as_text
from bot.chat.rendering.markdown import day_spans, strip_parts
from bot.chat.rendering.platform_words import in_terms_of

__all__ = ["plain_text"]


def plain_text(content: Message, *, clocks: bool = False) -> str:
    """Show the whole Message without any markup or markdown, a block a line.

    `clocks`: days have the reader's clock beside them, which a notification leaves out.
    """
    said = in_terms_of(content, "space")
    strip = _strip_with_clocks if clocks else strip_parts
    return "\n".join(line for block in said.blocks if (line := _block(block, strip)))


def _strip_with_clocks(parts: Sequence[Part]) -> str:
    said = ENGLISH.parts(parts)
    return strip_parts([Plain(_with_clock(part)) if isinstance(part, ShownDay) else part for part in said])


def _with_clock(shown: ShownDay) -> str:
    spans = day_spans(unmarked(shown))
    return "".join(show_moment(span) if isinstance(span, Moment) else span.text for span in spans)


def _block(block: Block, strip: Callable[[Sequence[Part]], str]) -> str:
    match block:
        case Text() | Heading() | Note():
            return strip(block.parts)
        case Fields():
            return "\n".join(f"{as_text(r.label)}: {strip(r.parts)}" for r in block.rows)
        case Buttons():
            return " ".join(f"[{as_text(b.label)}]" for b in block.buttons)
        case Select():
            return f"[{as_text(block.placeholder)}: {', '.join(as_text(o.label) for o in block.options)}]"
        case Image():
            return as_text(block.alt)
        case File():
            return block.file.name
        case Divider():
            return ""

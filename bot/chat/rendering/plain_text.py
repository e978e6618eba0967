"""A Message as plain text: for notifications, for screens without markup, and for tests."""

from __future__ import annotations

from bot.chat.content import (
    Block,
    Buttons,
    Choose,
    Divider,
    Fields,
    File,
    Heading,
    Image,
    Message,
    Note,
    Text,
)
from bot.chat.rendering.markdown import strip_parts
from bot.chat.rendering.platform_words import in_terms_of

__all__ = ["plain_text"]


def plain_text(content: Message) -> str:
    """Show the whole Message without any markup or markdown, a block a line."""
    said = in_terms_of(content, "space")
    return "\n".join(line for block in said.blocks if (line := _block(block)))


def _block(block: Block) -> str:
    match block:
        case Text() | Heading() | Note():
            return strip_parts(block.parts)
        case Fields():
            return "\n".join(f"{r.label}: {strip_parts(r.parts)}" for r in block.rows)
        case Buttons():
            return " ".join(f"[{b.label}]" for b in block.buttons)
        case Choose():
            return f"[{block.placeholder}: {', '.join(o.label for o in block.options)}]"
        case Image():
            return block.alt
        case File():
            return block.file.name
        case Divider():
            return ""

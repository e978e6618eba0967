"""Messages as the terminal shows them: styled pieces for the playground, plain lines for a transcript.

What people wrote passes through `harmless` first, so that no control character or escape sequence of
theirs reaches the terminal.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from adapters.terminal.limits import LIMITS
from bot.chat.content import (
    Block,
    Buttons,
    Divider,
    Fields,
    File,
    FileRef,
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
from bot.chat.language import Language, as_text
from bot.chat.languages import language_for
from bot.chat.rendering.directions import TURNING
from bot.chat.rendering.markdown import (
    Bold,
    Code,
    Fence,
    Italic,
    Item,
    Line,
    Link,
    Quote,
    Span,
    Strike,
    Words,
    day_spans,
    is_web_address,
    parse_parts,
)
from bot.chat.rendering.named import name_elsewhere, platform_of
from bot.chat.rendering.split import split
from bot.chat.sentences import ChannelName, PersonName, RoleName, WebLink, say
from bot.chat.values import replace

__all__ = ["Mark", "Piece", "file_label", "harmless", "pieces_of", "plain_lines", "plain_parts"]

Mark = Literal["bold", "italic", "strike", "code", "link", "quote", "bullet"]

_MARKS: dict[type[Span], Mark] = {Bold: "bold", Italic: "italic", Strike: "strike"}

_KILO = 1_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a single style. They are harmless, and hold line breaks where lines end."""

    text: str
    marks: frozenset[Mark] = frozenset()
    url: str = ""


def harmless(text: str) -> str:
    """Return the text with line breaks unchanged, tabs as spaces, and nothing else that acts on a terminal.

    Control characters become their pictures (U+2400 to U+2426, "Control Pictures"), and what turns
    the direction of writing or cannot be encoded becomes U+FFFD.
    """
    unified = re.sub(r"\r\n?|[\u2028\u2029\u0085]", "\n", text).expandtabs(4)
    return "".join(character if character == "\n" else _shown(character) for character in unified)


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        code = ord(character)
        return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"  # noqa: PLR2004 - ASCII
    return "\ufffd" if category == "Cs" or character in TURNING else character


def pieces_of(parts: Sequence[Part], zone: str = "") -> list[Piece]:
    """Return a block's parts as pieces; moments in `zone` (a reader's), "" is each moment's own."""
    pieces: list[Piece] = []
    for number, node in enumerate(parse_parts(parts)):
        if number:
            pieces.append(Piece("\n"))
        match node:
            case Fence(words):
                pieces.append(Piece(harmless(words), frozenset({"code"})))
            case Item(children):
                pieces += [Piece("• ", frozenset({"bullet"})), *_spans(children, frozenset(), zone)]
            case Quote(children):
                quoted: frozenset[Mark] = frozenset({"quote"})
                pieces += [Piece("│ ", quoted), *_spans(children, quoted, zone)]
            case Line(children):
                pieces += _spans(children, frozenset(), zone)
    return pieces


def _spans(spans: Iterable[Span], marks: frozenset[Mark], zone: str) -> Iterator[Piece]:
    for span in spans:
        match span:
            case Words(words):
                yield Piece(harmless(words), marks)
            case Plain():
                yield Piece(harmless(span.text), marks)
            case Moment():
                local = replace(span, zone=zone) if zone else span
                yield Piece(show_moment(local), marks)
            case ShownDay():
                yield from _spans(day_spans(unmarked(span, zone)), marks, zone)
            case WebLink(url, label):
                link: frozenset[Mark] = marks | {"link"} if is_web_address(url) else marks
                yield Piece(harmless(label or url), link, url if is_web_address(url) and label else "")
            case PersonName() | ChannelName() | RoleName():
                yield Piece(harmless(_name(span)), marks)
            case Code(words):
                yield Piece(harmless(words), marks | {"code"})
            case Link(children, url):
                for piece in _spans(children, marks | {"link"}, zone):
                    yield replace(piece, url=url)
            case Bold(children) | Italic(children) | Strike(children):
                yield from _spans(children, marks | {_MARKS[type(span)]}, zone)


def _name(value: PersonName | ChannelName | RoleName) -> str:
    here = isinstance(value, ChannelName | RoleName) and platform_of(value) == "terminal"
    return as_text((value,)) if here else name_elsewhere(value)


def plain_parts(parts: Sequence[Part], zone: str = "") -> str:
    """Return a block's parts as words alone; a link's address follows it."""
    said = ""
    for piece, following in pairwise([*pieces_of(parts, zone), Piece("")]):
        said += piece.text
        if piece.url and following.url != piece.url:
            said += f" <{piece.url}>"
    return said


def plain_lines(message: Message, width: int | None = None, zone: str = "") -> list[str]:
    """Return the Message as lines of plain text, none longer than `width` characters where a word allows.

    Buttons are shown as `[Label]`; an empty line separates two blocks where it helps reading.
    """
    lines: list[str] = []
    language = language_for(message.language)
    for fitted in split(message, LIMITS):
        for block in fitted.blocks:
            for line in _block_lines(block, zone, language):
                lines += _wrap(line, width)
    return lines


def _block_lines(block: Block, zone: str, language: Language) -> list[str]:
    match block:
        case Text() | Note():
            return plain_parts(block.parts, zone).split("\n")
        case Heading():
            return [plain_parts(block.parts, zone).replace("\n", " ")]
        case Fields():
            return [
                line
                for row in block.rows
                for line in f"{harmless(as_text(row.label))}: {plain_parts(row.parts, zone)}".split("\n")
            ]
        case Buttons():
            return [" ".join(_button(as_text(button.label), button.url) for button in block.buttons)]
        case Select():
            options = " | ".join(harmless(as_text(option.label)) for option in block.options)
            return [f"[{harmless(as_text(block.placeholder))}: {options}]"]
        case Image():
            words = say("picture: {description}", description=as_text(block.alt))
            return [f"[{harmless(language.text(words))}] <{harmless(block.url)}>"]
        case File():
            return [f"[{harmless(language.text(say('file: {name}', name=file_label(block.file))))}]"]
        case Divider():
            return ["---"]


def _button(label: str, url: str) -> str:
    return f"[{harmless(label)}]" + (f" <{harmless(url)}>" if url else "")


def file_label(file: FileRef) -> str:
    """Return a file's name and size: `plan.pdf, 12 kB`."""
    size = f"{file.size} bytes" if file.size < _KILO else f"{file.size // _KILO:,} kB"
    return f"{harmless(file.name)}, {size}"


def _wrap(line: str, width: int | None) -> list[str]:
    if width is None or len(line) <= width:
        return [line]
    mark = re.match(r"(?:• |│ )*", line)
    hang = mark.group().replace("•", " ") if mark else ""
    wrapped = textwrap.wrap(
        line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )
    return wrapped or [line]

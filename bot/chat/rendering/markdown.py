"""The markdown dialect of the bot's own words, read once into nodes that every renderer walks.

The whole dialect: `**bold**`, `_italic_`, `~~strike~~`, `` `code` ``, `[label](https://…)`, lines that
begin with `- ` (a list) or `> ` (a quote), and fences of three backticks. Marks hold within one line.
There is no escape character: what is not markup is shown unchanged, and people's words are never
parsed, because they are `Plain`. Reading never fails.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.chat.language import ENGLISH, as_text
from bot.chat.sentences import (
    ChannelName,
    Moment,
    Part,
    PersonName,
    Plain,
    RoleName,
    Sentence,
    ShownDay,
    WebLink,
    show_day,
)

__all__ = [
    "Bold",
    "Code",
    "Drawn",
    "Fence",
    "Italic",
    "Item",
    "Line",
    "Link",
    "Node",
    "Quote",
    "Span",
    "Strike",
    "Words",
    "day_spans",
    "is_web_address",
    "parse",
    "parse_parts",
    "strip_markdown",
    "strip_parts",
]


@dataclass(frozen=True, slots=True)
class Words:
    """Bare words of the bot's, without line breaks."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    """`**…**`."""

    children: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Italic:
    """`_…_`, not inside a word."""

    children: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Strike:
    """`~~…~~`."""

    children: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Backticked words; they may hold a person's words, so escape them where code can be left."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """`[label](url)`; the url begins with https:// and holds no space."""

    children: tuple[Span, ...]
    url: str


Drawn = Plain | Moment | ShownDay | PersonName | ChannelName | RoleName | WebLink
"""A value, which each renderer draws in its own way. `Plain` may hold line breaks."""

Span = Words | Bold | Italic | Strike | Code | Link | Drawn
"""A piece of a line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; empty children are an empty line."""

    children: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list; Items in a row are one list."""

    children: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """One quoted line; Quotes in a row are one quotation."""

    children: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Fence:
    """Lines between fences, unchanged; as `Code`, they may hold a person's words."""

    text: str


Node = Line | Item | Quote | Fence
"""One line, or one fence. Line breaks go between nodes."""

_SLOT = "\ufffc"
"""U+FFFC, "object replacement character": put where a part is that is not parsed."""

_SPAN = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*"
    r"|~~(?=\S)(?P<strike>.+?)(?<=\S)~~"
    r"|(?<!\w)_(?=\S)(?P<italic>.+?)(?<=\S)_(?!\w)"
    rf"|\[(?P<link>[^\[\]]+)\]\((?P<url>https://(?:[^\s(){_SLOT}]|\([^\s(){_SLOT}]*\))+)\)"
)

_ADDRESS = re.compile(
    r"https?://[^\s<>()|\[\]\\`\x00-\x20\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+"
)
"""A web address without what ends or leaves a platform's mark, and without what is not seen."""

_MARKS: dict[str, type[Bold | Strike | Italic]] = {"bold": Bold, "strike": Strike, "italic": Italic}

_Slots = deque[Span]


def is_web_address(url: str) -> bool:
    """Tell whether a text is a whole web address, which each platform's marks can hold.

    Another scheme (javascript:), white space, brackets, bars and control characters make it a text.
    """
    return _ADDRESS.fullmatch(url) is not None


def parse(source: str) -> tuple[Node, ...]:
    """Return the nodes of a text in the dialect, a node a line; an empty text is one empty line."""
    return parse_parts((source,))


def parse_parts(parts: Sequence[Part]) -> tuple[Node, ...]:
    """Return the nodes of a block's parts, in which values stay whole; a sentence not yet put is English.

    Marks reach across parts: `("- **", Plain(title), "**")` is a list line with a bold title.
    """
    slots: _Slots = deque()
    source = "".join(_source(part, slots) for part in ENGLISH.parts(parts))
    nodes: list[Node] = []
    lines = deque(source.split("\n"))
    while lines:
        line = lines.popleft()
        end = _fence_end(line, lines)
        if end is not None:
            fenced = "\n".join(lines.popleft() for _ in range(end))
            lines.popleft()
            nodes.append(Fence(_literal(fenced, slots)))
        elif line.startswith("- "):
            nodes.append(Item(_spans(line[2:], slots)))
        elif line == ">" or line.startswith("> "):
            nodes.append(Quote(_spans(line[2:], slots)))
        else:
            nodes.append(Line(_spans(line, slots)))
    return tuple(nodes)


def day_spans(shown: ShownDay) -> tuple[Words | Moment, ...]:
    """Return the spans of a day with its place and the clock: `Mon 16 March (Madrid; for you 18:59)`."""
    if shown.clock is None:
        return (Words(show_day(shown)),)
    place = f"{shown.place}; " if shown.place else ""
    return Words(f"{shown.day} ({place}{shown.aside} "), shown.clock, Words(")")


def strip_markdown(source: str) -> str:
    """Return the words of a text without its marks; a list keeps its dashes, a link only its label."""
    return strip_parts((source,))


def strip_parts(parts: Sequence[Part]) -> str:
    """Return the words of a block's parts without marks; moments in words of the moment's zone."""
    return "\n".join(_strip_node(node) for node in parse_parts(parts))


def _source(part: Part, slots: _Slots) -> str:
    if isinstance(part, Sentence):
        raise TypeError("a sentence is put into words before it is parsed")
    if not isinstance(part, str):
        slots.append(part)
        return _SLOT
    # The bot's own U+FFFC must not be taken for a slot, so it becomes one that holds itself.
    slots.extend([Words(_SLOT)] * part.count(_SLOT))
    return part


def _fence_end(line: str, following: Iterable[str]) -> int | None:
    """Return how many lines of `following` the fence that `line` opens holds; None: it opens none."""
    if not line.startswith("```") or "`" in line[3:]:
        return None
    return next((i for i, later in enumerate(following) if later.rstrip() == "```"), None)


def _spans(
    source: str, slots: _Slots, outside: frozenset[str] = frozenset(_MARKS) | {"link"}
) -> tuple[Span, ...]:
    """Return the spans of (a piece of) one line. `outside`: the marks that may still open, each once deep."""
    spans: list[Span] = []
    start = 0
    for match in _SPAN.finditer(source):
        kind = match.lastgroup if match.lastgroup != "url" else "link"
        if kind != "code" and kind not in outside:
            continue
        spans += _bare(source[start : match.start()], slots)
        start = match.end()
        if kind == "code":
            spans.append(Code(_literal(match["code"], slots)))
        elif kind == "link":
            spans.append(Link(_spans(match["link"], slots, outside - {"link"}), match["url"]))
        elif kind is not None:
            spans.append(_MARKS[kind](_spans(match[kind], slots, outside - {kind})))
    return (*spans, *_bare(source[start:], slots))


def _bare(source: str, slots: _Slots) -> list[Span]:
    pieces: list[Span] = []
    for piece in re.split(f"({_SLOT})", source):
        if piece == _SLOT:
            pieces.append(slots.popleft())
        elif piece:
            pieces.append(Words(piece))
    return pieces


def _literal(source: str, slots: _Slots) -> str:
    return "".join(_strip_span(span) for span in _bare(source, slots))


def _strip_node(node: Node) -> str:
    match node:
        case Fence(text):
            return text
        case Item(children):
            return "- " + _strip_spans(children)
        case Line(children) | Quote(children):
            return _strip_spans(children)


def _strip_spans(spans: Iterable[Span]) -> str:
    return "".join(_strip_span(span) for span in spans)


def _strip_span(span: Span) -> str:
    match span:
        case Words(text) | Code(text):
            return text
        case Bold(children) | Italic(children) | Strike(children) | Link(children):
            return _strip_spans(children)
        case _:
            return as_text((span,))

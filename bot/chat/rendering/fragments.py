"""Cutting a block's words into pieces that fit: where a reader would breathe, never inside a character.

A cut is looked for after a paragraph, a line, a sentence, a word, and only then between two grapheme
clusters (Unicode Standard Annex #29), in this order. Marks are closed before a cut and opened again
after it, so are fences; a link is cut only when it is longer than a whole piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import regex  # type: ignore[import-untyped]  # it ships no types

from bot.chat.language import as_text
from bot.chat.rendering.costs import parts_cost
from bot.chat.rendering.limits import Limits, cost, costs
from bot.chat.rendering.markdown import (
    Bold,
    Code,
    Fence,
    Italic,
    Item,
    Line,
    Link,
    Node,
    Quote,
    Span,
    Strike,
    Words,
    parse_parts,
)
from bot.chat.sentences import ChannelName, Part, PersonName, Plain, RoleName, WebLink
from bot.chat.values import replace

__all__ = ["cut_parts", "shorten"]

_Mark = type[Bold] | type[Italic] | type[Strike]

_MARKS: dict[_Mark, str] = {Bold: "**", Italic: "_", Strike: "~~"}
_PREFIXES: dict[type[Node], str] = {Item: "- ", Quote: "> ", Line: "", Fence: "```\n\n```"}

_PARAGRAPH, _LINE, _SENTENCE, _WORD, _NOWHERE = 4, 3, 2, 1, 0
"""Grades of a cut after a unit; the largest is the best."""

_SENTENCE_END = regex.compile(r"[\p{Sentence_Terminal}…][)\]}\"'»”’]*$")
_PAUSE = regex.compile(r"[\p{Terminal_Punctuation}--\p{ASCII}]", regex.V1)
"""Punctuation of scripts that put no space after it."""

_MARKS_ROOM = 64
"""Cost that the marks around a word may have: three pairs and a code's, escaped, and its line's prefix."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """A piece that is not cut any further, usually a word and the space after it.

    `line` numbers the node it is in; `opens` says that it is the first one there.
    """

    span: Span
    marks: tuple[_Mark, ...]
    line: int
    kind: type[Node]
    opens: bool
    cost: int
    breath: int


def shorten(words: str, most: int | None, limits: Limits) -> str:
    """Cut the words to `most`: whole where they fit, else ending in "…"; blank words become "…"."""
    flat = " ".join(words.split())
    if flat and (most is None or cost(words, limits) <= most):
        return words
    if most is None or (flat and cost(flat, limits) <= most):
        return flat or "…"
    ends = [0, *(match.end() for match in regex.finditer(r"\X", flat))]
    running = costs(flat, limits)
    fitting = [end for end in ends if running[end] < most]
    cut = fitting[-1] if fitting else 0
    space = flat.rfind(" ", 0, cut)
    # A word is worth keeping whole unless that throws away more than a third.
    return flat[: space if space * 3 > cut * 2 else cut].rstrip() + "…"


def cut_parts(parts: Sequence[Part], first: int, rest: int, limits: Limits) -> list[tuple[Part, ...]]:
    """Cut the parts in pieces: one of at most `first`, then as many as needed of at most `rest`.

    The first piece is empty when nothing fits there. Lengths are those of `parts_cost`. White space
    and blank lines at a cut are left out.
    """
    nodes = parse_parts(parts)
    # What is cut in two begins the second half with its prefix again.
    again = max(cost(_PREFIXES[type(node)], limits) for node in nodes)
    most = max(rest - again, 1)
    groups = _fill(list(_units(nodes, most, limits)), first - again, most)
    pieces = [_piece(group) for group in groups]
    return [piece for number, piece in enumerate(pieces) if piece or number == 0]


# --- Taking apart ---------------------------------------------------------------------------------


def _units(nodes: Iterable[Node], most: int, limits: Limits) -> Iterator[_Unit]:
    number = 0
    for node in nodes:
        line: list[_Unit] = []
        opening = True
        for span, marks in _leaves(node, most, limits):
            for token in _tokens(span, most, limits):
                breaks = token == "\n"  # noqa: S105 - a line break, no secret
                if breaks and not isinstance(node, Fence):
                    yield from _ended(line, number, _kind(node, opening=opening), limits)
                    line, opening, number = [], False, number + 1
                else:
                    line.append(_unit(token, span, marks, number, _kind(node, opening=opening), limits))
        yield from _ended(line, number, _kind(node, opening=opening), limits)
        number += 1


def _kind(node: Node, *, opening: bool) -> type[Node]:
    """Return what a line of the node is: after a line break within it an Item has no second dash."""
    return Line if isinstance(node, Item) and not opening else type(node)


def _leaves(node: Node, most: int, limits: Limits) -> Iterator[tuple[Span, tuple[_Mark, ...]]]:
    if isinstance(node, Fence):
        yield Plain(node.text), ()
        return
    for span in node.children:
        yield from _flat(span, (), most, limits)


def _flat(
    span: Span, marks: tuple[_Mark, ...], most: int, limits: Limits
) -> Iterator[tuple[Span, tuple[_Mark, ...]]]:
    match span:
        case Bold(children) | Italic(children) | Strike(children):
            for child in children:
                yield from _flat(child, (*marks, type(span)), most, limits)
        case Link(children, url) if _span_cost(span, marks, limits) > most:
            for child in children:
                yield from _flat(child, marks, most, limits)
            yield Plain(f" ({url})"), marks
        case PersonName() | ChannelName() | RoleName() | WebLink() if _span_cost(span, marks, limits) > most:
            address = f" ({span.url})" if isinstance(span, WebLink) and span.label else ""
            yield Plain(as_text((span,)) + address), marks
        case _:
            yield span, marks


def _tokens(span: Span, most: int, limits: Limits) -> Iterator[str]:
    """Return the words of a span, each with the space after it; a line break is a token, "" a whole span."""
    match span:
        case Words(text) | Code(text) | Plain(text):
            for word in _words(text):
                yield from _slices(word, most, limits)
        case _:
            yield ""


def _words(text: str) -> Iterator[str]:
    start = 0
    after_space = False
    for match in regex.finditer(r"\X", text):
        cluster = match.group()
        breaks = cluster in {"\n", "\r\n"}
        if start < match.start() and (breaks or (after_space and not cluster.isspace())):
            yield text[start : match.start()]
            start = match.start()
        if breaks or _PAUSE.match(cluster):
            yield "\n" if breaks else text[start : match.end()]
            start = match.end()
        after_space = cluster.isspace()
    if start < len(text):
        yield text[start:]


def _slices(word: str, most: int, limits: Limits) -> Iterator[str]:
    """Cut a word longer than a piece in slices, between grapheme clusters, or inside an oversized one."""
    # A unit pays for its marks too, at most three pairs and a code's; room is left for them.
    most = max(most - _MARKS_ROOM, 1)
    if cost(word, limits) <= most:
        yield word
        return
    running = costs(word, limits)
    ends = [match.end() for match in regex.finditer(r"\X", word)]
    start = 0
    while start < len(word):
        fitting = [end for end in ends if end > start and running[end] - running[start] <= most]
        if not fitting:
            fitting = [
                end for end in range(start + 1, len(word) + 1) if running[end] - running[start] <= most
            ]
        end = fitting[-1] if fitting else start + 1
        yield word[start:end]
        start = end
        ends = [end for end in ends if end > start]


def _unit(
    token: str, span: Span, marks: tuple[_Mark, ...], line: int, kind: type[Node], limits: Limits
) -> _Unit:
    match span:
        case Words() | Plain() | Code():
            piece: Span = replace(span, text=token)
        case _:
            piece = span
    price = _span_cost(piece, marks, limits)
    return _Unit(piece, marks, line, kind, opens=False, cost=price, breath=_breath(token))


def _breath(token: str) -> int:
    if token.endswith("\n"):
        return _LINE
    if token and (token[-1].isspace() or _PAUSE.match(token[-1])):
        return _SENTENCE if _SENTENCE_END.search(token.rstrip()) else _WORD
    return _NOWHERE


def _ended(line: list[_Unit], number: int, kind: type[Node], limits: Limits) -> Iterator[_Unit]:
    """Return the units of a whole line: the first pays for the line break and the prefix."""
    blank = not line
    units = line or [_Unit(Words(""), (), number, kind, opens=True, cost=0, breath=_LINE)]
    opening = cost("\n" + _PREFIXES[kind], limits)
    units[0] = replace(units[0], opens=True, cost=units[0].cost + opening)
    units[-1] = replace(units[-1], breath=_PARAGRAPH if blank else _LINE)
    yield from units


def _span_cost(span: Span, marks: tuple[_Mark, ...], limits: Limits) -> int:
    around = sum(2 * cost(_MARKS[mark], limits) for mark in marks)
    return around + parts_cost(_written((span,), literal=False), limits)


# --- Choosing where to cut ------------------------------------------------------------------------


def _fill(units: list[_Unit], first: int, rest: int) -> list[list[_Unit]]:
    groups: list[list[_Unit]] = []
    start, most = 0, first
    while start < len(units):
        end, used = start, 0
        while end < len(units) and used + units[end].cost <= most:
            used += units[end].cost
            end += 1
        if end == start and groups:
            end += 1
        elif end < len(units):
            end = _best_cut(units, start, end, most)
        groups.append(units[start:end])
        start, most = end, rest
    return groups


def _best_cut(units: list[_Unit], start: int, end: int, most: int) -> int:
    """Return where to cut units[start:end]: at the best breath in its second half, else at the last word."""
    used = sum(unit.cost for unit in units[start:end])
    last: dict[int, int] = {}
    for cut in range(end, start, -1):
        breath = units[cut - 1].breath
        if breath == _WORD or used * 2 >= most:
            last.setdefault(breath, cut)
        if breath > _WORD:
            last.setdefault(_WORD, cut)
        used -= units[cut - 1].cost
    return next((last[breath] for breath in (_PARAGRAPH, _LINE, _SENTENCE, _WORD) if breath in last), end)


# --- Putting together -----------------------------------------------------------------------------


def _piece(units: list[_Unit]) -> tuple[Part, ...]:
    """Return the units as parts again, which read as what they were."""
    nodes = [_node(list(group)) for _, group in groupby(units, lambda unit: unit.line)]
    while nodes and _is_blank(nodes[-1]):
        nodes.pop()
    while nodes and _is_blank(nodes[0]):
        nodes.pop(0)
    parts = _write(nodes, literal=False)
    # Words torn from their surroundings may look like marks ("a - b" cut before its dash).
    return parts if parse_parts(parts) == tuple(nodes) else _write(nodes, literal=True)


def _node(units: list[_Unit]) -> Node:
    kind, opens = units[0].kind, units[0].opens
    if kind is Fence:
        return Fence("".join(_text(unit.span) for unit in units).strip("\n"))
    # A cut leaves the space before it, and what follows it begins with a word.
    spans = _nested(_trimmed(units), 0)
    if kind is Quote:
        return Quote(spans)
    return Item(spans) if kind is Item and opens else Line(spans)


def _is_blank(node: Node) -> bool:
    return not (node.text.strip() if isinstance(node, Fence) else node.children or isinstance(node, Item))


def _trimmed(units: list[_Unit]) -> list[_Unit]:
    kept = list(units)
    while kept and (trimmed := _stripped(kept[-1].span)) != kept[-1].span:
        if _text(trimmed):
            kept[-1] = replace(kept[-1], span=trimmed)
            break
        kept.pop()
    return [unit for unit in kept if not isinstance(unit.span, Words | Plain | Code) or unit.span.text]


def _stripped(span: Span) -> Span:
    match span:
        case Words(text) | Plain(text) | Code(text):
            return replace(span, text=text.rstrip())
        case _:
            return span


def _text(span: Span) -> str:
    return span.text if isinstance(span, Words | Plain | Code) else ""


def _nested(units: list[_Unit], depth: int) -> tuple[Span, ...]:
    """Return the spans of units side by side: marks around them again, words of one kind joined."""
    spans: list[Span] = []
    for mark, group in groupby(units, lambda unit: unit.marks[depth] if len(unit.marks) > depth else None):
        if mark is not None:
            spans.append(mark(_nested(list(group), depth + 1)))
            continue
        for unit in group:
            last = spans[-1] if spans else None
            if isinstance(unit.span, Words | Plain | Code) and type(last) is type(unit.span):
                spans[-1] = replace(unit.span, text=_text(spans[-1]) + unit.span.text)
            else:
                spans.append(unit.span)
    return tuple(spans)


def _write(nodes: Sequence[Node], *, literal: bool) -> tuple[Part, ...]:
    """Return the parts that a parser reads as these nodes.

    `literal`: words that might be marks go in as Plain.
    """
    parts: list[Part] = []
    for number, node in enumerate(nodes):
        line: list[Part] = ["\n"] if number else []
        if isinstance(node, Fence):
            line += ["```\n", Plain(node.text), "\n```"]
        else:
            line += [_PREFIXES[type(node)], *_written(node.children, literal=literal)]
        parts += line
    return _joined(parts)


def _written(spans: Iterable[Span], *, literal: bool) -> list[Part]:
    parts: list[Part] = []
    for span in spans:
        match span:
            case Words(text):
                parts.append(Plain(text) if literal else text)
            case Code(text):
                parts += ["`", Plain(text), "`"]
            case Link(children, url):
                parts += ["[", *_written(children, literal=literal), f"]({url})"]
            case Bold(children) | Italic(children) | Strike(children):
                mark = _MARKS[type(span)]
                parts += [mark, *_written(children, literal=literal), mark]
            case _:
                parts.append(span)
    return parts


def _joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, str) and isinstance(last, str):
            joined[-1] = last + part
        elif part:
            joined.append(part)
    return tuple(joined)

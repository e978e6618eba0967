"""Words as Slack draws them: rich text, in which nothing that people wrote is ever parsed.

In mrkdwn the marks `*_~` have no escape (docs.slack.dev/messaging/formatting-message-text); a rich text
element shows its text as it stands. Small print knows only mrkdwn, so there such marks are parted from their
words by an invisible character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from bot.chat.content import Moment, Part, Plain, show_moment
from bot.chat.markdown import (
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

__all__ = ["Element", "Naming", "as_named", "escape", "rich_text", "small_print"]

Element = dict[str, Any]

Naming = Callable[[str], str]
"""What a line of code is called in this workspace: `/apply` may be `/uni-apply`."""

_STYLES: Final[dict[type[Span], str]] = {Bold: "bold", Italic: "italic", Strike: "strike"}
_DATES: Final = {"full": "{date_long} {time}", "day": "{date_long}", "time": "{time}"}
_MARKS: Final = {Bold: "*", Italic: "_", Strike: "~"}
_QUOTES: Final = re.compile(r"^>", re.MULTILINE)
_PARTED: Final = "\u2060"
"""WORD JOINER: takes no room, and keeps a mark from standing at the edge of a word."""


def as_named(line: str) -> str:
    """Commands as the bot calls them itself."""
    return line


def escape(words: str) -> str:
    """Words that cannot ping or link in mrkdwn: the three characters Slack asks to escape."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich_text(parts: Sequence[Part], named: Naming = as_named) -> Element:
    """A rich_text block of these parts."""
    nodes = parse_parts(parts)
    elements: list[Element] = []
    for kind, run in groupby(nodes, key=type):
        elements += _GROUPS[kind](list(run), named)
    return {"type": "rich_text", "elements": elements or [_section([])]}


def _section(elements: Sequence[Element]) -> Element:
    return {"type": "rich_text_section", "elements": list(elements)}


def _lines(nodes: Sequence[Any], named: Naming) -> list[Element]:
    joined: list[Element] = []
    for number, node in enumerate(nodes):
        if number:
            joined.append(_text("\n"))
        joined += _spans(node.children, {}, named)
    return [_section(joined)] if joined else []


def _list(nodes: Sequence[Any], named: Naming) -> list[Element]:
    items = [_section(_spans(node.children, {}, named)) for node in nodes]
    return [{"type": "rich_text_list", "style": "bullet", "elements": items}]


def _quote(nodes: Sequence[Any], named: Naming) -> list[Element]:
    return [{"type": "rich_text_quote", "elements": section["elements"]} for section in _lines(nodes, named)]


def _fences(nodes: Sequence[Any], _named: Naming) -> list[Element]:
    return [{"type": "rich_text_preformatted", "elements": [_text(node.text)]} for node in nodes if node.text]


_GROUPS: Final[dict[type[Node], Callable[[Sequence[Any], Naming], list[Element]]]] = {
    Line: _lines,
    Item: _list,
    Quote: _quote,
    Fence: _fences,
}


def _text(words: str, style: dict[str, bool] | None = None) -> Element:
    element: Element = {"type": "text", "text": words}
    return {**element, "style": dict(style)} if style else element


def _spans(spans: Iterable[Span], style: dict[str, bool], named: Naming) -> list[Element]:
    elements: list[Element] = []
    for span in spans:
        match span:
            case Words(words) | Plain(words):
                if words:
                    elements.append(_text(words, style))
            case Code(words):
                elements.append(_text(named(words), {**style, "code": True}))
            case Moment():
                elements.append(_date(span, style))
            case Link(children, url):
                label = "".join(element.get("text", "") for element in _spans(children, {}, named))
                elements.append({"type": "link", "url": url, "text": label} | _styled(style))
            case Bold(children) | Italic(children) | Strike(children):
                elements += _spans(children, {**style, _STYLES[type(span)]: True}, named)
    return elements


def _styled(style: dict[str, bool]) -> Element:
    return {"style": dict(style)} if style else {}


def _date(moment: Moment, style: dict[str, bool]) -> Element:
    """An instant that every reader sees in their own zone."""
    return {
        "type": "date",
        "timestamp": int(moment.at.timestamp()),
        "format": _DATES[moment.style],
        "fallback": show_moment(moment),
    } | _styled(style)


def small_print(parts: Sequence[Part], named: Naming = as_named) -> Element:
    """A context block of these parts."""
    words = "\n".join(_small_node(node, named) for node in parse_parts(parts))
    # Verbatim: nothing becomes a link or a mention that is not written as one.
    element = {"type": "mrkdwn", "text": words or " ", "verbatim": True}
    return {"type": "context", "elements": [element]}


def _small_node(node: Node, named: Naming) -> str:
    match node:
        case Fence(words):
            return _parted(words)
        case Item(children):
            return "• " + _small(children, named)
        case Quote(children):
            return "> " + _small(children, named)
        case Line(children):
            return _small(children, named)


def _small(spans: Iterable[Span], named: Naming) -> str:
    words = ""
    for span in spans:
        match span:
            case Words(bare) | Plain(bare):
                words += _parted(bare)
            case Code(code):
                words += f"`{escape(named(code)).replace('`', _PARTED)}`"
            case Moment():
                words += _small_date(span)
            case Link(children, url):
                words += f"<{_target(url)}|{_small(children, named)}>"
            case Bold(children) | Italic(children) | Strike(children):
                mark = _MARKS[type(span)]
                words += f"{mark}{_small(children, named)}{mark}"
    return words


def _parted(words: str) -> str:
    for mark in "*_~`:":
        words = words.replace(mark, f"{_PARTED}{mark}")
    # One at the start of a line would quote it, escaped or not.
    return escape(_QUOTES.sub(f"{_PARTED}>", words))


def _target(url: str) -> str:
    """An address within `<…|…>`, which it cannot leave."""
    return escape(url).replace("|", "%7C")


def _small_date(moment: Moment) -> str:
    shown = escape(show_moment(moment)).replace("|", "/")
    return f"<!date^{int(moment.at.timestamp())}^{_DATES[moment.style]}|{shown}>"

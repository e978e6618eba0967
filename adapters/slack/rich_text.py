"""Words as Slack shows them: rich text, in which nothing that people wrote is ever parsed.

In mrkdwn the marks `*_~` have no escape (docs.slack.dev/messaging/formatting-message-text); a rich text
element shows its text unchanged. Small print knows only mrkdwn: where words hold such marks, rich text
takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from bot.chat.events import Place, parse_destination
from bot.chat.language import as_text
from bot.chat.rendering.directions import balanced
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
    day_spans,
    is_web_address,
    parse_parts,
)
from bot.chat.rendering.named import Named, name_elsewhere, platform_of
from bot.chat.sentences import (
    ChannelName,
    Moment,
    Part,
    PersonName,
    Plain,
    RoleName,
    ShownDay,
    WebLink,
    show_moment,
)

__all__ = ["Element", "Naming", "RenderOptions", "as_named", "escape", "rich_text", "small_print"]

Element = dict[str, Any]

Naming = Callable[[str], str]
"""A function from a line of code to its name in this workspace: `/apply` may be `/uni-apply`."""

_STYLES: Final[dict[type[Span], str]] = {Bold: "bold", Italic: "italic", Strike: "strike"}
_DATES: Final = {
    "full": "{date_long} {time}",
    "day": "{date_long}",
    "time": "{time}",
    "clock": "{time}",
    "date_clock": "{date_long} {time}",
}
_MARKS: Final = {Bold: "*", Italic: "_", Strike: "~"}
_FORMATS: Final = re.compile(r"[*_~`]|^>|:[^\s:]+:", re.MULTILINE)
"""Text that mrkdwn would turn into a format, a quotation or an emoji, and that has no escape."""


def as_named(line: str) -> str:
    """Return a command as the bot itself names it."""
    return line


def _nowhere(_to: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """The presentation in a workspace: its id, the names of commands, and the address of a message or place.

    Channels are marked in their own workspace only: elsewhere Slack would show their ids.
    """

    named: Naming = as_named
    address: Callable[[str], str] = _nowhere
    space: str = ""


_ANYWHERE: Final = RenderOptions()


def escape(words: str) -> str:
    """Return words that cannot ping or link in mrkdwn: the three characters Slack asks for are escaped."""
    return balanced(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def rich_text(parts: Sequence[Part], look: RenderOptions = _ANYWHERE) -> Element:
    """Return a rich_text block of these parts."""
    nodes = parse_parts(parts)
    elements: list[Element] = []
    for kind, run in groupby(nodes, key=type):
        elements += _GROUPS[kind](list(run), look)
    return {"type": "rich_text", "elements": elements or [_section([])]}


def _section(elements: Sequence[Element]) -> Element:
    return {"type": "rich_text_section", "elements": list(elements)}


def _lines(nodes: Sequence[Any], look: RenderOptions) -> list[Element]:
    joined: list[Element] = []
    for number, node in enumerate(nodes):
        if number:
            joined.append(_text("\n"))
        joined += _spans(node.children, {}, look)
    return [_section(joined)] if joined else []


def _list(nodes: Sequence[Any], look: RenderOptions) -> list[Element]:
    items = [_section(_spans(node.children, {}, look)) for node in nodes]
    return [{"type": "rich_text_list", "style": "bullet", "elements": items}]


def _quote(nodes: Sequence[Any], look: RenderOptions) -> list[Element]:
    return [{"type": "rich_text_quote", "elements": section["elements"]} for section in _lines(nodes, look)]


def _fences(nodes: Sequence[Any], _look: RenderOptions) -> list[Element]:
    return [{"type": "rich_text_preformatted", "elements": [_text(node.text)]} for node in nodes if node.text]


_GROUPS: Final[dict[type[Node], Callable[[Sequence[Any], RenderOptions], list[Element]]]] = {
    Line: _lines,
    Item: _list,
    Quote: _quote,
    Fence: _fences,
}


def _text(words: str, style: dict[str, bool] | None = None) -> Element:
    element: Element = {"type": "text", "text": balanced(words)}
    return {**element, "style": dict(style)} if style else element


def _spans(spans: Iterable[Span], style: dict[str, bool], look: RenderOptions) -> list[Element]:
    elements: list[Element] = []
    for span in spans:
        match span:
            case Words(words) | Plain(words):
                elements.append(_text(words, style))
            case PersonName() | ChannelName() | RoleName() | WebLink():
                elements.append(_named(span, look) | _styled(style))
            case Code(words):
                elements.append(_text(look.named(words), {**style, "code": True}))
            case Moment():
                elements.append(_date(span, style))
            case ShownDay():
                elements += _spans(day_spans(span), style, look)
            case Link(children, url):
                label = "".join(element.get("text", "") for element in _spans(children, {}, look))
                elements.append({"type": "link", "url": url, "text": label} | _styled(style))
            case Bold(children) | Italic(children) | Strike(children):
                elements += _spans(children, {**style, _STYLES[type(span)]: True}, look)
    return [element for element in elements if element["type"] != "text" or element["text"]]


def _named(value: Named, look: RenderOptions) -> Element:
    """Return Slack's own mark of a person, a channel or an address; elsewhere they are their names."""
    match value:
        case PersonName(account=account) if account.startswith("slack/@"):
            return {"type": "user", "user_id": account.partition(".")[2]}
        case ChannelName(place) if channel := _channel_here(place, look):
            return {"type": "channel", "channel_id": channel}
        case WebLink(url, label) if is_web_address(url):
            return {"type": "link", "url": url, "text": balanced(label or url)}
        case ChannelName() if platform_of(value) == "slack":
            return _text(as_text((value,)))
        case _:
            return _text(name_elsewhere(value))


def _channel_here(place: str, look: RenderOptions) -> str:
    """Return the id of a channel of this workspace; "" of any other place."""
    with suppress(ValueError):
        channel = parse_destination(place)
        if isinstance(channel, Place) and (channel.platform, channel.space) == ("slack", look.space):
            return channel.id
    return ""


def _styled(style: dict[str, bool]) -> Element:
    return {"style": dict(style)} if style else {}


def _date(moment: Moment, style: dict[str, bool]) -> Element:
    """Return an instant that every reader sees in their own zone."""
    return {
        "type": "date",
        "timestamp": int(moment.at.timestamp()),
        "format": _DATES[moment.style],
        "fallback": show_moment(moment),
    } | _styled(style)


def small_print(parts: Sequence[Part], look: RenderOptions = _ANYWHERE) -> Element:
    """Return a context block of these parts; words that mrkdwn would format become rich text instead."""
    nodes = parse_parts(parts)
    lines = [_small_node(node, look) for node in nodes]
    if None in lines:
        return rich_text(parts, look)
    words = "\n".join(line for line in lines if line is not None)
    # Verbatim: nothing becomes a link or a mention unless it is written as such.
    element = {"type": "mrkdwn", "text": words or " ", "verbatim": True}
    return {"type": "context", "elements": [element]}


def _small_node(node: Node, look: RenderOptions) -> str | None:
    match node:
        case Fence():
            return None
        case Item(children):
            return _before("• ", _small(children, look))
        case Quote(children):
            return _before("> ", _small(children, look))
        case Line(children):
            return _small(children, look)


def _before(mark: str, words: str | None) -> str | None:
    return None if words is None else mark + words


def _small(spans: Iterable[Span], look: RenderOptions) -> str | None:
    """Return the spans in mrkdwn; None where it cannot express them."""
    words = [_small_span(span, look) for span in spans]
    return None if None in words else "".join(filter(None, words))


def _small_span(span: Span, look: RenderOptions) -> str | None:
    match span:
        case Words(bare) | Plain(bare):
            return None if _FORMATS.search(bare) else escape(bare)
        case PersonName() | ChannelName() | RoleName() | WebLink():
            return _small_named(span, look)
        case Code(code):
            return None if "`" in code else f"`{escape(look.named(code))}`"
        case Moment():
            return _small_date(span)
        case ShownDay():
            return _small(day_spans(span), look)
        case Link(children, url):
            label = _small(children, look)
            return None if label is None else f"<{_target(url)}|{label}>"
        case Bold(children) | Italic(children) | Strike(children):
            mark, inner = _MARKS[type(span)], _small(children, look)
            return None if inner is None else f"{mark}{inner}{mark}"


def _small_named(value: Named, look: RenderOptions) -> str | None:
    drawn = _named(value, look)
    match drawn["type"]:
        case "user":
            return f"<@{drawn['user_id']}>"
        case "channel":
            return f"<#{drawn['channel_id']}>"
        case "link":
            return f"<{_target(drawn['url'])}|{escape(drawn['text']).replace('|', '/')}>"
        case _:
            return None if _FORMATS.search(drawn["text"]) else escape(drawn["text"])


def _target(url: str) -> str:
    """Return an address within `<…|…>`, which it cannot leave."""
    return escape(url).replace("|", "%7C")


def _small_date(moment: Moment) -> str:
    shown = escape(show_moment(moment)).replace("|", "/")
    return f"<!date^{int(moment.at.timestamp())}^{_DATES[moment.style]}|{shown}>"

"""Words as Discord shows them: markdown in which nothing that people wrote pings, links or formats.

A backslash keeps any punctuation from being a mark, that of a link or of a mention as well. Only @everyone
and @here have no such mark: their at sign is parted from the word by an invisible character
(docs.discord.com/developers/reference). An e-mail address has none, so that it can be copied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

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
from bot.chat.sentences import ChannelName, Moment, Part, PersonName, Plain, RoleName, ShownDay, WebLink

__all__ = ["escape", "markdown"]

_SPECIAL: Final = re.compile(r"([\\*_~`|<>#\-+.:()\[\]])")
_CALL: Final = re.compile(
    r"(?<![\w.+-])@(?=everyone|here)"  # with nothing before it, it is part of no e-mail address
    r"|@(?=(?:everyone|here)(?![\w.-]*\.\w))"
)
"""The at sign of @everyone or @here, which call all readers of a place."""

_PARTED: Final = "\u200b"
"""ZERO WIDTH SPACE: it has no width."""

_MARKS: Final[dict[type[Span], str]] = {Bold: "**", Italic: "*", Strike: "~~"}
_MOMENTS: Final = {"full": "F", "day": "D", "time": "t", "clock": "t", "date_clock": "F"}


def escape(words: str) -> str:
    """Return words so that Discord shows them as they are."""
    return _SPECIAL.sub(r"\\\1", _CALL.sub(f"@{_PARTED}", balanced(words)))


def markdown(parts: Sequence[Part], before: str = "", *, space: str = "") -> str:
    """Return these parts in Discord's markdown; `before` begins each line ("-# ").

    `space` is the server in which they are read, "" in a DM: Discord shows roles in their own server only.
    """
    words = "\n".join(_node(node, space) for node in parse_parts(parts)).strip("\n")
    return before + words.replace("\n", f"\n{before}")


def _node(node: Node, space: str) -> str:
    match node:
        case Fence(words):
            return f"```\n{balanced(words).replace('`', '`' + _PARTED)}\n```"
        case Item(children):
            return "- " + _spans(children, space)
        case Quote(children):
            return "> " + _spans(children, space).replace("\n", "\n> ")
        case Line(children):
            return _spans(children, space)


def _spans(spans: Iterable[Span], space: str) -> str:
    words = ""
    for span in spans:
        match span:
            case Words(bare) | Plain(bare):
                words += escape(bare)
            case PersonName() | ChannelName() | RoleName() | WebLink():
                words += _named(span, space)
            case Code(code):
                words += f"`{balanced(code).replace('`', _PARTED)}`"
            case Moment():
                words += f"<t:{int(span.at.timestamp())}:{_MOMENTS[span.style]}>"
            case ShownDay():
                words += _spans(day_spans(span), space)
            case Link(children, url):
                words += f"[{_spans(children, space)}](<{url}>)"
            case Bold(children) | Italic(children) | Strike(children):
                mark = _MARKS[type(span)]
                words += f"{mark}{_spans(children, space)}{mark}"
    return words


def _named(value: Named, space: str) -> str:
    """Return Discord's own mark of a person, a channel, a role or an address; elsewhere they are their names.

    The name is always there; a mention follows it, which does not ping, as a message allows none.
    """
    match value:
        case PersonName(name=name, account=account) if account.startswith("discord/@"):
            return f"{escape(name)} (<@{account.removeprefix('discord/@')}>)"
        case ChannelName(place) if channel := _channel(place):
            return f"<#{channel}>"
        case RoleName(home, role) if space and home == f"discord:{space}":
            return f"<@&{role}>"
        case WebLink(url, label) if is_web_address(url):
            return f"[{escape(label)}](<{url}>)" if label else f"<{url}>"
        case ChannelName() | RoleName() if platform_of(value) == "discord":
            return escape(as_text((value,)))
        case _:
            return escape(name_elsewhere(value))


def _channel(place: str) -> str:
    """Return the id of a channel of Discord's; "" of any other place."""
    with suppress(ValueError):
        channel = parse_destination(place)
        if isinstance(channel, Place) and channel.platform == "discord":
            return channel.id
    return ""

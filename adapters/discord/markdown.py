"""Words as Discord shows them: markdown in which nothing that people wrote pings, links or formats.

A backslash keeps any punctuation from being a mark, that of a link or of a mention as well; an at sign is
parted from what follows by an invisible character (docs.discord.com/developers/reference).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bot.chat.events import parse_destination
from bot.chat.language import as_text
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
from bot.chat.sentences import ChannelName, Moment, Part, PersonName, Plain, RoleName, ShownDay, WebLink

__all__ = ["escape", "markdown"]

_SPECIAL: Final = re.compile(r"([\\*_~`|<>#\-+.:()\[\]])")
_PARTED: Final = "\u200b"
"""ZERO WIDTH SPACE: it has no width."""

_MARKS: Final[dict[type[Span], str]] = {Bold: "**", Italic: "*", Strike: "~~"}
_MOMENTS: Final = {"full": "F", "day": "D", "time": "t", "clock": "t", "date_clock": "F"}


def escape(words: str) -> str:
    """Return words so that Discord shows them as they are."""
    return _SPECIAL.sub(r"\\\1", words).replace("@", f"@{_PARTED}")


def markdown(parts: Sequence[Part], before: str = "") -> str:
    """Return these parts in Discord's markdown; `before` begins each line ("-# ")."""
    words = "\n".join(_node(node) for node in parse_parts(parts)).strip("\n")
    return before + words.replace("\n", f"\n{before}")


def _node(node: Node) -> str:
    match node:
        case Fence(words):
            return f"```\n{words.replace('`', '`' + _PARTED)}\n```"
        case Item(children):
            return "- " + _spans(children)
        case Quote(children):
            return "> " + _spans(children).replace("\n", "\n> ")
        case Line(children):
            return _spans(children)


def _spans(spans: Iterable[Span]) -> str:
    words = ""
    for span in spans:
        match span:
            case Words(bare) | Plain(bare):
                words += escape(bare)
            case PersonName() | ChannelName() | RoleName() | WebLink():
                words += _named(span)
            case Code(code):
                words += f"`{code.replace('`', _PARTED)}`"
            case Moment():
                words += f"<t:{int(span.at.timestamp())}:{_MOMENTS[span.style]}>"
            case ShownDay():
                words += _spans(day_spans(span))
            case Link(children, url):
                words += f"[{_spans(children)}](<{url}>)"
            case Bold(children) | Italic(children) | Strike(children):
                mark = _MARKS[type(span)]
                words += f"{mark}{_spans(children)}{mark}"
    return words


def _named(value: PersonName | ChannelName | RoleName | WebLink) -> str:
    """Return Discord's own mark of a person, a channel, a role or an address; elsewhere they are their names.

    A mention does not ping, as a message allows none, and the name follows it: it is seen in any client.
    """
    match value:
        case PersonName(name=name, account=account) if account.startswith("discord/@"):
            return f"<@{account.removeprefix('discord/@')}> ({escape(name)})"
        case ChannelName(place) if (channel := parse_destination(place)).platform == "discord":
            return f"<#{channel.id}>"
        case RoleName(space, role) if space.startswith("discord"):
            return f"<@&{role}>"
        case WebLink(url, label) if is_web_address(url):
            return f"[{escape(label)}](<{url}>)" if label else f"<{url}>"
        case _:
            return escape(as_text((value,)))

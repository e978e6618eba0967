"""The most that the parts of a block may come to on a platform, in the unit that it counts by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, assert_never

from bot.chat.language import ENGLISH
from bot.chat.rendering.limits import Limits, cost
from bot.chat.rendering.named import Named, name_elsewhere
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
    show_moment,
)
from bot.chat.values import replace

__all__ = ["parts_cost"]

_AROUND_A_NAME: Final = 6
"""The most that a platform puts around a name and its mark: `[…](<…>)`, `<@…> (…)`."""


def parts_cost(parts: Sequence[Part], limits: Limits) -> int:
    """Return the most that a block's parts may come to when they are rendered."""
    return sum(_part_cost(part, limits) for part in ENGLISH.parts(parts))


def _part_cost(part: Part, limits: Limits) -> int:
    if isinstance(part, str):
        return cost(part, limits)
    if isinstance(part, Plain):
        return cost(part.text, limits)
    if isinstance(part, ShownDay):
        # The longest way to draw its clock, with the words around it.
        clock = _part_cost(replace(part.clock, style="full"), limits) if part.clock else 0
        return cost(f"{show_day(part)} (; {part.aside} )", limits) + clock
    if isinstance(part, Moment):
        return cost(show_moment(part), limits) + limits.moment
    if isinstance(part, Sentence):
        raise TypeError("a sentence is put into words before its length is counted")
    return cost(name_elsewhere(part), limits) + cost(_mark_of(part), limits) + _AROUND_A_NAME


def _mark_of(value: Named) -> str:
    """Return what a platform's own mark for a value is made of, or more."""
    match value:
        case PersonName(account=account):
            return account
        case ChannelName(place=place):
            return place
        case RoleName(id=number):
            return number
        case WebLink(url=url):
            return url
        case _:
            assert_never(value)

"""The most that the parts of a block may come to on a platform, in the unit that it counts by."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.language import ENGLISH, as_text
from bot.chat.rendering.limits import Limits, cost
from bot.chat.sentences import Moment, Part, PersonName, Plain, ShownDay, WebLink, show_day, show_moment
from bot.chat.values import replace

__all__ = ["parts_cost"]


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
    # The longest way to draw one: the name, and the account or address in the platform's marks.
    address = part.url if isinstance(part, WebLink) else part.account if isinstance(part, PersonName) else ""
    return cost(as_text((part,)), limits) + cost(address, limits) + limits.moment

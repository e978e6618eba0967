"""The runtime's knowledge while it runs one turn."""

from __future__ import annotations

from msgspec import Struct

from bot.chat.adapter import Capabilities
from bot.chat.events import Event
from bot.chat.language import ENGLISH, Language
from bot.chat.rendering.limits import Limits
from bot.chat.routes import Routes
from bot.programme.core.turn import Turn

__all__ = ["Context"]


class Context(Struct, frozen=True):
    """One turn with what carries its actions out.

    `event` is None for a timer; `capabilities` and `limits` are those of the event's platform.
    `homes` are the platforms on which people have a home page. `inbox_id` is the row of the event,
    which keeps its answer; 0 where there is none. `language` is the one that the actor reads.
    """

    turn: Turn
    routes: Routes
    event: Event | None
    capabilities: Capabilities
    limits: Limits
    homes: frozenset[str] = frozenset()
    inbox_id: int = 0
    language: Language = ENGLISH

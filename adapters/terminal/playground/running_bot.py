"""The playground's view of the running bot: its clock, and what falls due."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

__all__ = ["Engine"]


class Engine(Protocol):
    """The bot's clock and its pump, as seen from a screen. Instants are aware, UTC."""

    @property
    def can_advance(self) -> bool:
        """Whether the clock can be moved; a clock that follows real time cannot."""
        ...

    def now(self) -> datetime:
        """Return the present instant."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the next event falls due; None when nothing waits."""
        ...

    async def advance(self, to: datetime) -> None:
        """Move the clock forward, serving everything that falls due on the way."""
        ...

    async def settle(self) -> None:
        """Serve and deliver everything that is due now."""
        ...

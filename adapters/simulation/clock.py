"""A virtual clock that can be set wrong and right again, as a machine's can."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import VirtualClock

__all__ = ["SettableClock"]


class SettableClock(VirtualClock):
    """A virtual clock that jumps. Its seconds count on meanwhile, as a machine's monotonic ones do."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self._jumped = timedelta(0)

    def jump(self, by: timedelta) -> None:
        """Set the clock back or forward, without serving what is due on the way."""
        self._now += by
        self._jumped += by

    def monotonic(self) -> float:
        """Return seconds that no jump changes."""
        return (self._now - self._jumped).timestamp()

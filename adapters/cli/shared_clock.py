"""The clock of a process whose database is shared: whatever its machine's says, it goes by the database's."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.clock import WallClock, raised_at

__all__ = ["SharedClock"]

_AGREES: Final = timedelta(milliseconds=100)
"""How far two clocks may be apart and still agree: to follow each answer's delay would set one back."""

_ASKED_EVERY: Final = 5.0
"""Seconds for which a machine's seconds are as good as the shared clock's, at least."""

_OFF: Final = 60.0
"""Seconds by which a machine's time of day differs from the shared clock before an operator should know."""

log = structlog.get_logger(__name__)


class SharedClock(WallClock):
    """A clock that several machines go by.

    It is asked before a pump, every few seconds at most. Between two answers the time is counted in seconds
    that never go back, so that a machine whose time of day is set agrees with the others all the same.
    """

    def __init__(
        self, ask: Callable[[], Awaitable[datetime | None]], *, safety: timedelta = timedelta(seconds=30)
    ) -> None:
        """Take `ask`, which gives the shared clock's instant, or None where there is no such clock."""
        super().__init__(safety=safety)
        self._ask = ask
        self._set: tuple[datetime, float] | None = None
        self._asked = -_ASKED_EVERY

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        if self._set is None:
            return super().now()
        instant, at = self._set
        return instant + timedelta(seconds=_since_boot() - at)

    async def follow(self) -> None:
        """Set this clock by the shared one; while that cannot be asked, it runs on as it is."""
        asked = _since_boot()
        if asked - self._asked < _ASKED_EVERY:
            return
        self._asked = asked
        try:
            instant = await self._ask()
        except Exception as error:  # noqa: BLE001 - a database that is down must not stop the clock
            log.warning("clock.not_followed", error=type(error).__name__, where=raised_at(error))
            return
        if instant is None:
            return
        at = (asked + _since_boot()) / 2
        if self._set is None or abs(self._set[0] - instant + timedelta(seconds=at - self._set[1])) > _AGREES:
            self._set = instant, at
            off = (super().now() - self.now()).total_seconds()
            if abs(off) > _OFF:
                log.warning("clock.differs", machine_ahead_seconds=round(off))


def _since_boot() -> float:
    """Return seconds that never go back, those that the machine slept included where it counts them."""
    counted = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if counted is None else time.clock_gettime(counted)

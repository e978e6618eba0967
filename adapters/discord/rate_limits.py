"""The reading of Discord's response headers: the error of this machine's clock, and the count of refusals.

Discord bans an address, with all bots on it, that is refused (401, 403, 429) ten thousand times in ten
minutes (docs.discord.com/developers/topics/rate-limits); so the adapter stops sending long before that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

import aiohttp

from bot.chat.adapter import Retry

__all__ = ["Traffic"]

_WINDOW: Final = 600.0
"""Seconds for which refusals count."""

_MOST_REFUSED: Final = 5_000
_REFUSALS: Final = frozenset({401, 403, 429})


class Traffic:
    """A watch on a client's requests. `off` is how far this clock is ahead, None before any answer."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        """Take the clocks: `now` gives an aware instant in UTC, `monotonic` seconds that never go back."""
        self._now = now
        self._monotonic = monotonic
        self._refused: deque[float] = deque(maxlen=_MOST_REFUSED)
        self.off: timedelta | None = None

    def trace(self) -> aiohttp.TraceConfig:
        """Return the trace for a client's session, which shows its answers to this watch."""
        made = aiohttp.TraceConfig()
        made.on_request_end.append(self._answered)
        return made

    async def _answered(
        self,
        _session: aiohttp.ClientSession,
        _context: Any,  # noqa: ANN401 - aiohttp's
        told: aiohttp.TraceRequestEndParams,
    ) -> None:
        self.see(told.response.status, told.response.headers)

    def see(self, status: int, headers: Mapping[str, str]) -> None:
        """Note an answer's status and headers."""
        # A shared limit, which others use up as well, does not count against the bot.
        if status in _REFUSALS and headers.get("X-RateLimit-Scope") != "shared":
            self._refused.append(self._monotonic())
        try:
            self.off = self._now() - parsedate_to_datetime(headers.get("Date", ""))
        except (TypeError, ValueError):  # there is no date, or a date without a zone
            return

    def check(self) -> None:
        """Let another request pass.

        Raises:
            Retry: too many were refused lately.
        """
        if len(self._refused) < _MOST_REFUSED:
            return
        free_at = self._refused[0] + _WINDOW
        if free_at > (now := self._monotonic()):
            raise Retry(free_at - now, "too many requests were refused of late")

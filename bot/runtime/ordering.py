"""The order of a person's events: a queue of one, the others waiting by when they spoke, not by arrival."""

from __future__ import annotations

import asyncio
from datetime import datetime
from heapq import heappop, heappush

__all__ = ["Queue"]


class Queue:
    """A gate for one caller at a time. Of those that wait the earliest by the platform's timestamp is next.

    Two connections of one platform may bring two quick messages in the wrong order.
    """

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._arrivals = 0

    async def enter(self, at: datetime) -> None:
        """Wait for the caller's turn; `at` is when it happened. A caller that entered must `leave`."""
        if not self._taken:
            self._taken = True
            return
        turn = asyncio.get_running_loop().create_future()
        self._arrivals += 1
        heappush(self._waiting, (at, self._arrivals, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # called, and gone in the same moment
                self.leave()
            raise

    def leave(self) -> bool:
        """Let the next one in; return whether none waits."""
        while self._waiting:
            _, _, turn = heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return False
        self._taken = False
        return True

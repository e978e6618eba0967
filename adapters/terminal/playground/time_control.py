"""The time of the playground: it passes while people act, and in jumps on request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, Literal

from adapters.terminal.playground.running_bot import Engine

__all__ = ["Jump", "Pace"]

Jump = Literal["hour", "day", "next"]

_STEPS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1)}

_ACT: Final = timedelta(seconds=20)
"""The time of an act where time does not flow: more than the few seconds within which two messages of
one person may be taken for one message."""


class Pace:
    """A control of the engine's clock, which makes one move at a time.

    A clock that can be moved does not run by itself. With `flowing` it is moved along as real
    time passes; without, each act takes a little while, so that the result depends on acts alone.
    """

    def __init__(self, engine: Engine, *, flowing: bool) -> None:
        self._engine = engine
        self._flowing = flowing
        self._one_move = asyncio.Lock()
        self._flowed: float | None = None
        self.jumping = False

    async def flow(self) -> None:
        """Move the clock by the real time that has passed since the last call."""
        if not (self._flowing and self._engine.can_advance):
            return
        async with self._one_move:
            present = asyncio.get_running_loop().time()
            passed = present - (present if self._flowed is None else self._flowed)
            self._flowed = present
            await self._engine.advance(self._engine.now() + timedelta(seconds=passed))

    @asynccontextmanager
    async def act(self) -> AsyncIterator[None]:
        """Let time pass before an act, and deliver the bot's messages after it."""
        await self.flow()
        if self._engine.can_advance and not self._flowing:
            async with self._one_move:
                await self._engine.advance(self._engine.now() + _ACT)
        yield
        await self._engine.settle()

    async def jump(self, jump: Jump) -> datetime | None:
        """Move on by an hour, a day, or to what is due next; return where to, None if nothing is due."""
        async with self._one_move:
            self.jumping = True
            try:
                now = self._engine.now()
                to = await self._engine.next_due() if jump == "next" else now + _STEPS[jump]
                if to is not None:
                    await self._engine.advance(max(to, now))
                return to
            finally:
                self.jumping = False

"""The playground's engine on a virtual clock, used by several at once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, cast

from adapters.cli.playground import FreeEngine
from bot.clock import VirtualClock
from tests.support.stage import MONDAY


class Slow:
    """A pump that serves nothing until it is let go; `served` are the instants it was called at."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.begun = asyncio.Event()
        self.served: list[datetime] = []

    async def __call__(self, now: datetime) -> datetime | None:
        """Serve what is due, which takes its time."""
        self.begun.set()
        await self.go.wait()
        self.served.append(now)
        return None


async def moving(clock: VirtualClock, engine: FreeEngine, pump: Slow) -> asyncio.Task[None]:
    """A move of an hour that is under way and waits for the pump."""
    await clock.start(pump)
    move = asyncio.create_task(engine.advance(MONDAY + timedelta(hours=1)))
    await pump.begun.wait()
    return move


def opened() -> tuple[VirtualClock, FreeEngine, Slow]:
    """An engine on a clock, and the pump; the bot only learns what time the clock shows."""
    clock = VirtualClock(MONDAY)

    class World:
        def keep(self, _name: str, _value: str) -> None:
            """Do nothing: no test asks later."""

    class Bot:
        world = World()

    return clock, FreeEngine(cast("Any", Bot()), clock), Slow()


async def test_what_is_settled_while_time_moves_is_settled_where_it_arrives() -> None:
    """A person who asks for what is due now waits for the move, and is not taken for going back."""
    clock, engine, pump = opened()
    move = await moving(clock, engine, pump)
    settled = asyncio.create_task(engine.settle())
    await asyncio.sleep(0)
    pump.go.set()
    await asyncio.gather(move, settled)
    assert clock.now() == MONDAY + timedelta(hours=1)
    assert pump.served[-1] == MONDAY + timedelta(hours=1)


async def test_a_shorter_way_begun_meanwhile_ends_where_the_longer_did() -> None:
    """Time never goes back, and what is due is served all the same."""
    clock, engine, pump = opened()
    move = await moving(clock, engine, pump)
    shorter = asyncio.create_task(engine.advance(MONDAY + timedelta(seconds=1)))
    await asyncio.sleep(0)
    pump.go.set()
    await asyncio.gather(move, shorter)
    assert clock.now() == MONDAY + timedelta(hours=1)

"""The playground on a running bot: on a virtual clock, or (`stint run`) in real time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.cli.demo_programme import begin, database_in, people_into
from adapters.cli.environment import open_world, prepare
from adapters.cli.running_bot import Bot, open_bot
from adapters.terminal.demo_script import FIRST_DAY
from adapters.terminal.playground import Playground
from adapters.terminal.workspace import Workspace
from bot.clock import VirtualClock
from bot.runtime.runtime import next_due

__all__ = ["FreeEngine", "WallEngine", "play", "playground"]

_CLOCK = "playground.clock"


class FreeEngine:
    """A bot on a virtual clock: time can be moved, and the clock's time outlives the process."""

    can_advance = True

    def __init__(self, bot: Bot, clock: VirtualClock) -> None:
        self._bot = bot
        self._clock = clock

    def now(self) -> datetime:
        """Return the instant of the clock, UTC."""
        return self._clock.now()

    async def next_due(self) -> datetime | None:
        """Return when the next timer or message falls due, UTC."""
        return await self._bot.database.read(next_due)

    async def advance(self, to: datetime) -> None:
        """Move the clock to `to`, serving everything due on the way."""
        long_way = to - self._clock.now() > timedelta(minutes=1)
        # Another action may move the clock while this one waits for its turn: the clock never goes back.
        await self._clock.reach(to)
        if long_way:
            self.keep()

    async def settle(self) -> None:
        """Serve and deliver what is due now."""
        await self._clock.advance_by(timedelta())

    def keep(self) -> None:
        """Save this instant as the beginning of the next process."""
        self._bot.world.keep(_CLOCK, self._clock.now().isoformat())


class WallEngine:
    """A bot in real time: its clock serves what is due by itself."""

    can_advance = False

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def now(self) -> datetime:
        """Return the present instant, UTC."""
        return self._bot.runtime.clock.now()

    async def next_due(self) -> datetime | None:
        """Return when the next timer or message falls due, UTC."""
        return await self._bot.database.read(next_due)

    async def advance(self, to: datetime) -> None:
        """Raise an error: real time cannot be moved.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError(f"real time cannot be moved to {to}")

    async def settle(self) -> None:
        """Deliver what is due now; the clock serves the rest."""
        await self._bot.runtime.deliver()


def playground(folder: Path) -> int:
    """Open the demonstration's playground on the files in `folder`; return the exit code."""
    asyncio.run(_playground(folder))
    return 0


async def _playground(folder: Path) -> None:
    url = database_in(folder)
    prepare(url)
    world = open_world(folder / "world.jsonl")
    begun = bool(world.accounts)
    if not begun:
        people_into(world)
    clock = VirtualClock(_where_it_stood(world))
    async with open_bot(url, world, clock) as bot:
        if not begun:
            await begin(bot, furnished=True)
        engine = FreeEngine(bot, clock)
        await Playground(world, bot.adapter, bot.adapter.commands, engine).run_async()
        engine.keep()
    world.close()


def _where_it_stood(world: Workspace) -> datetime:
    """Return the instant an earlier process left, or that of the last event if it could not save one."""
    kept = world.kept(_CLOCK)
    instants = [FIRST_DAY, *([datetime.fromisoformat(kept)] if kept else [])]
    instants += [entry.at for entry in world.entries[-1:]]
    return max(instants).astimezone(UTC)


async def play(bot: Bot) -> None:
    """Run the chat client on a bot in real time, until it is closed."""
    await Playground(bot.world, bot.adapter, bot.adapter.commands, WallEngine(bot)).run_async()

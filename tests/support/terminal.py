"""A scripted bot behind the terminal adapter: what tests of the terminal act against."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import Response
from bot.chat.events import Event

NOON = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
"""The time that the clock of these tests shows unless it is moved: a Monday."""


@dataclass
class Bot:
    """Answers events by `answer`, through `respond` as the port asks; keeps what it was given."""

    adapter: TerminalAdapter
    answer: Callable[[Event], Response] = field(default=lambda _: Response())
    before: Callable[[], Awaitable[None]] | None = None
    events: list[Event] = field(default_factory=list)

    async def receive(self, event: Event) -> Response:
        """Handle one event."""
        self.events.append(event)
        if self.before:
            await self.before()
        answer = self.answer(event)
        if event.reply:
            await self.adapter.respond(event.reply, answer)
        return answer


def people_and_places(world: Workspace) -> Workspace:
    """Put three people, an open channel and a closed one into a world."""
    world.add_account("ada", "Ada Okafor", "Europe/Berlin")
    world.add_account("ben", "Ben Castillo", "America/New_York")
    world.add_account("cora", "Cora Lindqvist", "Europe/London", frozenset({"manage"}))
    world.add_channel("spring", "spring-26")
    world.add_channel("staff", members=frozenset({"cora"}))
    return world


@asynccontextmanager
async def running(bot: Bot) -> AsyncIterator[Bot]:
    """The bot takes events in until the end of the block."""
    await bot.adapter.open()
    run = asyncio.create_task(bot.adapter.run(bot.receive))
    try:
        yield bot
    finally:
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run
        await bot.adapter.close()


async def caught_up(bot: Bot) -> None:
    """Return once the bot has handled everything that waits now."""
    for event in bot.adapter.world.waiting:
        await bot.adapter.handled(event.id)

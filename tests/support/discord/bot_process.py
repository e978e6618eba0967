"""The bot on our own Discord as a separate process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.programme import ROUTES
from tests.support.bot import Town
from tests.support.bot_process import ALONE, Apart, Beat, Machines, Moved, apart
from tests.support.discord.person import DiscordPerson
from tests.support.discord.server import TOKEN, FakeDiscord, discord_running
from tests.support.discord.stage import People
from tests.support.stillness import HANGS

__all__ = ["DiscordApart", "open_apart"]


@dataclass
class DiscordApart(Apart):
    """The bot, and the Discord around it."""

    fake: FakeDiscord
    people: People


@asynccontextmanager
async def open_apart(folder: Path, machines: Machines = ALONE) -> AsyncIterator[DiscordApart]:
    """`stint run` in a server with PEOPLE; in the end nothing was sent that real Discord refuses."""
    clock = Moved()
    async with discord_running(clock.now) as fake:
        people = People.into(fake)
        settings = {
            "STINT_DISCORD__TOKEN": TOKEN,
            "STINT_DISCORD__API_BASE_URL": fake.api,
            "STINT_DISCORD__GATEWAY_URL": fake.gateway.url,
            "STINT_WEB__PORT": "0",
        }
        async with apart(
            folder,
            clock,
            settings,
            lambda account, beat: DiscordPerson(
                fake, people.users[account], ROUTES.specs, lambda: _answered(fake, beat)
            ),
            Town(people.channel, people.user),
            "Discord: the application Stint",
            machines,
        ) as bot:
            await fake.gateway.back()
            made = bot.clock, bot.engine, bot.processes, bot.act_as, bot.start
            yield DiscordApart(*made, fake, people, traffic=lambda: (len(fake.requests), fake.unanswered))
        assert fake.refused == []


@asynccontextmanager
async def _answered(fake: FakeDiscord, beat: Beat) -> AsyncIterator[None]:
    """An act, until its answer is there: that comes after the turn is committed."""
    known = set(fake.world.interactions)
    async with beat():
        yield
    async with asyncio.timeout(HANGS):
        for name, interaction in list(fake.world.interactions.items()):
            if name not in known:
                await interaction.answered.wait()

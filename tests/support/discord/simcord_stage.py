"""The whole bot on simcord's Discord, with a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import discord
from adapters.discord.adapter import DiscordAdapter
from adapters.discord.options import DiscordOptions
from bot.chat.adapter import Adapter
from bot.chat.events import Place, UserRef
from bot.clock import VirtualClock
from bot.programme import ROUTES
from tests.support.bot import MONDAY, PEOPLE, Life, Town, begin_life, fresh_database, seed_programme
from tests.support.discord.simcord_platform import SimDiscord, SimPerson, in_place
from tests.support.discord.stage import Watch, no_file

__all__ = ["SimStage", "open_sim_stage"]

_WAIT_SECONDS = 5.0
"""Seconds within which the bot has connected, or has answered, or the test fails."""


@dataclass
class SimStage(Life):
    """The bot on Discord. People act through `person`; time passes through `tick`."""

    world: SimDiscord
    users: dict[str, int]
    watch: Watch
    pause: timedelta = timedelta(seconds=20)
    """What passes before each act: longer than the few seconds in which messages are joined."""

    def person(self, account: str) -> SimPerson:
        """A person of PEOPLE."""
        return SimPerson(self.world, str(self.users[account]), ROUTES.specs, self._beat)

    @asynccontextmanager
    async def _beat(self) -> AsyncIterator[None]:
        await self.clock.advance_by(self.pause)
        before = self.watch.done
        yield
        await self.watch.more_than(before)
        async with asyncio.timeout(_WAIT_SECONDS):
            await self.world.answered.wait()
        await self.settle()
        assert not self.world.refused, self.world.refused


def _people_into(world: SimDiscord) -> tuple[Town, dict[str, int]]:
    """Make those of PEOPLE, one server with them, and its channel "spring-26"."""
    backend = world.backend
    users = {
        account: backend.make_user(account, global_name=shown).id for account, (shown, *_) in PEOPLE.items()
    }
    guild = backend.create_guild("Riverside")
    manages = backend.create_role(
        guild.id, "organisers", permissions=discord.Permissions(manage_guild=True).value
    )
    for account, user in users.items():
        coordinates = PEOPLE[account][2] == "coordinator"
        backend.add_member(guild.id, user, roles=[manages.id] if coordinates else [])
    channel = Place("discord", str(guild.id), str(backend.create_channel(guild.id, "spring-26").id))
    world.look()
    return Town(channel, lambda account: UserRef("discord", str(users[account]))), users


@asynccontextmanager
async def open_sim_stage(folder: Path) -> AsyncIterator[SimStage]:
    """A stage with a programme, PEOPLE, and the open cohort "Spring 26" in its channel.

    Nothing may be sent that Discord's description or simcord refuses.
    """
    clock = VirtualClock(MONDAY)
    world = SimDiscord(clock.now)
    town, users = _people_into(world)
    options = DiscordOptions("simcord", application_id=str(world.backend.application_id))
    adapter = DiscordAdapter(options, now=clock.now, monotonic=clock.monotonic, load_file=no_file)
    adapters: dict[str, Adapter] = {"discord": adapter}
    url = fresh_database(folder / "stint.db")
    with in_place(world):
        async with begin_life(url, adapters, clock, ROUTES) as life:
            await life.database.transact(lambda work: seed_programme(work, MONDAY, town, {}))
            await adapter.open()
            await adapter.register(ROUTES.specs)
            watch = Watch(life.runtime.receive)
            run = asyncio.create_task(adapter.run(watch))
            try:
                async with asyncio.timeout(_WAIT_SECONDS):
                    await watch.here.wait()
                yield SimStage(clock, life.database, life.runtime, world, users, watch)
            finally:
                run.cancel()
                with suppress(asyncio.CancelledError):
                    await run
                await adapter.close()
    assert not world.refused, world.refused

"""The whole bot on our own Discord, with a virtual clock: what scenario tests play on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.options import DiscordOptions
from bot.chat.adapter import Adapter, Receive, Response
from bot.chat.answers import FileRef
from bot.chat.events import Event, Place, UserRef
from bot.clock import VirtualClock
from bot.programme import ROUTES
from tests.support.bot import MONDAY, PEOPLE, Life, Town, begin_life, seed_programme, seeded_database
from tests.support.discord.person import DiscordPerson
from tests.support.discord.screen import words_of
from tests.support.discord.server import TOKEN, FakeDiscord, discord_running
from tests.support.discord.state import BOT, MANAGE_GUILD
from tests.support.own_words import foreign_words

__all__ = [
    "DiscordStage",
    "People",
    "Watch",
    "an_adapter",
    "handled",
    "listening",
    "no_file",
    "open_discord_stage",
]

_DEFERRED = {5, 6}
_WAIT_SECONDS = 5.0
"""Seconds within which the bot has handled an event, or the test fails."""


@dataclass
class Watch:
    """Wraps `receive` and knows when the bot has done with an event."""

    receive: Receive
    events: list[Event] = field(default_factory=list)
    running: int = 0
    done: int = 0
    here: asyncio.Event = field(default_factory=asyncio.Event)
    """The bot knows the servers that it is in: what comes later it takes for news."""
    _moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, event: Event) -> Response:
        """Let the bot handle one event, but for those it gets whenever it connects."""
        if event.id.startswith("here:"):
            self.here.set()
            return Response()
        self.events.append(event)
        self.running += 1
        try:
            return await self.receive(event)
        finally:
            self.running -= 1
            self.done += 1
            async with self._moved:
                self._moved.notify_all()

    @property
    def idle(self) -> bool:
        """Whether nothing is being handled."""
        return not self.running

    async def more_than(self, done: int) -> None:
        """Return once more events than this were handled, and none is being handled."""
        async with asyncio.timeout(_WAIT_SECONDS), self._moved:
            await self._moved.wait_for(lambda: self.done > done and not self.running)


@dataclass
class People:
    """Those of PEOPLE in one server with the channel "spring-26", and how to act as them."""

    fake: FakeDiscord
    guild: str
    spring: str
    users: dict[str, str]

    @classmethod
    def into(cls, fake: FakeDiscord, accounts: tuple[str, ...] = tuple(PEOPLE)) -> People:
        """Make the server, its channel and these accounts."""
        guild = fake.world.add_guild("Riverside")
        manages = fake.world.snowflake()
        guild.roles[manages] = MANAGE_GUILD
        users = {}
        for account in accounts:
            user = fake.world.add_user(account, PEOPLE[account][0])
            users[account] = user.id
            guild.members[user.id] = {manages} if PEOPLE[account][2] == "coordinator" else set()
        return cls(fake, guild.id, fake.world.add_channel("spring-26", guild.id).id, users)

    def joins(self, account: str) -> str:
        """A person new comes into the server; their account."""
        user = self.fake.world.add_user(account, account.capitalize())
        self.fake.world.guilds[self.guild].members[user.id] = set()
        self.users[account] = user.id
        return account

    @property
    def channel(self) -> Place:
        """The cohort's channel."""
        return Place("discord", self.guild, self.spring)

    def user(self, account: str) -> UserRef:
        """The reference of an account."""
        return UserRef("discord", self.users[account])


def an_adapter(fake: FakeDiscord) -> DiscordAdapter:
    """Our adapter, pointed at this Discord."""
    options = DiscordOptions(TOKEN, api_base_url=fake.api, gateway_url=fake.gateway.url, application_id=BOT)
    now = fake.world.now
    return DiscordAdapter(options, now=now, monotonic=lambda: now().timestamp(), load_file=no_file)


async def no_file(file: FileRef) -> bytes:
    """What is in a file that the core keeps."""
    return f"%PDF-1.4 {file.name}".encode()


@asynccontextmanager
async def listening(fake: FakeDiscord, adapter: Adapter, receive: Receive) -> AsyncIterator[Watch]:
    """The adapter, opened by the caller, takes events in until the end of the block."""
    watch = Watch(receive)
    at_once = patch("adapters.discord.gateway._SERVERS_ARRIVE", 0.01)
    at_once.start()
    run = asyncio.create_task(adapter.run(watch))
    try:
        async with asyncio.timeout(_WAIT_SECONDS):
            while not fake.gateway.connected:
                if run.done():
                    await run
                await asyncio.sleep(0.002)
            if any(guild.here for guild in fake.world.guilds.values()):
                await watch.here.wait()
        yield watch
    finally:
        at_once.stop()
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run


async def handled(fake: FakeDiscord, watch: Watch, before: int, known: set[str]) -> None:
    """Return once the bot has answered what was done since: interactions by a response, words by a turn."""
    new = [each for id_, each in fake.world.interactions.items() if id_ not in known]
    turn = asyncio.create_task(watch.more_than(before))
    try:
        for interaction in new:
            first = asyncio.create_task(interaction.answered.wait())
            await asyncio.wait({first, turn}, return_when=asyncio.FIRST_COMPLETED, timeout=_WAIT_SECONDS)
            if interaction.answer in _DEFERRED or not watch.idle:
                await turn
            first.cancel()
        if not new:
            await turn
    finally:
        turn.cancel()


@dataclass
class DiscordStage(Life):
    """The bot on Discord. People act through `person`; time passes through `tick`."""

    fake: FakeDiscord
    people: People
    adapter: DiscordAdapter
    watch: Watch
    listens: AsyncExitStack
    pause: timedelta = timedelta(seconds=20)
    """What passes before each act: longer than the few seconds in which messages are joined."""

    async def restart(self) -> None:
        """The process ends, and another one begins."""
        await self.listens.aclose()
        await self.adapter.close()
        self.adapter = an_adapter(self.fake)
        await self.adapter.open()
        self.runtime.adapters["discord"] = self.adapter  # type: ignore[index]  # the dict of this stage
        listening_again = listening(self.fake, self.adapter, self.runtime.receive)
        self.watch = await self.listens.enter_async_context(listening_again)

    def shut_dms(self, account: str, *, shut: bool = True) -> None:
        """Let a person's direct messages be closed to the bot, or open again."""
        self.fake.world.users[self.people.users[account]].shuts_dms = shut

    def person(self, account: str) -> DiscordPerson:
        """A person of PEOPLE."""
        return DiscordPerson(self.fake, self.people.users[account], ROUTES.specs, self._beat)

    @asynccontextmanager
    async def _beat(self) -> AsyncIterator[None]:
        await self.clock.advance_by(self.pause)
        before, known = self.watch.done, set(self.fake.world.interactions)
        yield
        await handled(self.fake, self.watch, before, known)
        await self.settle()


@asynccontextmanager
async def open_discord_stage(
    folder: Path, programme: dict[str, Any] | None = None, url: str = ""
) -> AsyncIterator[DiscordStage]:
    """A stage with a programme, PEOPLE, and the open cohort "Spring 26" in its channel.

    `url` names an empty database of today's schema in the place of a new file.
    In the end nothing may have been sent that real Discord refuses.
    """
    clock = VirtualClock(MONDAY)
    async with discord_running(clock.now) as fake:
        people = People.into(fake)
        adapter = an_adapter(fake)
        adapters: dict[str, Adapter] = {"discord": adapter}
        town = Town(people.channel, people.user)
        settings = programme or {}
        at = url or seeded_database(folder / "stint.db", MONDAY, town, settings)
        async with begin_life(at, adapters, clock, ROUTES) as life:
            if url:
                life.database.transact_inline(
                    lambda work: seed_programme(work, MONDAY, town, programme or {})
                )
            await adapter.open()
            await adapter.register(ROUTES.specs)
            async with AsyncExitStack() as listens:
                watch = await listens.enter_async_context(listening(fake, adapter, life.runtime.receive))
                stage = DiscordStage(
                    clock, life.database, life.runtime, fake, people, adapter, watch, listens
                )
                try:
                    yield stage
                finally:
                    await listens.aclose()
                    await stage.adapter.close()
        assert fake.refused == []
        said = [words_of(sent, fake.world) for sent in fake.world.messages.values() if sent.author == BOT]
        assert foreign_words("discord", said) == []

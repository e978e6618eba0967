"""Discord under the adapter contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from bot.chat.adapter import Adapter, Receive
from bot.chat.commands import CommandSpec
from bot.chat.events import MessageRef, Place, UserRef
from tests.support.discord.person import DiscordPerson
from tests.support.discord.screen import words_of
from tests.support.discord.server import FakeDiscord, discord_running
from tests.support.discord.stage import People, Watch, an_adapter, handled, listening
from tests.support.discord.state import BOT

__all__ = ["discord_platform"]


class DiscordPlatform:
    """Our own Discord with Ada and Ben in one server, in a group, and in a server where the bot is not."""

    shared: Sequence[str] = ("spring-26", "pair", "theirs")

    def __init__(self, now: datetime, fake: FakeDiscord, command: CommandSpec) -> None:
        self.now = now
        self.fake = fake
        fake.world.now = lambda: self.now
        self.people = People.into(fake, ("ada", "ben"))
        both = (self.people.users["ada"], self.people.users["ben"])
        fake.world.add_group("pair", *both)
        theirs = fake.world.add_guild("Theirs", installed=False)
        theirs.members.update({user: set() for user in both})
        fake.world.add_channel("theirs", theirs.id)
        self.command = command
        self.adapter: Adapter = an_adapter(fake)
        self.user = self.people.user("ada")
        self.channel = self.people.channel
        gone = fake.world.add_channel("gone", self.people.guild)
        gone.gone = True
        self.nowhere: Sequence[Place | UserRef] = (
            UserRef("discord", "123456789012345678"),
            Place("discord", self.people.guild, gone.id),
            Place("discord", "", "123456789012345679", "dm"),
        )
        self._watch: Watch | None = None
        self._ada = DiscordPerson(fake, self.people.users["ada"], [command], self._beat)

    @asynccontextmanager
    async def running(self, receive: Receive) -> AsyncIterator[None]:
        await self.adapter.open()
        named = [{"id": "1", "name": self.command.path[0], "description": self.command.summary, "type": 1}]
        self.fake.world.commands[""] = named
        async with listening(self.fake, self.adapter, receive) as self._watch:
            yield

    def seen(self, at: Place | UserRef) -> list[str]:
        channel = self._ada.dm.id if isinstance(at, UserRef) else at.id
        return self._drawn(self._ada.id, channel)

    def seen_by_others(self) -> list[str]:
        ben = self.people.users["ben"]
        return [words for at in self.fake.world.channels_of(ben) for words in self._drawn(ben, at.id)]

    def form(self) -> tuple[str, Mapping[str, str]] | None:
        return (self._ada.form["title"], {}) if self._ada.form else None

    async def commands(self, at: str | None = None) -> None:
        await self._ada.uses(self.command.name, self.people.spring if at is None else at)

    async def says(self, words: str, files: Mapping[str, bytes] | None = None) -> None:
        await self._ada.says(words, files=files)

    async def presses(self, label: str) -> None:
        await self._ada.presses(label)

    async def submits(self, values: Mapping[str, str]) -> None:
        await self._ada.fills(values)

    async def again(self) -> None:
        """Discord hands nothing over twice: a session that was lost is resumed, and replayed."""
        assert self._watch
        for sent in self.fake.world.seen_by(self._ada.id, self._ada.dm.id):
            if sent.author == self._ada.id:
                before = self._watch.done
                await self._ada.tell(sent, "MESSAGE_CREATE")
                await self._watch.more_than(before)

    def waits(self, by: timedelta) -> None:
        self.now += by

    def forget(self, ref: MessageRef) -> MessageRef:
        return MessageRef(ref.place, f"{ref.id}0")

    def _drawn(self, account: str, channel: str) -> list[str]:
        return [
            words_of(sent, self.fake.world)
            .replace("\n(Only you can see this)", "")
            .replace("\n[Go there]", "")
            for sent in self.fake.world.seen_by(account, channel)
            if sent.author == BOT
        ]

    @asynccontextmanager
    async def _beat(self) -> AsyncIterator[None]:
        assert self._watch
        before, known = self._watch.done, set(self.fake.world.interactions)
        yield
        await handled(self.fake, self._watch, before, known)


@asynccontextmanager
async def discord_platform(now: datetime, command: CommandSpec) -> AsyncIterator[DiscordPlatform]:
    """The platform at this instant, where time moves only by `waits`."""
    async with discord_running(lambda: now) as fake:
        platform = DiscordPlatform(now, fake, command)
        try:
            yield platform
        finally:
            with suppress(Exception):  # a test may have closed it
                await platform.adapter.close()
        assert fake.refused == []

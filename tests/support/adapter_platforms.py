"""The platforms under the adapter contract: each an adapter with the little world around it.

A platform joins `tests/contract/test_adapter.py` with a class that does what `Platform` says, a context
that makes its world and closes it, adapter included, and a line in `PLATFORMS`. In its world is one
account, one channel that the account and the bot are in, and the account's DM with the bot.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.render import plain_lines
from adapters.terminal.scripted_user import ScriptedUser
from adapters.terminal.workspace import BOT, Workspace
from bot.chat.adapter import Adapter, Receive
from bot.chat.answers import FileRef
from bot.chat.events import MessageRef, Place, UserRef
from bot.chat.language import as_text
from tests.support.adapter_contract import COMMAND, Platform
from tests.support.slack.platform import open_by_http, open_by_socket
from tests.support.terminal import NOON

__all__ = ["PLATFORMS"]


class TerminalPlatform:
    """The terminal: a world in memory."""

    shared: Sequence[str] = ("spring",)

    def __init__(self) -> None:
        self.now = NOON
        self.world = Workspace()
        self.world.add_account("ada", "Ada Okafor", "Europe/Berlin")
        self.world.add_account("ben", "Ben Castillo", "America/New_York")
        self.world.add_channel("spring", "spring-26")
        adapter = TerminalAdapter(self.world, lambda: self.now)
        self.adapter: Adapter = adapter
        self.user = self.world.user("ada")
        self.channel = self.world.place("spring")
        self.nowhere: Sequence[Place | UserRef] = (
            UserRef("terminal", "zoe"),
            Place("terminal", "terminal", "gone"),
            Place("terminal", "", "dm-zoe", "dm"),
        )
        self._ada = ScriptedUser(adapter, "ada")

    @asynccontextmanager
    async def running(self, receive: Receive) -> AsyncIterator[None]:
        await self.adapter.register([COMMAND])
        await self.adapter.open()
        run = asyncio.create_task(self.adapter.run(receive))
        try:
            yield
        finally:
            run.cancel()
            with suppress(asyncio.CancelledError):
                await run
            await self.adapter.close()

    def seen(self, at: Place | UserRef) -> list[str]:
        place = self.world.dm_of(at.id) if isinstance(at, UserRef) else at
        return self._drawn("ada", place)

    def seen_by_others(self) -> list[str]:
        return [words for place in self.world.places_of("ben") for words in self._drawn("ben", place)]

    def form(self) -> tuple[str, Mapping[str, str]] | None:
        opened = self._ada.form
        return (as_text(opened.form.title), opened.errors) if opened else None

    async def commands(self, at: str | None = None) -> None:
        await self._ada.uses("/walk", self.channel.id if at is None else at)

    async def says(self, words: str, files: Mapping[str, bytes] | None = None) -> None:
        with TemporaryDirectory() as folder:
            sent = []
            for name, content in (files or {}).items():
                path = Path(folder, name)
                path.write_bytes(content)
                sent.append(FileRef(str(path), name, len(content), "application/octet-stream"))
            await self._ada.says(words, files=tuple(sent))

    async def presses(self, label: str) -> None:
        await self._ada.presses(label)

    async def submits(self, values: Mapping[str, str]) -> None:
        await self._ada.fills(values)

    async def again(self) -> None:
        for event in self.world.waiting:
            await self._ada.adapter.handled(event.id)

    def waits(self, by: timedelta) -> None:
        self.now += by

    def forget(self, ref: MessageRef) -> MessageRef:
        return MessageRef(ref.place, f"{ref.id}0")

    def _drawn(self, account: str, at: Place) -> list[str]:
        said = [e.content for e in self.world.seen_by(account, at.id) if e.author == BOT]
        return ["\n".join(plain_lines(each)) for each in said if not isinstance(each, str)]


@asynccontextmanager
async def open_terminal() -> AsyncIterator[Platform]:
    """A separate terminal."""
    platform = TerminalPlatform()
    yield platform
    await platform.adapter.close()


def open_discord() -> AbstractAsyncContextManager[Platform]:
    """A Discord of our own; imported here, since it takes a while and few tests want it."""
    from tests.support.discord.platform import discord_platform

    return discord_platform(NOON, COMMAND)


PLATFORMS: Mapping[str, Callable[[], AbstractAsyncContextManager[Platform]]] = {
    "terminal": open_terminal,
    "slack by socket": open_by_socket,
    "slack by HTTP": open_by_http,
    "discord": open_discord,
}

"""Slack under the adapter's contract: our own workspace, by socket and by HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import datetime, timedelta

from bot.chat.adapter import Adapter, Receive
from bot.chat.answers import FileRef
from bot.chat.events import MessageRef, Place, UserRef
from tests.support.adapter_contract import COMMAND, Platform
from tests.support.slack.person import SlackPerson
from tests.support.slack.server import Server, serve
from tests.support.slack.stage import Mode, adapter_for, running
from tests.support.slack.workspace import BOT, TEAM
from tests.support.terminal import NOON

__all__ = ["SlackPlatform", "open_by_http", "open_by_socket"]


class SlackPlatform:
    """Ada and ben in a workspace with the bot; see `tests.support.adapter_platforms.Platform`."""

    shared: Sequence[str] = ("spring", "pair", "three")

    def __init__(self, mode: Mode) -> None:
        self.mode: Mode = mode
        self.instant = NOON
        self.user = UserRef("slack", f"{TEAM}.U0ADA")
        self.channel = Place("slack", TEAM, "C0SPRING")
        self.nowhere: Sequence[Place | UserRef] = (
            UserRef("slack", f"{TEAM}.U0ZOE"),
            Place("slack", TEAM, "C0GONE"),
            Place("slack", TEAM, "D0ZOE", "dm"),
        )

    def now(self) -> datetime:
        """The instant there."""
        return self.instant

    def begin(self, server: Server) -> None:
        """Put people into this workspace, and the adapter beside it."""
        self.server = server
        workspace = server.workspace
        workspace.add_account("ada", "Ada Okafor", "Europe/Berlin")
        workspace.add_account("ben", "Ben Castillo", "America/New_York")
        workspace.add_channel("spring", "U0ADA", "U0BEN")
        workspace.add_between("pair", "U0ADA", "U0BEN")
        workspace.add_account("chi", "Chi Nakamura", "Asia/Tokyo")
        workspace.add_between("three", "U0ADA", "U0BEN", "U0CHI")
        self._slack = adapter_for(server, self.mode, self.now, _ten_bytes)
        self.adapter: Adapter = self._slack
        self._ada = SlackPerson(server, "U0ADA")

    @asynccontextmanager
    async def running(self, receive: Receive) -> AsyncIterator[None]:
        """See Platform."""
        await self.adapter.register([COMMAND])
        async with running(self.server, self._slack, self.mode, receive):
            yield

    def seen(self, at: Place | UserRef) -> list[str]:
        """See Platform."""
        channel = self.server.workspace.dm_of("U0ADA").id if isinstance(at, UserRef) else at.id
        return self._drawn("U0ADA", channel)

    def seen_by_others(self) -> list[str]:
        """See Platform."""
        return [
            words for channel in self.server.workspace.channels for words in self._drawn("U0BEN", channel)
        ]

    def form(self) -> tuple[str, Mapping[str, str]] | None:
        """See Platform."""
        view = self._ada.form
        return (view.body["title"]["text"], view.errors) if view else None

    async def commands(self, at: str | None = None) -> None:
        """See Platform."""
        await self._ada.uses(f"/{COMMAND.path[0]}", "spring" if at is None else at)

    async def says(self, words: str, files: Mapping[str, bytes] | None = None) -> None:
        """See Platform."""
        # Slack itself does not say whether the bot took it.
        with suppress(TimeoutError):
            await self._ada.says(words, files=files)

    async def presses(self, label: str) -> None:
        """See Platform."""
        await self._ada.presses(label)

    async def submits(self, values: Mapping[str, str]) -> None:
        """See Platform."""
        await self._ada.submits(values)

    async def again(self) -> None:
        """See Platform."""
        await self.server.again()

    def waits(self, by: timedelta) -> None:
        """See Platform."""
        self.instant += by

    def forget(self, ref: MessageRef) -> MessageRef:
        """See Platform."""
        return MessageRef(ref.place, f"{ref.id}9")

    def _drawn(self, account: str, channel: str) -> list[str]:
        """Each message in words; a file that comes right after its message is part of it."""
        workspace, drawn = self.server.workspace, list[str]()
        for message in workspace.seen_by(account, channel):
            if message.user == BOT:
                words = workspace.words_of(message, account)
                if drawn and message.files and not message.blocks and not message.text:
                    drawn[-1] += words
                else:
                    drawn.append(words)
        return drawn


async def _ten_bytes(file: FileRef) -> bytes:
    return b"0123456789"


@asynccontextmanager
async def _open(mode: Mode) -> AsyncIterator[Platform]:
    platform = SlackPlatform(mode)
    async with serve(platform.now) as server:
        server.patience = 1.0
        platform.begin(server)
        yield platform
        await platform.adapter.close()
        assert server.workspace.complaints == []


def open_by_socket() -> AbstractAsyncContextManager[Platform]:
    """Slack by Socket Mode."""
    return _open("socket")


def open_by_http() -> AbstractAsyncContextManager[Platform]:
    """Slack by signed requests."""
    return _open("http")

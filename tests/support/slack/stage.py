"""The whole bot in a Slack workspace of our own, by socket or by HTTP, with a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from aiohttp import web

from adapters.slack.adapter import SlackAdapter
from adapters.slack.installations import OneWorkspace
from adapters.slack.options import SlackOptions
from bot.chat.adapter import Receive
from bot.chat.answers import FileRef
from bot.chat.events import Place, UserRef
from bot.clock import VirtualClock
from bot.programme import ROUTES
from tests.support.bot import (
    MONDAY,
    PEOPLE,
    Life,
    Town,
    begin_life,
    fresh_database,
    seed_programme,
    seeded_database,
)
from tests.support.own_words import foreign_words
from tests.support.slack.person import SlackPerson
from tests.support.slack.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Server, serve
from tests.support.slack.workspace import BOT, TEAM, Workspace

__all__ = ["Mode", "SlackStage", "adapter_for", "open_slack_stage", "people_into", "running"]

Mode = Literal["socket", "http"]

SPRING = Place("slack", TEAM, "C0SPRING26")


def user(account: str) -> UserRef:
    """The Slack account of a person."""
    return UserRef("slack", f"{TEAM}.U0{account.upper()}")


@dataclass
class SlackStage(Life):
    """The bot and the workspace around it. People act through `person`; time passes through `tick`."""

    server: Server
    adapter: SlackAdapter
    pause: timedelta = timedelta(seconds=20)
    """What passes before each act: longer than the few seconds in which messages are joined."""

    @property
    def workspace(self) -> Workspace:
        """What the workspace holds."""
        return self.server.workspace

    def shut_dms(self, account: str, *, shut: bool = True) -> None:
        """Let a person's direct messages be closed to the bot, or open again."""
        self.workspace.accounts[f"U0{account.upper()}"].shuts_dms = shut

    def person(self, account: str) -> SlackPerson:
        """A person of PEOPLE, at a Slack client."""
        return SlackPerson(self.server, f"U0{account.upper()}", self._beat)

    @asynccontextmanager
    async def _beat(self) -> AsyncIterator[None]:
        await self.clock.advance_by(self.pause)
        yield
        await self.settle()


def people_into(workspace: Workspace) -> None:
    """PEOPLE and the channel of their cohort."""
    for account, (name, zone, role, _) in PEOPLE.items():
        workspace.add_account(account, name, zone, is_admin=role == "coordinator")
    workspace.add_channel("spring-26", *workspace.accounts)


async def no_file(file: FileRef) -> bytes:
    """Nothing is kept here."""
    raise FileNotFoundError(file.id)


def adapter_for(
    server: Server,
    mode: Mode,
    now: Callable[[], datetime],
    load_file: Callable[[FileRef], Awaitable[bytes]] = no_file,
    token: str = BOT_TOKEN,
    monotonic: Callable[[], float] | None = None,
    names: Mapping[str, str] | None = None,
) -> SlackAdapter:
    """Return the real adapter, which takes this server for Slack; `monotonic` follows `now` unless given."""
    options = SlackOptions(
        mode=mode,
        api_base_url=f"{server.url}/api/",
        app_token=APP_TOKEN,
        signing_secret=SIGNING_SECRET,
        names=names or {},
    )
    monotonic = monotonic or (lambda: now().timestamp())
    return SlackAdapter(options, OneWorkspace(token), now=now, monotonic=monotonic, load_file=load_file)


@asynccontextmanager
async def running(server: Server, adapter: SlackAdapter, mode: Mode, receive: Receive) -> AsyncIterator[None]:
    """The adapter is open and takes payloads in until the end of the block."""
    await adapter.open()
    task = asyncio.create_task(adapter.run(receive))
    try:
        async with _routed(server, adapter, mode):
            if mode == "socket":
                await asyncio.wait_for(server.connected.wait(), 10)
            yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await adapter.close()


@asynccontextmanager
async def _routed(server: Server, adapter: SlackAdapter, mode: Mode) -> AsyncIterator[None]:
    if mode == "socket":
        yield
        return
    app = web.Application()
    app.add_routes([web.route(method, path, handler) for method, path, handler in adapter.routes()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        server.events_url = ""
        await runner.cleanup()


@asynccontextmanager
async def open_slack_stage(
    folder: Path,
    mode: Mode = "socket",
    *,
    start: datetime = MONDAY,
    programme: bool = True,
    names: Mapping[str, str] | None = None,
    url: str = "",
) -> AsyncIterator[SlackStage]:
    """A stage with PEOPLE and the open cohort "Spring 26" in channel `spring-26`.

    Without a `programme` the bot has just come into the workspace. `url` names an empty database of today's
    schema in the place of a new file.
    Whatever Slack refused of the bot, or minded, fails the test at the end.
    """
    clock = VirtualClock(start)
    async with serve(clock.now) as server:
        people_into(server.workspace)
        adapter = adapter_for(server, mode, clock.now, names=names)
        file = folder / "stint.db"
        town = Town(SPRING, user)
        at = url or (seeded_database(file, start, town, {}) if programme else fresh_database(file))
        async with begin_life(at, {"slack": adapter}, clock, ROUTES) as life:
            if url:
                life.database.transact_inline(lambda work: seed_programme(work, start, town, {}))
            await adapter.register(ROUTES.specs)
            async with running(server, adapter, mode, life.runtime.receive):
                yield SlackStage(clock, life.database, life.runtime, server, adapter)
        assert server.workspace.complaints == []
        workspace = server.workspace
        reader = next(iter(workspace.accounts))
        said = [workspace.words_of(each, reader) for each in workspace.messages if each.user == BOT]
        assert foreign_words("slack", said) == []

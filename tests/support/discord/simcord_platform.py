"""Discord as simcord has it, under the adapter: another reading of Discord than our own server's.

simcord takes the place of discord.py's HTTP client and feeds its state with events, all in this process.
What it holds is copied into a World after each change, so that people read and act as on our own Discord.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

from simcord import _dpy_internals as internals
from simcord._clock import Clock
from simcord.backend import Backend, serializers
from simcord.backend.errors import BackendError, invalid_form_body
from simcord.backend.models import Interaction as Asked
from simcord.backend.models import Message
from simcord.gateway import ShardRouter
from simcord.http import FakeHTTPClient, router
from simcord.interactions import base_payload

from adapters.discord.gateway import Gateway
from adapters.discord.rest import Calls
from bot.chat.answers import FileRef
from bot.chat.commands import CommandSpec
from discord.utils import snowflake_time
from tests.support.discord.openapi import refusals
from tests.support.discord.person import DiscordPerson
from tests.support.discord.state import BOT, Channel, Guild, Interaction, Sent, User, World

if TYPE_CHECKING:
    import aiohttp

    import discord
    from adapters.discord.rate_limits import Traffic
    from tests.support.discord.server import FakeDiscord

__all__ = ["SimDiscord", "SimPerson", "in_place"]


class _Clock(Clock):
    """The test's clock as simcord's."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now

    def now(self) -> datetime:
        return self._now()


class SimDiscord(World):
    """A copy of what simcord's backend holds.

    `answered`: no interaction waits for a response; `refused`: what Discord's description, our limits or
    simcord would not take.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now)
        self.backend = Backend(clock=_Clock(now))
        self.answered = asyncio.Event()
        self.refused: list[str] = []
        self._dispatch = router.dispatch

    def dispatch(self, backend: Backend, method: str, path: str, **sent: Any) -> Any:  # noqa: ANN401 - JSON
        """A REST call: held to Discord's description, then carried out by simcord, whose errors are kept."""
        try:
            if found := refusals(method, path, sent.get("json")):
                raise invalid_form_body("; ".join(found))
            return self._dispatch(backend, method, path, **sent)
        except BackendError as error:
            self.refused.append(f"{method} {path}: {error}")
            raise
        finally:
            self.look()

    def dm_with(self, user: str) -> Channel:
        """The DM with this account, which simcord makes."""
        made = self.backend.get_dm_channel(int(user))
        self.look()
        return self.channels[str(made.id)]

    def look(self) -> None:
        """Copy everything that people see from the backend."""
        held = self.backend
        self.users = {
            str(u.id): User(str(u.id), u.name, u.global_name or u.name) for u in held.users.values()
        }
        self.users[BOT] = User(BOT, held.bot_user.name, held.bot_user.name, bot=True)
        self.guilds = {
            str(guild.id): Guild(str(guild.id), guild.name, members={str(m): set() for m in guild.members})
            for guild in held.guilds.values()
        }
        self.channels = {
            str(each.id): Channel(
                str(each.id),
                each.name or "",
                each.type,
                str(each.guild_id or ""),
                None if each.guild_id else frozenset({BOT, *map(str, each.recipient_ids)}),
            )
            for each in held.channels.values()
        }
        self.messages = {str(m.id): self._sent(m) for here in held.messages.values() for m in here.values()}
        asked = held.interactions.values()
        self.modals = {
            str(each.user_id): (each.modal, _opened(each))
            for each in asked
            if each.modal and not each.modal_consumed
        }
        if all(each.responded for each in asked):
            self.answered.set()
        else:
            self.answered.clear()

    def _sent(self, message: Message) -> Sent:
        told = serializers.message_payload(self.backend, message)
        asked_by = (message.interaction_metadata or {}).get("user", {}).get("id", "")
        return Sent(
            str(message.id),
            str(message.channel_id),
            BOT if message.author_id == self.backend.bot_user.id else str(message.author_id),
            {
                "content": told["content"],
                "embeds": told["embeds"],
                "components": told.get("components", []),
                "files": told["attachments"],
                "flags": message.flags,
            },
            datetime.fromisoformat(message.timestamp),
            asked_by if message.is_ephemeral else "",
            edited=message.edited_timestamp is not None,
        )


class SimPerson(DiscordPerson):
    """Acts as one account in simcord: what it sends goes into the backend, which tells the bot."""

    def __init__(
        self,
        world: SimDiscord,
        user: str,
        specs: Sequence[CommandSpec],
        beat: Callable[[], AbstractAsyncContextManager[object]],
    ) -> None:
        """As a DiscordPerson, but on simcord's world."""
        self.sim = world
        # Of the server only the world is asked here: each of its other uses is overridden below.
        super().__init__(cast("FakeDiscord", SimpleNamespace(world=world)), user, specs, beat)

    async def use(self, spec: CommandSpec, options: Mapping[str, str], at: Channel) -> Interaction:
        """Use a slash command, if simcord has it offered to this account in this place."""
        offered = self.sim.backend.visible_commands(user_id=int(self.id), channel_id=int(at.id))
        self.world.commands = {"": offered}
        return await super().use(spec, options, at)

    async def write(
        self, text: str, at: Channel, answers: str = "", files: Mapping[str, bytes] | None = None
    ) -> Sent:
        """Write a message."""
        reference = {"message_id": answers} if answers else None
        attached = [self._file(name, content) for name, content in (files or {}).items()]
        sent = self.sim.backend.create_message(
            int(at.id), int(self.id), text, reference=reference, attachments=attached
        )
        self.sim.look()
        return self.world.messages[str(sent.id)]

    async def rewrite(self, sent: Sent, text: str) -> None:
        """Edit a message of one's own."""
        self.sim.backend.edit_message(int(sent.channel), int(sent.id), {"content": text})
        self.sim.look()

    def _file(self, name: str, content: bytes) -> dict[str, Any]:
        backend = self.sim.backend
        made = backend.cdn.store_attachment(backend.snowflake(), int(self.dm.id), name, content, None)
        return {**made, "ephemeral": True}

    async def _interact(
        self, kind: int, at: Channel, data: dict[str, Any], pressed: Sent | None = None
    ) -> Interaction:
        backend = self.sim.backend
        for opened in backend.interactions.values():
            opened.modal_consumed |= str(opened.user_id) == self.id  # a dialog is above everything
        record, payload = base_payload(
            backend,
            type=kind,
            channel_id=int(at.id),
            guild_id=int(at.guild) if at.guild else None,
            user_id=int(self.id),
            data=data,
        )
        payload["context"] = 0 if at.guild else 1  # simcord leaves it out
        if pressed:
            record.source_message_id = int(pressed.id)
            shown = backend.get_message(int(at.id), int(pressed.id))
            payload["message"] = serializers.message_payload(backend, shown)
        self.sim.look()
        backend.emit("INTERACTION_CREATE", payload)
        return _opened(record)


def _opened(record: Asked) -> Interaction:
    """An interaction of simcord's in the words of our own Discord."""
    user, channel, pressed = str(record.user_id), str(record.channel_id), str(record.source_message_id or "")
    at = snowflake_time(record.id)
    return Interaction(str(record.id), record.token, record.type, user, channel, at, pressed)


@dataclass
class _Response:
    """An answer as aiohttp gives it, as far as the adapter reads it."""

    status: int
    told: Any
    headers: Mapping[str, str]

    @property
    def content_length(self) -> int | None:
        return 0 if self.told is None else None

    async def json(self, *, content_type: None) -> Any:  # noqa: ANN401 - JSON
        return self.told


class _Session:
    """The substitute of the adapter's own session: it answers interactions beside discord.py's client."""

    def __init__(self, world: SimDiscord) -> None:
        self._world = world

    @asynccontextmanager
    async def request(self, method: str, url: str, json: object = None) -> AsyncIterator[_Response]:
        """A call that an interaction's token allows; the core never gives files with an answer."""
        path = url.partition("/api/v10")[2]
        try:
            told = router.dispatch(self._world.backend, method, path, json=json)
        except BackendError as error:
            yield _Response(error.status, error.to_json(), {})
        else:
            yield _Response(200, told, {})


def _gateway(world: SimDiscord) -> type[Gateway]:
    class Connected(Gateway):
        """Our gateway, connected to simcord: one shard, which is fed in this process."""

        async def connect(self, *, reconnect: bool = True) -> None:
            state = internals.get_state(self)
            self.shard_count = state.shard_count = 1
            state.shard_ids = [0]
            shards = ShardRouter(world.backend, state, self.dispatch, 1, (0,))
            internals.install_shards(self, shards.shards)
            world.backend.subscribers.append(shards.feed)
            try:
                shards.identify(0)
                for guild in world.backend.guilds.values():
                    shards.feed("GUILD_CREATE", serializers.guild_create_payload(world.backend, guild))
                await asyncio.Event().wait()
            finally:
                world.backend.subscribers.remove(shards.feed)

    return Connected


@contextmanager
def in_place(world: SimDiscord) -> Iterator[None]:
    """Let the adapter that is opened meanwhile play on this Discord.

    simcord's own environment is left out: it takes over the loop and its clock, and this test has both.
    """

    def http(*_: object, **__: object) -> FakeHTTPClient:
        return FakeHTTPClient(world.backend, asyncio.get_running_loop())

    def calls(client: discord.Client, session: aiohttp.ClientSession, traffic: Traffic) -> Calls:
        return Calls(client, cast("aiohttp.ClientSession", _Session(world)), traffic)

    async def download(_session: object, file: FileRef, _api: object) -> bytes:
        return world.backend.cdn.get(file.id) or b""  # simcord has its files in this process

    with (
        patch("discord.client.HTTPClient", http),
        patch("adapters.discord.adapter.download", download),
        patch("simcord.http.router.dispatch", world.dispatch),
        patch("adapters.discord.adapter.Calls", calls),
        patch("adapters.discord.adapter.Gateway", _gateway(world)),
        patch("adapters.discord.gateway._SERVERS_ARRIVE", 0.01),
    ):
        yield

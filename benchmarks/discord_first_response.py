"""The time until Discord gets the first response to a slash command, from the gateway's raw payload.

Stint's side runs as `stint run` does: the payload is read, the command's turn is committed, and the answer is
posted. NoneBot2 with its Discord adapter, and discord.py's command tree, answer the same payload with one
word and keep nothing. Each runs in a separate process, and they are asked in turn, a block of commands each,
through a gateway and an API on this machine.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final
from unittest.mock import patch

from aiohttp import WSMsgType, web

import storage.engines
from adapters.cli.logs import log_as
from adapters.cli.running_bot import opened, receiving
from benchmarks.costs import cpu_of
from benchmarks.discord_peers import PEERS, TOKEN
from benchmarks.stage import AT_ONCE, NOW
from bot.chat.answers import FileRef
from bot.chat.events import Place, UserRef
from bot.clock import WallClock
from bot.programme.administration.creation import create_programme
from storage.database import UnitOfWork, open_database
from storage.migrate import upgrade

__all__ = ["BLOCKS", "measure"]

BLOCKS: Final = 4
_SIDES: Final = ("ours", "loose", *PEERS)
"""The sides: Stint, Stint without waiting for the disk, and the two peers."""

_BOT, _GUILD, _CHANNEL = "900000000000000001", "700000000000000001", "800000000000000001"
_SINCE: Final = "2026-01-01T00:00:00+00:00"
_EPOCH: Final = 1_420_070_400_000
"""Milliseconds: the instant from which Discord's ids count."""

_ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass
class Discord:
    """A minimal Discord for one bot: its gateway, and when each interaction was answered."""

    url: str = ""
    process: int = 0
    socket: web.WebSocketResponse | None = None
    here: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: dict[str, asyncio.Future[float]] = field(default_factory=dict)
    sequence: count[int] = field(default_factory=lambda: count(1))

    async def ask(self, number: int) -> float:
        """Send a command; return the milliseconds from its payload to its first response."""
        now = int(WallClock().now().timestamp() * 1000) - _EPOCH
        interaction = str((now << 22) | (number & 0x3FFFFF))
        answered = self.waiting[interaction] = asyncio.get_running_loop().create_future()
        payload = _command(interaction, number)
        began = perf_counter()
        await self.tell("INTERACTION_CREATE", payload)
        async with asyncio.timeout(30):
            at: float = await answered
        return (at - began) * 1000

    async def tell(self, event: str, data: object) -> None:
        """Dispatch an event."""
        assert self.socket is not None
        await self.socket.send_str(json.dumps({"op": 0, "t": event, "s": next(self.sequence), "d": data}))

    async def gateway(self, request: web.Request) -> web.WebSocketResponse:
        """Serve the gateway: hello, heartbeats, and what follows an identify."""
        self.socket = socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str(
            json.dumps({"op": 10, "d": {"heartbeat_interval": 41_250}, "s": None, "t": None})
        )
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            op = json.loads(message.data)["op"]
            if op == 1:
                await _beat(socket, 11)
            elif op == 2:  # noqa: PLR2004 - identify
                await self.tell("READY", _ready(self.url.replace("http", "ws")))
                self.here.set()
        return socket

    async def rest(self, request: web.Request) -> web.Response:
        """Answer a bot's requests before it runs, and record when an interaction is answered."""
        path = request.match_info["rest"]
        if path.startswith("interactions/"):
            at = perf_counter()
            await request.read()
            interaction = path.split("/")[1]
            self.waiting.pop(interaction).set_result(at)
            if "with_response" not in request.query:
                return web.Response(status=204)
            return _json({"interaction": {"id": interaction, "type": 2}, "resource": {"type": 4}})
        return _json(self._answer_to(path))

    def _answer_to(self, path: str) -> object:
        if path == "gateway/bot":
            starts = {"total": 1000, "remaining": 1000, "reset_after": 1, "max_concurrency": 1}
            return {"url": self.url.replace("http", "ws"), "shards": 1, "session_start_limit": starts}
        if path.endswith("applications/@me"):
            return {
                "id": _BOT, "name": "Stint", "icon": None, "description": "", "summary": "", "flags": 0,
                "bot_public": True, "bot_require_code_grant": False, "verify_key": "",
                "owner": _user(_BOT, "stint"),
            }  # fmt: skip
        if path.endswith("commands"):
            return []
        if path.startswith("webhooks/"):
            return {
                "id": "1", "channel_id": _CHANNEL, "author": _user(_BOT, "stint"), "content": "none",
                "type": 0, "timestamp": _SINCE, "edited_timestamp": None, "tts": False, "pinned": False,
                "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
                "embeds": [],
            }  # fmt: skip
        return _user(_BOT, "stint")


async def _beat(socket: web.WebSocketResponse, op: int, data: object = None) -> None:
    await socket.send_str(json.dumps({"op": op, "d": data, "s": None, "t": None}))


def _json(body: object) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), content_type="application/json")


def _user(user: str, name: str) -> dict[str, Any]:
    return {"id": user, "username": name, "discriminator": "0", "global_name": name, "avatar": None}


def _ready(url: str) -> dict[str, Any]:
    return {
        "v": 10, "user": {**_user(_BOT, "stint"), "bot": True}, "guilds": [], "session_id": "s",
        "resume_gateway_url": url, "application": {"id": _BOT, "flags": 0}, "private_channels": [],
        "shard": [0, 1],
    }  # fmt: skip


def _command(interaction: str, number: int) -> dict[str, Any]:
    """Return `/applications` from one of `AT_ONCE` people (docs.discord.com/developers/interactions)."""
    person = str(600_000_000_000_000_000 + number % AT_ONCE)
    member: dict[str, Any] = {
        "user": _user(person, "ada"), "roles": [], "permissions": "2147483647", "joined_at": _SINCE,
        "nick": None, "avatar": None, "premium_since": None, "deaf": False, "mute": False, "pending": False,
        "flags": 0,
    }  # fmt: skip
    return {
        "id": interaction, "application_id": _BOT, "type": 2, "token": "t" * 40, "version": 1,
        "data": {"id": "1", "name": "applications", "type": 1, "options": []},
        "guild_id": _GUILD, "guild": {"id": _GUILD, "locale": "en-GB", "features": []},
        "guild_locale": "en-GB",
        "channel_id": _CHANNEL,
        "channel": {"id": _CHANNEL, "type": 0, "name": "spring", "guild_id": _GUILD, "position": 0},
        "member": member, "locale": "en-GB", "entitlements": [], "attachment_size_limit": 1,
        "authorizing_integration_owners": {"0": _GUILD}, "app_permissions": "0", "context": 0,
    }  # fmt: skip


async def measure(folder: Path, blocks: int, singles: int, at_once: int) -> dict[str, float]:
    """Return the milliseconds of single commands (medians), and commands per second with `at_once` at a time.

    The sides take turns with a block each: `singles` commands one after the other, then `at_once` together.
    The processor's microseconds for a command are of the blocks with `at_once` at a time.
    """
    alone: dict[str, list[float]] = {side: [] for side in _SIDES}
    together: dict[str, list[float]] = {side: [] for side in _SIDES}
    cpu = dict.fromkeys(_SIDES, 0.0)
    numbers = count(1)
    async with AsyncExitStack() as stack:
        sides = {side: await stack.enter_async_context(_serving(side, folder)) for side in _SIDES}
        await asyncio.gather(*(each.here.wait() for each in sides.values()))
        for each in sides.values():
            await _together(each, at_once, numbers)
        for block in range(blocks):
            for side in _SIDES if block % 2 == 0 else _SIDES[::-1]:
                alone[side] += [await sides[side].ask(next(numbers)) for _ in range(singles)]
                before = cpu_of(sides[side].process)
                together[side].append(await _together(sides[side], at_once, numbers))
                cpu[side] += cpu_of(sides[side].process) - before
    one = {side: median(taken) for side, taken in alone.items()}
    many = {side: median(taken) for side, taken in together.items()}
    each_cpu = {side: seconds / (blocks * at_once) * 1e6 for side, seconds in cpu.items()}
    figures: dict[str, float] = {}
    for figure, taken, ours, peer in (
        ("first.loose", one, "loose", "nonebot"),
        ("first.one", one, "ours", "nonebot"),
        ("first.tree", many, "ours", "tree"),
        ("first.many", many, "ours", "nonebot"),
    ):
        for name, side in (("ours", ours), ("peer", peer)):
            figures |= {f"{figure}.{name}": taken[side], f"{figure}.{name}.cpu": each_cpu[side]}
    return figures


async def _together(discord: Discord, at_once: int, numbers: count[int]) -> float:
    """Return the commands per second, until the last of `at_once` has its response."""
    began = perf_counter()
    await asyncio.gather(*(discord.ask(next(numbers)) for _ in range(at_once)))
    return at_once / (perf_counter() - began)


@asynccontextmanager
async def _serving(side: str, folder: Path) -> AsyncIterator[Discord]:
    """Serve a separate Discord to one side, which runs as a process beside it.

    What a side prints (NoneBot its log) is not of the results, so it goes where errors go.
    """
    discord, app = Discord(), web.Application()
    app.router.add_get("/", discord.gateway)
    app.router.add_route("*", "/api/v10/{rest:.*}", discord.rest)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    discord.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    ours = ("benchmarks.discord_first_response", side, str(folder))
    module = ("benchmarks.discord_peers", side) if side in PEERS else ours
    command = [sys.executable, "-m", *module, discord.url]
    process = subprocess.Popen(  # noqa: ASYNC220 - it goes on by itself
        command, cwd=_ROOT, stdout=sys.stderr
    )
    discord.process = process.pid
    try:
        yield discord
    finally:
        process.terminate()
        process.wait()
        await runner.cleanup()


async def _ours(folder: Path, url: str, *, loose: bool) -> None:
    """Run Stint until killed; with `loose` it does not wait for the disk."""
    from adapters.discord.adapter import DiscordAdapter
    from adapters.discord.options import DiscordOptions

    log_as("error", "text")
    if loose:
        patch("storage.engines._prepare_sqlite_writer", _prepare_loosely).start()
    path = f"sqlite:///{folder / ('loose.db' if loose else 'discord.db')}"
    upgrade(path)
    database, clock = open_database(path), WallClock()
    await database.transact(_seed)
    options = DiscordOptions(TOKEN, api_base_url=f"{url}/api/v10", gateway_url=url.replace("http", "ws"))
    adapter = DiscordAdapter(options, now=clock.now, monotonic=clock.monotonic, load_file=_no_file)
    adapters = {adapter.platform: adapter}
    async with opened(database, adapters, clock) as runtime, receiving(adapters, runtime.receive):
        await asyncio.Event().wait()


_prepare = storage.engines._prepare_sqlite_writer  # noqa: SLF001 - one pragma of it is changed


def _prepare_loosely(driver: sqlite3.Connection, record: object) -> None:
    _prepare(driver, record)
    driver.execute("PRAGMA synchronous=OFF")


async def _no_file(file: FileRef) -> bytes:
    raise LookupError(file.id)


def _seed(work: UnitOfWork) -> None:
    space, coordinator = Place("discord", _GUILD, ""), UserRef("discord", "600000000000000000")
    create_programme(work, NOW, "Riverside", "UTC", space, coordinator, "Cora")


if __name__ == "__main__":
    asyncio.run(_ours(Path(sys.argv[2]), sys.argv[3], loose=sys.argv[1] == "loose"))

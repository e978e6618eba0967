"""Commands are registered with Discord when they changed, and only then."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import typer
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.cli.configuration import load_settings
from adapters.cli.discord_sync import discord_sync, register_changed
from adapters.config import Settings
from adapters.discord.commands import commands_of
from bot.programme import ROUTES
from storage.database import Database, open_database
from tests.support.stage import MONDAY

SPECS = ROUTES.specs


@dataclass
class Discord:
    """A Discord that knows one bot, which is in server 9, and keeps the commands it was sent."""

    settings: Settings
    told: list[tuple[str, Any]] = field(default_factory=list)

    async def whose(self, request: web.Request) -> web.Response:
        """The application of the token."""
        known = request.headers["Authorization"] == "Bot good"
        return web.json_response({"id": "4711"} if known else {}, status=200 if known else 401)

    async def put(self, request: web.Request) -> web.Response:
        """Take commands, for everywhere or for server 9."""
        assert request.match_info["application"] == "4711"
        guild = request.match_info.get("guild", "")
        if guild not in {"", "9"}:
            return web.json_response({"message": "Missing Access", "code": 50001}, status=403)
        self.told.append((guild, await request.json()))
        return web.json_response([])

    async def get(self, request: web.Request) -> web.Response:
        """Return the commands that were sent last for a place."""
        guild = request.match_info.get("guild", "")
        return web.json_response(next((body for at, body in reversed(self.told) if at == guild), []))


@pytest.fixture
async def discord(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Discord]:
    """That Discord, running, and settings that lead to it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STINT_DISCORD__TOKEN", "good")
    made = Discord(load_settings())
    server = web.Application()
    server.router.add_get("/applications/@me", made.whose)
    for scope in ("", "/guilds/{guild}"):
        path = f"/applications/{{application}}{scope}/commands"
        server.router.add_put(path, made.put)
        server.router.add_get(path, made.get)
    async with TestServer(server) as running:
        monkeypatch.setenv("STINT_DISCORD__API_BASE_URL", str(running.make_url("/")))
        made.settings = load_settings()
        yield made


@pytest.fixture
async def database(migrated_sqlite_url: str) -> AsyncIterator[Database]:
    """A database of the test's own."""
    opened = open_database(migrated_sqlite_url)
    yield opened
    await opened.close()


async def test_the_same_commands_are_sent_once(discord: Discord, database: Database) -> None:
    """The second time nothing is sent; a change is, and so is what another place has not had yet."""
    settings = discord.settings
    assert await register_changed(settings, database, SPECS, MONDAY)
    assert not await register_changed(settings, database, SPECS, MONDAY)
    assert discord.told == [("", commands_of(SPECS))]
    assert await register_changed(settings, database, SPECS[1:], MONDAY)
    assert await register_changed(settings, database, SPECS, MONDAY, guild="9")
    assert not await register_changed(settings, database, SPECS, MONDAY, guild="9")
    assert [guild for guild, _ in discord.told] == ["", "", "9"]


async def test_commands_that_another_process_registered_are_replaced(
    discord: Discord, database: Database
) -> None:
    """A token of another application, or an older bot that ran meanwhile: Discord has other commands."""
    assert await register_changed(discord.settings, database, SPECS, MONDAY)
    discord.told.append(("", commands_of(SPECS[1:])))
    assert await register_changed(discord.settings, database, SPECS, MONDAY)
    assert discord.told[-1] == ("", commands_of(SPECS))


async def test_what_was_refused_is_sent_again(
    discord: Discord, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server the bot is not in is said with the way in, and does not count as synchronised."""
    for _ in range(2):
        with pytest.raises(typer.Exit):
            await register_changed(discord.settings, database, SPECS, MONDAY, guild="8")
        assert "`stint discord invite`" in capsys.readouterr().err


def test_sync_needs_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without one it says where to put it, and makes no database."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(typer.Exit):
        discord_sync(None, "")
    assert "STINT_DISCORD__TOKEN" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []

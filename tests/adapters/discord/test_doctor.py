"""`stint doctor` with a Discord: it names what is wrong, and changes nothing."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adapters.cli.commands import app
from bot.clock import WallClock
from tests.support.discord.server import TOKEN, discord_running


async def codes() -> set[str]:
    """The codes of what the doctor finds that is not well."""
    result = await asyncio.to_thread(CliRunner().invoke, app, ["doctor", "--json"])
    return {each["code"] for each in json.loads(result.stdout) if each["level"] != "ok"}


async def test_token_and_commands_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong token is named; so are commands that are not ours, which are left as they are."""
    monkeypatch.chdir(tmp_path)
    async with discord_running(WallClock().now) as discord:
        discord.world.add_guild("Riverside")
        monkeypatch.setenv("STINT_DISCORD__API_BASE_URL", discord.api)
        monkeypatch.setenv("STINT_DISCORD__GATEWAY_URL", discord.gateway.url)
        monkeypatch.setenv("STINT_DISCORD__TOKEN", "MTIz.wrong.token")
        monkeypatch.setenv("STINT_WEB__PORT", "0")
        assert await codes() == {"database.missing", "key.missing", "discord.token_wrong"}
        monkeypatch.setenv("STINT_DISCORD__TOKEN", TOKEN)
        assert await codes() == {"database.missing", "key.missing", "discord.commands_differ"}
        assert not discord.world.commands

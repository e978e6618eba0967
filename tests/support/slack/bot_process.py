"""The bot in Slack as a separate process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp.test_utils import unused_port

from tests.support.bot import Town
from tests.support.bot_process import ALONE, Apart, Machines, Moved, apart
from tests.support.slack.person import SlackPerson
from tests.support.slack.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Server, serve
from tests.support.slack.stage import SPRING, Mode, people_into, user

__all__ = ["open_apart"]


@dataclass
class SlackApart(Apart):
    """The bot, and the Slack around it."""

    server: Server


@asynccontextmanager
async def open_apart(folder: Path, mode: Mode, machines: Machines = ALONE) -> AsyncIterator[SlackApart]:
    """`stint run` in a workspace with PEOPLE."""
    clock, port = Moved(), unused_port()
    async with serve(clock.now) as server:
        people_into(server.workspace)
        settings = {
            "STINT_SLACK__MODE": mode,
            "STINT_SLACK__API_BASE_URL": f"{server.url}/api/",
            "STINT_SLACK__BOT_TOKEN": BOT_TOKEN,
            "STINT_SLACK__APP_TOKEN": APP_TOKEN,
            "STINT_SLACK__SIGNING_SECRET": SIGNING_SECRET,
            "STINT_WEB__PORT": str(port if mode == "http" else 0),
        }
        async with apart(
            folder,
            clock,
            settings,
            lambda account, beat: SlackPerson(server, f"U0{account.upper()}", beat),
            Town(SPRING, user),
            "Slack: the workspace Riverside",
            machines,
        ) as bot:
            if mode == "http":
                server.events_url = f"http://127.0.0.1:{port}/slack/events"
            made = bot.clock, bot.engine, bot.processes, bot.act_as, bot.start
            yield SlackApart(*made, server, traffic=lambda: (server.calls.total(), server.unanswered))
        assert server.workspace.complaints == []

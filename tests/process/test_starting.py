"""`stint run` as a process, first line to last, with a Slack and a Discord of our own to talk to."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import unused_port

from bot.clock import WallClock
from tests.support.discord.server import TOKEN, discord_running
from tests.support.forking import forked
from tests.support.slack.server import APP_TOKEN, BOT_TOKEN, Server, serve

ROOT = Path(__file__).resolve().parents[2]


@asynccontextmanager
async def started(slack: Server, folder: Path, *, fork: bool = True, **more: str) -> AsyncIterator[Process]:
    """`stint run` in a folder, its settings in the environment; killed at the end if it still runs."""
    environment = {
        "PATH": "",
        "PYTHONPATH": str(ROOT),
        "STINT_SLACK__API_BASE_URL": f"{slack.url}/api/",
        "STINT_SLACK__BOT_TOKEN": BOT_TOKEN,
        "STINT_SLACK__APP_TOKEN": APP_TOKEN,
        **more,
    }
    stint = forked("adapters.cli") if fork else (sys.executable, "-m", "adapters.cli")
    process = await asyncio.create_subprocess_exec(
        *stint, "run", cwd=folder, env=environment, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def line_of(process: Process) -> str:
    """The next line it prints."""
    assert process.stdout
    return (await process.stdout.readline()).decode().rstrip("\n")


async def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds; ten seconds at most."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - it is a process that we wait for
            await asyncio.sleep(0.02)


async def test_run_says_where_it_is_and_stops_in_order(tmp_path: Path) -> None:
    """Database, health, setup code, workspace and servers are printed; on SIGTERM the sockets close first."""
    port = unused_port()
    async with (
        serve(WallClock().now) as slack,
        discord_running(WallClock().now) as discord,
        ClientSession() as browser,
    ):
        discord.world.add_guild("Riverside")
        both = {
            "STINT_DISCORD__TOKEN": TOKEN,
            "STINT_DISCORD__API_BASE_URL": discord.api,
            "STINT_DISCORD__GATEWAY_URL": discord.gateway.url,
            "STINT_WEB__PORT": str(port),
        }
        async with started(slack, tmp_path, fork=False, **both) as process:
            assert await line_of(process) == f"The database is {tmp_path / 'stint.db'}."
            assert await line_of(process) == (
                f"Health and metrics: http://127.0.0.1:{port}/readyz and http://127.0.0.1:{port}/metrics."
            )
            code = await line_of(process)
            assert re.fullmatch(r"There is no programme yet\. .* /stint setup \w{4}-\w{4}-\w{4}", code)
            assert "within a day" in await line_of(process)
            assert {await line_of(process), await line_of(process)} == {
                "Slack: the workspace Riverside, as @stint.",
                "Discord: the application Stint, in Riverside.",
            }
            assert discord.world.commands
            await until(lambda: len(slack.sockets) == 2)
            async with browser.get(f"http://127.0.0.1:{port}/readyz") as ready:
                assert (ready.status, await ready.text()) == (200, "ready\n")
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                out, err = await process.communicate()
            assert (process.returncode, out.decode()) == (0, "Stopped; everything owed is kept.\n")
            assert err == b""
            await until(lambda: not slack.sockets)


@pytest.mark.usefixtures("migrated_sqlite_url")
async def test_a_start_that_hangs_can_be_stopped(tmp_path: Path) -> None:
    """While Slack takes connections and says nothing, SIGTERM still ends it, within ten seconds."""

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await gone.wait()
        writer.close()

    asked, gone = asyncio.Event(), asyncio.Event()
    async with (
        serve(WallClock().now) as slack,
        await asyncio.start_server(say_nothing, "127.0.0.1", 0) as mute,
    ):
        slack.url = f"http://127.0.0.1:{mute.sockets[0].getsockname()[1]}"
        async with started(slack, tmp_path, STINT_WEB__PORT="0") as process:
            await asked.wait()
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(10):
                out, err = await process.communicate()
        gone.set()
    assert (process.returncode, err) == (0, b"")
    assert out.decode().endswith("Stopped before it was connected.\n")


@pytest.mark.usefixtures("migrated_sqlite_url")
async def test_a_token_that_is_not_known_ends_it_with_the_fix(tmp_path: Path) -> None:
    """There is a sentence and no traceback, and the token is not in it."""
    async with (
        serve(WallClock().now) as slack,
        started(slack, tmp_path, STINT_SLACK__BOT_TOKEN="xoxb-of-another", STINT_WEB__PORT="0") as process,
    ):
        _, err = await process.communicate()
    assert process.returncode == 2
    assert err.decode().startswith(
        "Slack does not take the bot token (invalid_auth). Install the app again if it was removed."
    )
    assert b"Traceback" not in err
    assert b"of-another" not in err

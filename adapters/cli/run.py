"""`stint run`: the bot in production, on every platform of the configuration, until a signal stops it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack, ExitStack, closing
from pathlib import Path
from typing import Any, TypeVar, cast

from adapters.cli import erasure_ledger
from adapters.cli.configuration import load_box
from adapters.cli.environment import only_one, open_world, prepare, refused, settings_or_exit, world_path
from adapters.cli.logs import log_as
from adapters.cli.platforms import adapters_of, lacking, named
from adapters.cli.running_bot import Bot, opened, receiving
from adapters.cli.shared_clock import SharedClock
from adapters.cli.startup_report import check, say, tell_code, tell_connected
from adapters.config import ConfigError, Settings
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.workspace import PLATFORM, Workspace
from bot.chat.adapter import Refusal
from bot.runtime.pace import Pace
from storage.database import open_database

__all__ = ["run"]

T = TypeVar("T")


def run(config: Path | None, *, terminal: bool = False) -> int:
    """Run the bot of the configuration; return the exit code.

    The terminal is among its platforms when nothing else is configured, or with `terminal`: on a screen it is
    the chat client in real time. Without one the bot serves until SIGTERM or SIGINT.
    """
    settings = settings_or_exit(config)
    log_as(settings.log_level, settings.log_format, settings.log_file)
    if missing := lacking(settings):
        raise refused("\n".join(missing))
    with ExitStack() as stack:
        path = world_path(settings.terminal.folder)
        at_terminal = terminal or not named(settings)
        if at_terminal and not path.exists():
            raise refused(f"There is no programme in {path.parent.absolute()} yet: `stint init` creates one.")
        stack.enter_context(only_one(open_database(settings.database_url, inline=True)))
        prepare(settings.database_url)
        world = stack.enter_context(closing(open_world(path))) if at_terminal else None
        try:
            asyncio.run(_run(settings, world))
        except _Stopped:
            say("Stopped before it was connected.")
        except Refusal as error:
            raise refused(f"{error}\n`stint doctor` says more about it.") from None
    return 0


async def _run(settings: Settings, world: Workspace | None) -> None:
    screen = world is not None and sys.stdin.isatty() and sys.stdout.isatty()
    stopped = asyncio.Event() if screen else _asked_to_stop()
    database = open_database(settings.database_url)
    clock = SharedClock(database.instant)
    try:
        box = load_box(settings)
        made = adapters = adapters_of(settings, clock, database, box, world)
    except (ConfigError, ValueError) as error:
        raise refused(str(error)) from None
    say(f"The database is {database.path or 'PostgreSQL'}.")
    async with AsyncExitStack() as stack:
        site = None
        if named(settings):
            from adapters.cli.web import Site

            site = Site(settings, adapters, database, clock)
            adapters = site.adapters
            await _unless(stopped, check(adapters))
        rules, kept = settings.files.rules, settings.keeps_messages
        bot = opened(database, adapters, clock, box, rules, kept, in_contact=True)
        runtime = await _unless(stopped, stack.enter_async_context(bot))
        if site is not None:
            say(await stack.enter_async_context(site.listening()))
            await tell_code(database, clock)
        await stack.enter_async_context(erasure_ledger.kept(database, settings.backup.folder))
        pace = Pace(runtime.receive, adapters, **dict(settings.replies), monotonic=clock.monotonic)
        tasks = await stack.enter_async_context(receiving(adapters, pace.receive))
        if world is not None and screen:
            await _play(Bot(database, world, cast("TerminalAdapter", made[PLATFORM]), runtime))
            return
        if world is not None:
            say("Running on the terminal's world; stop with Ctrl+C or SIGTERM.")
        telling = asyncio.create_task(tell_connected(adapters, database))
        await _until(stopped, tasks)
        telling.cancel()
    say("Stopped; everything owed is kept.")


class _Stopped(Exception):
    """The signal to stop came while the bot was still starting."""


async def _unless(stopped: asyncio.Event, doing: Coroutine[Any, Any, T]) -> T:
    """Await `doing`, unless the signal to stop comes first: a platform without an answer must not delay it.

    Raises:
        _Stopped: the signal came first, and `doing` was cancelled.
    """
    work, stop = asyncio.create_task(doing), asyncio.create_task(stopped.wait())
    await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not work.done():
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        raise _Stopped
    return work.result()


async def _play(bot: Bot) -> None:
    from adapters.cli.playground import play

    await play(bot)


async def _until(stopped: asyncio.Event, tasks: Mapping[str, asyncio.Task[None]]) -> None:
    """Wait for the signal to stop.

    Raises:
        Refusal: a platform refuses the bot.
    """
    ends: set[asyncio.Task[Any]] = {asyncio.create_task(stopped.wait()), *tasks.values()}
    done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


def _asked_to_stop() -> asyncio.Event:
    """Return the event that SIGTERM or SIGINT sets, from now on."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped

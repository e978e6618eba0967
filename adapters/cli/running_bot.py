"""A running bot: database, routes, adapters and clock become one Runtime, its ways in open."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from adapters.cli.environment import only_one
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.workspace import World
from bot.chat.adapter import Adapter, Receive, Refusal
from bot.chat.file_kinds import FileRules
from bot.clock import Clock, raised_at
from bot.programme import ROUTES
from bot.runtime.runtime import Runtime
from storage.database import Database, open_database
from storage.secrets import Box

__all__ = ["Bot", "close_all", "keep_running", "make_prompt", "open_bot", "opened", "receiving"]

_HANDS_OVER: Final = 0.001
"""Seconds."""

_PYTHONS_OWN: Final = (700, 10, 10)
"""How often the garbage collector looks, as Python 3.11 has it: seldom would mean for longer at a time."""

_FIRST_WAIT, _LONGEST_WAIT = 5.0, 900.0
"""Seconds before ways in that failed are opened again: doubled each time, so that a bot which fails all day
stays far below the 1000 starts after which Discord takes the token away
(docs.discord.com/developers/events/gateway)."""

_STEADY = 600.0
"""Seconds after which ways in that fail are taken to have worked, and the wait is short again."""

_PROVEN = 60.0
"""Seconds after the start within which a refusal means that the bot is set up wrongly, and ends it."""

_CLOSING = 1.0
"""Seconds that each adapter gets to close its ways in, and again its clients."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot on the terminal, running."""

    database: Database
    world: World
    adapter: TerminalAdapter
    runtime: Runtime


def make_prompt() -> None:
    """Let the event loop have its turn soon, whatever else this process does; once everything is loaded.

    What is loaded stays for good: in the garbage collector's sight it would stop everything for a tenth of a
    second at each full collection. What comes now is looked through often, a little each time. And a database
    thread at work hands over after a millisecond, not after Python's five (docs/performance.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_PYTHONS_OWN)
    sys.setswitchinterval(_HANDS_OVER)


@asynccontextmanager
async def open_bot(url: str, world: World, clock: Clock) -> AsyncIterator[Bot]:
    """A bot on the terminal `world`, its clock started and its ways in open, until the block ends."""
    database = open_database(url)
    adapter = TerminalAdapter(world, clock.now)
    with only_one(database):
        async with (
            opened(database, {adapter.platform: adapter}, clock) as runtime,
            receiving(runtime.adapters, runtime.receive),
        ):
            yield Bot(database, world, adapter, runtime)


@asynccontextmanager
async def opened(
    database: Database,
    adapters: Mapping[str, Adapter],
    clock: Clock,
    box: Box | None = None,
    file_rules: FileRules | None = None,
) -> AsyncIterator[Runtime]:
    """A runtime that serves what is due and delivers it, its ways in still closed, until the block ends.

    Then what is on its way gets a few seconds, and clients and database are closed. `box` seals files that
    people send; without it they are refused. `file_rules` says which are taken.

    Raises:
        Refusal: a platform refuses our token.
    """
    runtime = Runtime(database, ROUTES, adapters, clock, box, file_rules)
    try:
        for adapter in adapters.values():
            await _made_ready(adapter)
        if database.path is not None:
            await runtime.recover()
        make_prompt()
        await clock.start(runtime.pump)
        yield runtime
    finally:
        await clock.stop()
        await runtime.close()
        await close_all(adapters)
        await database.close()


async def _made_ready(adapter: Adapter) -> None:
    """Open it and tell it the commands; a platform that cannot be reached is tried again by `keep_running`.

    Raises:
        Refusal: it refuses our token.
    """
    try:
        await adapter.open()
        await adapter.register(ROUTES.specs)
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001 - the other platforms must not wait for this one
        log.warning("adapter.not_opened", platform=adapter.platform, error=type(error).__name__)


async def close_all(adapters: Mapping[str, Adapter]) -> None:
    """Close every adapter, whatever state it is in."""
    await asyncio.gather(*map(_closed, adapters.values()))


async def _closed(adapter: Adapter) -> None:
    try:
        async with asyncio.timeout(_CLOSING):
            await adapter.close()
    except Exception as error:  # noqa: BLE001 - the other adapters and the database must be closed as well
        log.warning("adapter.not_closed", platform=adapter.platform, error=type(error).__name__)


@asynccontextmanager
async def receiving(
    adapters: Mapping[str, Adapter], receive: Receive
) -> AsyncIterator[Mapping[str, asyncio.Task[None]]]:
    """The ways in of these adapters, open until the block ends; the task of each by its platform.

    Such a task ends only by a Refusal, soon after the start.
    """
    tasks = {name: asyncio.create_task(keep_running(each, receive)) for name, each in adapters.items()}
    try:
        yield tasks
    finally:
        for task in tasks.values():
            task.cancel()
        if tasks:
            await asyncio.wait(tasks.values(), timeout=_CLOSING)


async def keep_running(adapter: Adapter, receive: Receive) -> None:
    """Run an adapter until cancelled; when it fails it is run again, after a wait that grows.

    Raises:
        Refusal: the platform refused us within the first minute.
    """
    loop = asyncio.get_running_loop()
    started, wait = loop.time(), _FIRST_WAIT
    while True:
        began = loop.time()
        error: Exception | None = None
        try:
            await adapter.run(receive)
        except Refusal as refusal:
            if loop.time() - started < _PROVEN:
                raise
            error = refusal
        except Exception as failure:  # noqa: BLE001 - whatever it was, the bot must be reachable again
            error = failure
        if loop.time() - began > _STEADY:
            wait = _FIRST_WAIT
        log.error(
            "adapter.stopped",
            platform=adapter.platform,
            error=type(error).__name__,
            where=raised_at(error) if error else "",
            again_in=wait,
        )
        await asyncio.sleep(wait)
        wait = min(wait * 2, _LONGEST_WAIT)
        await _made_ready(adapter)

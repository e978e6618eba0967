"""A running bot: database, routes, adapters and clock become one Runtime, and the adapters receive events."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from adapters.cli.environment import only_one
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import Adapter, Receive, Refusal
from bot.chat.file_kinds import FileRules
from bot.clock import Clock, raised_at
from bot.programme import ROUTES
from bot.runtime.contact import keep_contact
from bot.runtime.retention import MESSAGES
from bot.runtime.runtime import Runtime
from storage.database import Database, open_database
from storage.secrets import SecretBox

__all__ = ["Bot", "close_all", "keep_running", "make_prompt", "open_bot", "opened", "receiving"]

_HANDS_OVER: Final = 0.001
"""Seconds after which a database thread hands over to the event loop."""

_PYTHONS_OWN: Final = (700, 10, 10)
"""The garbage collector's thresholds of Python 3.11: with higher ones it would run longer at a time."""

_FIRST_WAIT, _LONGEST_WAIT = 5.0, 900.0
"""Seconds before an adapter that failed is run again: doubled each time, so that a bot which fails all day
stays far below the 1000 starts after which Discord takes the token away
(docs.discord.com/developers/events/gateway)."""

_STEADY = 600.0
"""Seconds after which an adapter that fails is taken to have worked, and the wait is short again."""

_PROVEN = 60.0
"""Seconds after the start within which a refusal means that the bot is set up wrongly, and ends it."""

_CLOSING = 1.0
"""Seconds that each adapter gets to stop receiving, and again to close its clients."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot on the terminal, running."""

    database: Database
    world: Workspace
    adapter: TerminalAdapter
    runtime: Runtime


def make_prompt() -> None:
    """Give the event loop its turn soon, whatever else this process does; call it once everything is loaded.

    What is loaded stays for good: if the garbage collector saw it, each full collection would stop everything
    for a tenth of a second. New objects are checked often, a few each time. And a database thread at work
    hands over after a millisecond, not after Python's five (docs/performance.md).
    """
    # Not collected first: that takes a tenth of a start, and a thousand of the objects are garbage.
    gc.freeze()
    gc.set_threshold(*_PYTHONS_OWN)
    sys.setswitchinterval(_HANDS_OVER)


@asynccontextmanager
async def open_bot(url: str, world: Workspace, clock: Clock) -> AsyncIterator[Bot]:
    """Run a bot on the terminal `world`, its clock started and its adapter open, until the block ends."""
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
    box: SecretBox | None = None,
    file_rules: FileRules | None = None,
    keep_messages: timedelta = MESSAGES,
    *,
    in_contact: bool = False,
) -> AsyncIterator[Runtime]:
    """Open a runtime that serves and delivers what is due, and receives nothing yet, until the block ends.

    Then messages on their way get a few seconds, and clients and database are closed. `box` seals files that
    people send; without it they are refused. `file_rules` says which are taken. `keep_messages`: the time for
    which what a message said is kept. `in_contact`: note each minute which platforms can be reached, so that
    an outage moves what was owed meanwhile; not on a clock that is moved by hand.

    Raises:
        Refusal: a platform refuses the bot's token.
    """
    runtime = Runtime(database, ROUTES, adapters, clock, box, file_rules, keep_messages)
    try:
        for adapter in adapters.values():
            await _made_ready(adapter)
        if database.path is not None:
            await runtime.recover()
        make_prompt()
        async with keep_contact(database, adapters, clock) if in_contact else nullcontext():
            await clock.start(runtime.pump)
            yield runtime
    finally:
        await clock.stop()
        await runtime.close()
        await close_all(adapters)
        await database.close()


async def _made_ready(adapter: Adapter) -> None:
    """Open it and register the commands; `keep_running` tries an unreachable platform again.

    Raises:
        Refusal: the platform refuses the bot's token.
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
    """Let these adapters receive events until the block ends; yield the task of each by its platform.

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
    """Run an adapter until it is cancelled; when it fails, run it again after a growing wait.

    Raises:
        Refusal: the platform refused the bot within the first minute.
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

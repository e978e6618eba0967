"""Put a bot together: database, world, adapter, routes and clock become one Runtime."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
import typer
from sqlalchemy.exc import DBAPIError

from adapters.config import ConfigError, Settings, load_settings
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.journal import JournalInUse
from adapters.terminal.world import World
from bot.clock import Clock
from bot.programme import ROUTES
from bot.runtime.runtime import Runtime
from storage.database import Database, open_database
from storage.lock import DatabaseInUseError, ProcessLock, holds_lock
from storage.migrate import SchemaTooNewError, upgrade
from storage.urls import parse_url, shown

__all__ = [
    "Bot",
    "log_as",
    "make_prompt",
    "only_one",
    "open_bot",
    "open_world",
    "prepare",
    "settings_or_exit",
]

_HANDS_OVER: Final = 0.001
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot on the terminal, running."""

    database: Database
    world: World
    adapter: TerminalAdapter
    runtime: Runtime


def settings_or_exit(config: Path | None) -> Settings:
    """The settings; a configuration that cannot be used ends the command with what to do."""
    try:
        return load_settings(config)
    except ConfigError as error:
        raise _refused(str(error)) from None


def log_as(level: str, form: str) -> None:
    """Log to standard error from `level` on, as "text" or "json"."""
    renderer = structlog.processors.JSONRenderer() if form == "json" else structlog.dev.ConsoleRenderer()
    number = logging.getLevelNamesMapping()[level.upper()]
    # Third-party libraries' own logs are read only when something is wrong with them.
    logging.basicConfig(level=max(number, logging.WARNING), stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def prepare(url: str) -> None:
    """Bring the database to this version's schema, and say so when there was something to do.

    A schema of a newer version, a database in use or out of reach ends the command with what to do.
    """
    try:
        done = upgrade(url)
    except (SchemaTooNewError, DatabaseInUseError) as error:
        raise _refused(str(error)) from None
    except DBAPIError as error:
        raise _refused(
            f"{shown(parse_url(url))} cannot be opened: {error.orig}\n"
            "Look at database_url in config.toml, or at STINT_DATABASE_URL."
        ) from None
    if done and done.backup:
        typer.echo(f"The database was brought up to date; a copy from before is {done.backup}.", err=True)


def make_prompt() -> None:
    """Let the event loop have its turn soon, whatever else this process does; once everything is loaded.

    What is loaded stays for good: in the garbage collector's sight it would stop everything for a tenth of a
    second at each full collection. And a database thread at work hands over after a millisecond, not after
    Python's five (docs/performance.md).
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_HANDS_OVER)


@contextmanager
def only_one(database: Database) -> Iterator[None]:
    """Refuse a second process on one SQLite file; PostgreSQL takes many.

    Within this process it may be held again.
    """
    if database.path is None or holds_lock(database.path):
        yield
        return
    try:
        lock = ProcessLock(database.path)
        lock.acquire()
    except DatabaseInUseError as error:
        raise _refused(str(error)) from None
    try:
        yield
    finally:
        lock.release()


def open_world(path: Path, *, token: str = "") -> World:
    """The terminal's world kept at `path`; one that cannot be had ends the command with what to do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return World(path, token=token)
    except JournalInUse as error:
        raise _refused(f"{error}: stop that one first, or give this one a folder of its own.") from None
    except ValueError as error:
        raise _refused(str(error)) from None


def _refused(why: str) -> typer.Exit:
    """The end of a command that cannot do what it was asked to, once it has said why."""
    typer.echo(why, err=True)
    return typer.Exit(2)


@asynccontextmanager
async def open_bot(url: str, world: World, clock: Clock) -> AsyncIterator[Bot]:
    """A bot on the terminal `world`, its clock started and its ways in open, until the block ends."""
    database = open_database(url)
    adapter = TerminalAdapter(world, clock.now)
    runtime = Runtime(database, ROUTES, {adapter.platform: adapter}, clock)
    with only_one(database):
        await adapter.register(ROUTES.specs)
        await adapter.open()
        if database.path is not None:
            await runtime.recover()
        make_prompt()
        await clock.start(runtime.pump)
        running = asyncio.create_task(adapter.run(runtime.receive))
        try:
            yield Bot(database, world, adapter, runtime)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await clock.stop()
            await runtime.close()
            await adapter.close()
            await database.close()

"""`stint run`: the bot in life, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import closing
from pathlib import Path

import typer

from adapters.cli.programmes import world_path
from adapters.cli.wiring import log_as, only_one, open_bot, open_world, prepare, settings_or_exit
from adapters.terminal.world import World
from bot.clock import WallClock
from storage.database import open_database

__all__ = ["run"]


def run(config: Path | None) -> int:
    """Run the bot of the configuration; the exit code.

    On a screen it is the terminal's chat client in real time. Without one it serves what falls due and
    delivers it, until SIGTERM or SIGINT.
    """
    settings = settings_or_exit(config)
    log_as(settings.log_level, settings.log_format)
    path = world_path(settings.terminal.folder)
    if not path.exists():
        typer.echo(
            f"There is no programme in {path.parent.absolute()} yet: `stint init` creates one.", err=True
        )
        return 2
    with only_one(open_database(settings.database_url, inline=True)):
        prepare(settings.database_url)
        with closing(open_world(path)) as world:
            asyncio.run(_run(settings.database_url, world, screen=sys.stdin.isatty() and sys.stdout.isatty()))
    return 0


async def _run(url: str, world: World, *, screen: bool) -> None:
    stopped = None if screen else _told_to_stop()
    async with open_bot(url, world, WallClock()) as bot:
        typer.echo(f"The database is {bot.database.path or 'PostgreSQL'}.")
        if stopped is None:
            from adapters.cli.playing import play

            await play(bot)
            return
        typer.echo("Running on the terminal's world; stop with Ctrl+C or SIGTERM.")
        await stopped.wait()
    typer.echo("Stopped; everything owed is kept.")


def _told_to_stop() -> asyncio.Event:
    """What SIGTERM or SIGINT sets, from now on."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped

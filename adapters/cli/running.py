"""`stint run`: the bot in life, until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import typer

from adapters.cli.programmes import world_path
from adapters.cli.wiring import log_as, open_bot, prepare, settings_or_exit
from adapters.terminal.journal import JournalInUse
from adapters.terminal.world import World
from bot.clock import WallClock

__all__ = ["run"]


def run(config: Path | None) -> int:
    """Run the bot of the configuration; the exit code.

    On a screen it is the terminal's chat client in real time. Without one it serves what falls due and
    delivers it, until SIGTERM or SIGINT.
    """
    settings = settings_or_exit(config)
    log_as(settings.log_level, settings.log_format)
    prepare(settings.database_url)
    path = world_path(settings.terminal.folder)
    if not path.exists():
        typer.echo(f"There is no programme in {path.parent} yet: `stint init` creates one.", err=True)
        return 2
    try:
        world = World(path)
    except JournalInUse as error:
        typer.echo(str(error), err=True)
        return 2
    try:
        asyncio.run(_run(settings.database_url, world, screen=sys.stdin.isatty() and sys.stdout.isatty()))
    finally:
        world.close()
    return 0


async def _run(url: str, world: World, *, screen: bool) -> None:
    async with open_bot(url, world, WallClock()) as bot:
        where = bot.database.path or "PostgreSQL"
        if screen:
            from adapters.cli.playing import play

            await play(bot)
            return
        typer.echo(f"The database is {where}.")
        typer.echo("Running on the terminal's world; stop with Ctrl+C or SIGTERM.")
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopped.set)
        await stopped.wait()
    typer.echo("Stopped; everything owed is kept.")

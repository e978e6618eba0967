"""`stint init`: a programme for the terminal, made without a chat platform around it."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import available_timezones

import typer

from adapters.cli.wiring import log_as, only_one, prepare, settings_or_exit
from adapters.terminal.world import PLATFORM, SPACE, World
from bot.chat.events import Place, UserRef
from bot.clock import WallClock
from bot.programme.seeds import create_cohort, create_programme
from storage.database import open_database

__all__ = ["init", "world_path"]


def world_path(folder: Path) -> Path:
    """The file of the terminal's world."""
    return folder / "world.jsonl"


def init(config: Path | None, *, name: str, zone: str, coordinator: str, cohort: str) -> int:
    """Create the programme, its coordinator and its first cohort; the exit code."""
    settings = settings_or_exit(config)
    log_as(settings.log_level, settings.log_format)
    if zone not in available_timezones():
        typer.echo(f"{zone} is no time zone I know. Write it like Europe/London.", err=True)
        return 2
    prepare(settings.database_url)
    settings.terminal.folder.mkdir(parents=True, exist_ok=True)
    world = World(world_path(settings.terminal.folder))
    database = open_database(settings.database_url, inline=True)
    now = WallClock().now()
    account = _id_of(coordinator)
    channel = _id_of(cohort)
    world.add_account(account, coordinator, zone, frozenset({"manage"}))
    world.add_channel(channel)
    with only_one(database):
        programme_id = database.transact_inline(
            lambda work: create_programme(
                work, now, name, zone, Place(PLATFORM, SPACE, ""), UserRef(PLATFORM, account), coordinator
            )
        )
        database.transact_inline(
            lambda work: create_cohort(work, now, programme_id, cohort, zone, Place(PLATFORM, SPACE, channel))
        )
    database.close_inline()
    world.close()
    typer.echo(f"Created “{name}” with the cohort “{cohort}” in {database.path or 'PostgreSQL'}.")
    typer.echo("Next: `stint run` opens it in the terminal; `stint import FILE` brings projects in.")
    return 0


def _id_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "one"

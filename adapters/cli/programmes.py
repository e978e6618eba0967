"""`stint init`: a programme for the terminal, made without a chat platform around it."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

import typer
from sqlalchemy import select

from adapters.cli.ground import only_one, open_world, prepare, settings_or_exit, world_path
from adapters.cli.logs import log_as
from adapters.terminal.world import PLATFORM, SPACE, Account, Channel
from bot.chat.events import Place, UserRef
from bot.clock import WallClock
from bot.programme.seeds import create_cohort, create_programme
from storage.database import Database, Work, open_database
from storage.tables import Programme, Space

__all__ = ["init"]


def init(config: Path | None, *, name: str, zone: str, coordinator: str, cohort: str) -> int:
    """Create the programme, its coordinator and its first cohort; the exit code."""
    settings = settings_or_exit(config)
    log_as(settings.log_level, settings.log_format)
    if zone not in available_timezones():
        typer.echo(f"{zone} is no time zone I know. Write it like Europe/London.", err=True)
        return 2
    database = open_database(settings.database_url, inline=True)
    try:
        with only_one(database):
            return _init(database, settings.terminal.folder, name, zone, coordinator, cohort)
    finally:
        database.close_inline()


def _init(database: Database, folder: Path, name: str, zone: str, coordinator: str, cohort: str) -> int:
    prepare(database.url)
    where = database.path or "PostgreSQL"
    if known := database.read_inline(_programme_here):
        typer.echo(f"“{known}” is here already, in {where}: `stint run` opens it.", err=True)
        return 2
    with closing(open_world(world_path(folder))) as world:
        account = world.add_account(_id_of(coordinator), coordinator, zone, frozenset({"manage"}))
        channel = world.add_channel(_id_of(cohort))
    new = _New(name, zone, account, cohort, channel)
    now = WallClock().now()
    database.transact_inline(lambda work: _create(work, now, new))
    typer.echo(f"Created “{name}” with the cohort “{cohort}” in {where}.")
    typer.echo("Next: `stint run` opens it in the terminal; `stint import FILE` brings projects in.")
    return 0


@dataclass(frozen=True, slots=True)
class _New:
    """A programme to be made, with its coordinator's account and its first cohort's channel."""

    name: str
    zone: str
    coordinator: Account
    cohort: str
    channel: Channel


def _create(work: Work, now: datetime, new: _New) -> None:
    space, user = Place(PLATFORM, SPACE, ""), UserRef(PLATFORM, new.coordinator.id)
    number = create_programme(work, now, new.name, new.zone, space, user, new.coordinator.name)
    create_cohort(work, now, number, new.cohort, new.zone, Place(PLATFORM, SPACE, new.channel.id))


def _programme_here(work: Work) -> str | None:
    """The name of the programme that the terminal's space belongs to."""
    query = select(Programme.name).join(Space, Space.programme_id == Programme.id)
    return work.session.scalar(query.where(Space.platform == PLATFORM, Space.external_id == SPACE))


def _id_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "one"

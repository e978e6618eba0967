"""`stint simulate --from`: what a programme would say in the time to come, on a copy of its database."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal
from zoneinfo import ZoneInfo

import typer
from msgspec import Struct, to_builtins
from sqlalchemy import Connection, select

from adapters.cli.environment import refused
from adapters.cli.named_programme import Found, programme_named
from adapters.cli.progress import progress
from adapters.cli.rehearsal_copy import Copy, copied, note_rehearsal
from adapters.cli.rehearsal_print import printed
from adapters.cli.trace import zone_named
from adapters.discord.adapter import DiscordAdapter
from adapters.simulation.rehearsal.platforms import platforms_of
from adapters.simulation.rehearsal.play import Played, play
from adapters.simulation.rehearsal.report import report_of
from adapters.slack.adapter import SlackAdapter
from storage import programmes
from storage.database import Database, open_database
from storage.tables import Programme

__all__ = ["Acts", "Shown", "Wanted", "rehearse"]

Acts = Literal["random", "none", ""]
"""Whether the people of a rehearsal do anything; "" is as usual for the copy."""

_CAPABILITIES: Final = {"slack": SlackAdapter.capabilities, "discord": DiscordAdapter.capabilities}
"""What the platforms can do; the terminal can do everything."""


class Wanted(Struct, frozen=True):
    """A rehearsal that is asked for.

    Attributes:
        source: a database by its URL or file, a configuration, or the folder of a demonstration.
        start: the instant (UTC) at which it begins; None is now.
        seed: the chance by which people act.
        programme: its name or number; "" where there is a single one.
    """

    source: str
    days: float
    start: datetime | None = None
    acts: Acts = ""
    seed: int = 1
    programme: str = ""


class Shown(Struct, frozen=True):
    """How a rehearsal is printed: in a time zone ("" is the programme's), with messages whole, or as JSON."""

    zone: str = ""
    full: bool = False
    as_json: bool = False


def rehearse(wanted: Wanted, shown: Shown) -> int:
    """Play a rehearsal and print it; return the exit code.

    Raises:
        typer.BadParameter: there is no such zone, or the start lies in the copy's past.
        typer.Exit: the source cannot be copied, or has no such programme: what to do is printed.
    """
    if shown.zone:
        zone_named(shown.zone)
    with TemporaryDirectory(prefix="stint-rehearsal-") as folder:
        copy = copied(wanted.source, Path(folder))
        start = _start(wanted, copy)
        database = open_database(copy.url, inline=True)
        try:
            found = database.transact_inline(lambda work: _only(work.connection, wanted.programme))
            note_rehearsal(copy, found.id)
            seed = wanted.seed if (wanted.acts or copy.usual_acts) == "random" else None
            played = _played(database, f"{found.name}, {wanted.days:g} days", start, wanted.days, seed)
            zone = _zone(database, found, shown.zone)
            report = database.read_inline(
                lambda work: report_of(work.connection, (found.id, found.name), played, zone)
            )
        finally:
            database.close_inline()
    if shown.as_json:
        typer.echo(json.dumps(to_builtins(report) | {"zone": zone.key}, ensure_ascii=False, indent=2))
    else:
        for line in printed(report, zone, full=shown.full):
            typer.echo(line)
    return 0


def _start(wanted: Wanted, copy: Copy) -> datetime:
    if wanted.start is None:
        return copy.now
    if copy.newest is not None and wanted.start < copy.newest:
        raise typer.BadParameter(
            f"the newest entry of the copy is of {copy.newest:%Y-%m-%d %H:%M} UTC; begin after it",
            param_hint="--start",
        )
    return wanted.start


def _only(connection: Connection, name: str) -> Found:
    """Find the programme, and take the others out of the copy; end the command where it is not clear."""
    numbers = connection.scalars(select(Programme.id).order_by(Programme.id)).all()
    if not numbers:
        raise refused(
            "There is no programme in it yet: `/stint setup` in Slack or Discord begins one, and `stint "
            "init` one for the terminal. To rehearse a made-up one, name a configuration whose database does "
            "not exist yet."
        )
    if not name and len(numbers) > 1:
        named = [programme_named(connection, str(number)) for number in numbers]
        listed = ", ".join(f"{each.name} ({each.id})" for each in named)
        raise refused(f"There are several programmes: {listed}. Choose one with --programme.")
    found = programme_named(connection, name or str(numbers[0]))
    for number in numbers:
        if number != found.id:
            programmes.delete_rows(connection, number)
    return found


def _played(database: Database, title: str, start: datetime, days: float, seed: int | None) -> Played:
    platforms = database.transact_inline(lambda work: platforms_of(work.connection, _CAPABILITIES))
    with progress(title, days) as advance:
        return play(database, platforms, start, timedelta(days=days), seed=seed, advance=advance)


def _zone(database: Database, found: Found, name: str) -> ZoneInfo:
    """Return the time zone of this name, or the programme's."""
    query = select(Programme.zone).where(Programme.id == found.id)
    return ZoneInfo(name or database.read_inline(lambda work: work.connection.execute(query).scalar_one()))

"""`stint import`: projects from a file, checked whole, written in small turns, announced on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select

from adapters.cli.ground import prepare, settings_or_exit
from adapters.cli.logs import log_as
from adapters.terminal.adapter import TerminalAdapter
from bot.clock import WallClock
from bot.programme import ROUTES, importing
from bot.programme.turn import Turn
from bot.runtime.carry import carry_out
from bot.runtime.context import Context
from storage import statistics
from storage.database import Database, Work, open_database
from storage.tables import Cohort, Programme

__all__ = ["import_file"]

ASK_ABOVE = 20
"""Announcing more than this many projects is asked about first."""

T = TypeVar("T")


class Unusable(Exception):
    """The command cannot go on; `str()` says why and what to do."""


@dataclass(frozen=True, slots=True)
class Import:
    """What an import works on: an open database and the programme's id."""

    database: Database
    programme_id: int

    def turn(self, fn: Callable[[Turn], T]) -> T:
        """Run `fn` in a transaction of its own."""
        now = WallClock().now()
        return self.database.transact_inline(
            lambda work: fn(Turn(work=work, now=now, programme_id=self.programme_id))
        )


def import_file(
    config: Path | None,
    file: Path,
    *,
    defaults: Sequence[str],
    cohorts: Sequence[str],
    publish: bool,
    yes: bool,
) -> int:
    """Import the projects of a file; the exit code (1: some rows were refused, 2: nothing was done)."""
    settings = settings_or_exit(config)
    log_as(settings.log_level, settings.log_format)
    prepare(settings.database_url)
    database = open_database(settings.database_url, inline=True)
    try:
        job = Import(database, database.read_inline(_only_programme))
        given = _defaults(defaults, cohorts)
        checked = importing.read_rows(file, given, job.turn(importing.ground_of))
        _import(job, checked, file)
        if publish:
            _publish(job, checked.rows, yes=yes)
        database.transact_inline(lambda work: statistics.gather(work.connection))
    except (Unusable, importing.UnreadableFile) as error:
        typer.echo(str(error), err=True)
        return 2
    finally:
        database.close_inline()
    return 1 if checked.refused else 0


def _only_programme(work: Work) -> int:
    found = work.session.scalars(select(Programme.id)).all()
    if not found:
        raise Unusable("There is no programme in this database yet: `stint init` creates one.")
    if len(found) > 1:
        raise Unusable("There are several programmes in this database, and an import goes into one only.")
    if not work.session.scalars(select(Cohort.id)).first():
        raise Unusable("This programme has no cohort yet: `/cohort create` makes one.")
    return found[0]


def _defaults(defaults: Sequence[str], cohorts: Sequence[str]) -> dict[str, str]:
    """`field=value` as given on the command line.

    Raises:
        Unusable: one is written otherwise, or names no field.
    """
    given: dict[str, str] = {}
    for each in defaults:
        field, equals, value = each.partition("=")
        name = field.strip().casefold()
        if not equals or name not in importing.FIELDS:
            known = ", ".join(importing.FIELDS)
            raise Unusable(f"--default {each}: write it like hours=20. The fields are {known}.")
        given[name] = value.strip()
    if cohorts:
        given["cohorts"] = ", ".join(cohorts)
    return given


def _import(job: Import, checked: importing.Checked, file: Path) -> None:
    for refused in checked.refused:
        typer.echo(str(refused), err=True)
    if checked.refused and not checked.rows:
        raise Unusable("No row of the file can be imported; nothing was changed.")
    import_id = job.turn(lambda turn: importing.begin_import(turn, checked, file.name))
    new = 0
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Importing", total=len(checked.rows))
        for rows in importing.batches(checked.rows):
            new += job.turn(lambda turn, rows=rows: importing.import_turn(turn, import_id, rows))  # type: ignore[misc] # bound for this round
            progress.advance(task, len(rows))
    job.turn(lambda turn: importing.finish_import(turn, import_id))
    typer.echo(
        f"{new} imported, {len(checked.rows) - new} were here already, {len(checked.refused)} refused."
    )
    if checked.repeated:
        typer.echo(f"{checked.repeated} rows stand in the file more than once and were taken once.")
    for note, count in importing.note_counts(checked):
        typer.echo(f"Note on {count}: {note}")


def _publish(job: Import, rows: Sequence[importing.ImportRow], *, yes: bool) -> None:
    waiting = job.turn(lambda turn: importing.waiting(turn, rows))
    if waiting > ASK_ABOVE and not yes and not typer.confirm(f"Announce {waiting} projects now?"):
        typer.echo("Nothing was announced. The same command announces them later.")
        return
    done = 0
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Announcing", total=waiting)
        while count := job.turn(lambda turn: _publish_some(turn, rows)):
            done += count
            progress.advance(task, count)
    typer.echo(f"{done} published. Their cards go out one by one while the bot runs.")


def _publish_some(turn: Turn, rows: Sequence[importing.ImportRow]) -> int:
    written = importing.publish_turn(turn, rows)
    source = f"import:{turn.now.isoformat()}"
    context = Context(turn, ROUTES, source, None, TerminalAdapter.capabilities, TerminalAdapter.limits)
    carry_out(context, written.actions)
    return written.count

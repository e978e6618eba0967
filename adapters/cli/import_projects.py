"""`stint import`: projects from a file, checked whole, written in small turns, announced on request."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import select

from adapters.cli.announcing import announce, choose_way
from adapters.cli.environment import prepare, refused, settings_or_exit
from adapters.cli.import_job import Import, Unusable, Wanted
from adapters.cli.logs import log_as
from bot.chat.language import as_text
from bot.programme import importing
from storage import statistics
from storage.database import UnitOfWork, open_database
from storage.tables import Cohort, Programme

__all__ = ["import_file", "print_template"]


_TEMPLATES: Final = {"", ".csv", ".txt", ".xlsx"}
"""The endings that the name of a table to begin with may have."""


def print_template(file: Path | None) -> int:
    """Print the table to begin with, or write it into a new file; return the exit code."""
    if file is None:
        typer.echo(importing.template_csv(), nl=False)
        return 0
    if file.suffix.lower() not in _TEMPLATES:
        raise refused(f"A table to begin with ends in .xlsx or .csv. Give {file} such a name.")
    try:
        importing.write_template(file)
    except FileExistsError:
        raise refused(f"There is a {file} already, and it is left as it is. Give another name.") from None
    typer.echo(f"Wrote {file}. Fill in a row for each project; `stint import {file}` reads it.")
    return 0


def import_file(config: Path | None, file: Path, wanted: Wanted) -> int:
    """Import the projects of a file; return the exit code (1: some rows refused, 2: nothing done)."""
    settings = settings_or_exit(config)
    log_as(settings.log_level, settings.log_format, settings.log_file)
    prepare(settings.database_url)
    database = open_database(settings.database_url, inline=True)
    try:
        job = Import(database, database.read_inline(_only_programme))
        checked = importing.read_rows(
            file,
            _defaults(wanted.defaults, wanted.cohorts),
            job.turn(importing.ground_of),
            encoding=wanted.encoding,
            order=wanted.dates,
        )
        _show_how_it_was_read(checked, wanted)
        _say_refusals(checked)
        # The question comes before anything is written, so that nothing is half done if no answer comes.
        way = choose_way(job, checked.rows, wanted) if wanted.publish else ""
        import_id = _import(job, checked, file)
        if wanted.publish:
            announce(job, checked.rows, import_id, way)
        database.transact_inline(lambda work: statistics.gather(work.connection))
    except (Unusable, importing.UnreadableFile) as error:
        typer.echo(str(error), err=True)
        return 2
    finally:
        database.close_inline()
    return 1 if checked.refused else 0


def _show_how_it_was_read(checked: importing.Checked, wanted: Wanted) -> None:
    """Print what was guessed of the file, and at a terminal have it confirmed before anything is written."""
    for note in checked.notes:
        typer.echo(as_text(note))
    if not checked.guess:
        return
    typer.echo(as_text(checked.guess), err=True)
    if not wanted.yes and sys.stdin.isatty() and not typer.confirm("Does that read right?"):
        raise Unusable("Nothing was imported.")


def _only_programme(work: UnitOfWork) -> int:
    found = work.session.scalars(select(Programme.id)).all()
    if not found:
        raise Unusable("There is no programme in this database yet: `stint init` creates one.")
    if len(found) > 1:
        raise Unusable("There are several programmes in this database, and an import goes into one only.")
    if not work.session.scalars(select(Cohort.id)).first():
        raise Unusable("This programme has no cohort yet: `/cohort create` makes one.")
    return found[0]


def _defaults(defaults: Sequence[str], cohorts: Sequence[str]) -> dict[str, str]:
    """Return the `field=value` pairs of the command line.

    Raises:
        Unusable: a pair is written otherwise, or names no field.
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


def _say_refusals(checked: importing.Checked) -> None:
    """Print which rows cannot be imported.

    Raises:
        Unusable: no row can be imported.
    """
    for refusal in checked.refused:
        typer.echo(str(refusal), err=True)
    if checked.refused and not checked.rows:
        raise Unusable("No row of the file can be imported; nothing was changed.")


def _import(job: Import, checked: importing.Checked, file: Path) -> int:
    """Write the rows and print the result; return the import's id."""
    called = os.fsencode(file.name).decode("utf-8", "replace")  # a name can have bytes that are no text
    import_id = job.turn(lambda turn: importing.begin_import(turn, checked, called))
    new = 0
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Importing", total=len(checked.rows))
        for rows in importing.batches(checked.rows):
            new += job.turn(lambda turn, rows=rows: importing.import_turn(turn, import_id, rows))  # type: ignore[misc] # bound for this round
            progress.advance(task, len(rows))
    job.turn(lambda turn: importing.finish_import(turn, import_id))
    here = len(checked.rows) - new
    was = "was" if here == 1 else "were"
    typer.echo(f"{new} imported, {here} {was} here already, {len(checked.refused)} refused.")
    if checked.repeated == 1:
        typer.echo("One row is in the file more than once and was taken once.")
    elif checked.repeated:
        typer.echo(f"{checked.repeated} rows are in the file more than once and were taken once.")
    for note, count in importing.note_counts(checked):
        typer.echo(f"Note on {count}: {as_text(note)}")
    return import_id

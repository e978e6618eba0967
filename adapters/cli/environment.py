"""The environment of a command: settings, the database, the terminal's world.

A part that is not available ends the command with what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from sqlalchemy.exc import DBAPIError

from adapters.cli.advice import FULL
from adapters.cli.configuration import load_settings
from adapters.config import ConfigError, Settings
from adapters.terminal.journal import JournalInUse
from adapters.terminal.workspace import Workspace
from storage.database import Database
from storage.diagnostics import damage_in
from storage.lock import DatabaseInUseError, ProcessLock, holds_lock
from storage.migrate import ForeignDatabaseError, SchemaTooNewError, upgrade
from storage.urls import parse_url, shown, sqlite_path

__all__ = ["only_one", "open_world", "prepare", "refused", "settings_or_exit", "world_path"]


def refused(why: str) -> typer.Exit:
    """Return the exit of a command that cannot do what it was asked to, after printing why."""
    typer.echo(why, err=True)
    return typer.Exit(2)


def settings_or_exit(config: Path | None) -> Settings:
    """Return the settings; a configuration that cannot be used ends the command with what to do."""
    try:
        return load_settings(config)
    except ConfigError as error:
        raise refused(str(error)) from None


def prepare(url: str) -> None:
    """Bring the database to this version's schema, and print it when there was something to do.

    A schema of a newer version, a database in use or out of reach ends the command with what to do, and so
    does a damaged one (exit code 1).
    """
    if damaged := damage_in(url):
        typer.echo(damaged, err=True)
        raise typer.Exit(1)
    try:
        done = upgrade(url)
    except (SchemaTooNewError, ForeignDatabaseError, DatabaseInUseError) as error:
        raise refused(str(error)) from None
    except DBAPIError as error:
        where = sqlite_path(parse_url(url)) or shown(parse_url(url))
        raise refused(
            f"{where} cannot be opened: {error.orig}.\n"
            "Look at database_url in config.toml, or at STINT_DATABASE_URL."
        ) from None
    if done and done.backup:
        typer.echo(f"The database was brought up to date; a copy from before is {done.backup}.", err=True)


@contextmanager
def only_one(database: Database) -> Iterator[None]:
    """Refuse a second process on a SQLite file; PostgreSQL takes many.

    This process may hold it again.
    """
    if database.path is None or holds_lock(database.path):
        yield
        return
    try:
        database.path.parent.mkdir(parents=True, exist_ok=True)
        lock = ProcessLock(database.path)
        lock.acquire()
    except DatabaseInUseError as error:
        raise refused(str(error)) from None
    except OSError as error:
        if error.errno in FULL:
            raise
        raise refused(
            f"The database {database.path} cannot be used: {error.strerror}. Let the user who runs stint "
            f"write to the folder {database.path.parent}, or choose another place with database_url."
        ) from None
    try:
        yield
    finally:
        lock.release()


def world_path(folder: Path) -> Path:
    """Return the file of the terminal's world."""
    return folder / "world.jsonl"


def open_world(path: Path, *, token: str = "") -> Workspace:
    """Open the terminal's world at `path`; a world that cannot be opened ends the command with what to do."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return Workspace(path, token=token)
    except JournalInUse as error:
        raise refused(f"{error}: stop that one first, or give this one a folder of its own.") from None
    except ValueError as error:
        raise refused(str(error)) from None

"""Whether a database can be used: looked at from outside, changing nothing."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from storage.engines import plain_engine
from storage.migrate import SchemaTooNewError, read_schema
from storage.urls import parse_url, shown, sqlite_path

__all__ = ["Trouble", "check_database"]

_PATIENCE: Final = 2.0
"""Seconds that a lock is waited for."""

_FREE: Final = 200_000_000
"""Bytes of disk below which it is time to make room."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong with a database: a stable code, a sentence, and what to do. `works`: it can be used."""

    code: str
    what: str
    fix: str
    works: bool = False


def check_database(url: str) -> list[Trouble]:
    """What is wrong with the database; nothing where all is well."""
    path = sqlite_path(parse_url(url))
    if path is None:
        return _postgresql(url)
    if not path.exists():
        fix = "`stint run` makes it; look at database_url in config.toml if there should be one already."
        return [
            Trouble("database.missing", f"There is no database at {path.absolute()} yet.", fix, works=True)
        ]
    broken = _sqlite(path)
    return broken or [*_schema(url), *_room(path)]


def _postgresql(url: str) -> list[Trouble]:
    try:
        engine = plain_engine(parse_url(url))
        with engine.connect():
            pass
    except SQLAlchemyError:
        fix = "Look at database_url in config.toml, or at STINT_DATABASE_URL, and whether the server runs."
        return [Trouble("database.unreachable", f"{shown(parse_url(url))} cannot be reached.", fix)]
    return _schema(url)


def _sqlite(path: Path) -> list[Trouble]:
    name = path.absolute()
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if said != "ok":
                return [_corrupt(path)]
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("CREATE TABLE written_to (it INTEGER)")
            connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        return [_refused(path, str(error))]
    except OSError:
        fix = "Let the user that runs stint read and write it and its folder."
        return [Trouble("database.unwritable", f"{name} cannot be opened.", fix)]
    return []


def _refused(path: Path, why: str) -> Trouble:
    name = path.absolute()
    if "locked" in why or "busy" in why:
        fix = "Stop what else writes to it, such as a backup tool or a SQLite shell with an open transaction."
        return Trouble("database.locked", f"Another process keeps {name} locked.", fix)
    if "readonly" in why or "unable to open" in why or "disk I/O" in why:
        fix = "Let the user that runs stint write to the file and its folder, and look for a full disk."
        return Trouble("database.unwritable", f"{name} cannot be written.", fix)
    return _corrupt(path)


def _corrupt(path: Path) -> Trouble:
    fix = f"Stop the bot, and put a copy from {path.name}.backup-… or from your own backups in its place."
    return Trouble("database.corrupt", f"{path.absolute()} is damaged, or no SQLite database.", fix)


def _schema(url: str) -> list[Trouble]:
    try:
        schema = read_schema(url)
    except SchemaTooNewError as error:
        return [Trouble("database.newer_schema", str(error), "Install that newer version of stint again.")]
    if schema.current != schema.wanted:
        what = "The database is of an earlier version of stint."
        return [
            Trouble(
                "database.older_schema", what, "`stint run` brings it up to date, with a copy.", works=True
            )
        ]
    return []


def _room(path: Path) -> list[Trouble]:
    free = shutil.disk_usage(path.absolute().parent).free
    if free >= _FREE:
        return []
    what = f"Only {free // 10**6} MB are free where the database is."
    return [Trouble("database.little_room", what, "Make room: a full disk stops every turn.", works=True)]

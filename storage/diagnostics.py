"""The checks of whether a database can be used: from outside, changing nothing."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, delete, insert
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from storage.engines import plain_engine
from storage.migrate import ForeignDatabaseError, SchemaTooNewError, read_schema
from storage.tables import inbox
from storage.urls import parse_url, shown, sqlite_path

__all__ = ["DatabaseFinding", "check_database", "damage_in", "explain", "is_damage", "write_a_page"]

_LOCK_WAIT_SECONDS: Final = 2.0
"""Seconds to wait for a lock."""

_CHECKED_WHOLE: Final = 16 * 10**6
"""Bytes of a SQLite file that is checked whole at a start, which takes a twentieth of a second."""

_FREE: Final = 200_000_000
"""Bytes of free disk space below which the operator should make room."""


_OURS: Final = "stint"
"""The value in the platform column of a row that belongs to no platform."""

_PAGE: Final = 8192
"""Bytes of a page: 4096 in SQLite, 8192 in PostgreSQL."""


@dataclass(frozen=True, slots=True)
class DatabaseFinding:
    """A problem of a database: a stable code, a sentence, and what to do. `works`: it can be used."""

    code: str
    what: str
    fix: str
    works: bool = False


def check_database(url: str) -> list[DatabaseFinding]:
    """Return the problems of the database; an empty list where there are none."""
    path = sqlite_path(parse_url(url))
    if path is None:
        return _postgresql(url)
    if not path.exists():
        fix = (
            "`stint run` makes it for Slack and Discord, `stint init` for the terminal; look at database_url "
            "in config.toml if there should be one already."
        )
        missing = f"There is no database at {path.absolute()} yet."
        room = _room(path) if path.absolute().parent.is_dir() else []
        return [DatabaseFinding("database.missing", missing, fix, works=True), *room]
    broken = _sqlite(path)
    return broken or [*_schema(url), *_room(path)]


def write_a_page(connection: Connection, now: datetime) -> None:
    """Write more than a page into the database and roll it back: a full disk refuses that.

    A transaction without a write succeeds on a full disk, and so may one that changes a row in place.
    """
    row = {
        "platform": _OURS,
        "event_id": f"check:{uuid4()}",
        "received_at": now,
        "answer": "." * _PAGE,
        "answer_state": "none",
        "actor": "",
    }
    written = connection.execute(insert(inbox).values(row).returning(inbox.c.id)).scalar_one()
    connection.execute(delete(inbox).where(inbox.c.id == written))


def explain(error: Exception) -> str | None:
    """Return what a person can do about a database's error; None where the program causes the error.

    The text never holds the error's message: PostgreSQL's can quote a row.
    """
    driver = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(driver, sqlite3.Error):
        return _explain_sqlite(getattr(driver, "sqlite_errorname", None) or "")
    if isinstance(error, OperationalError):
        return (
            "The database cannot be reached, or does not let Stint do this. Look whether its server runs, "
            "and at database_url; `stint doctor` says more."
        )
    return None


def is_damage(error: Exception) -> bool:
    """Return whether SQLite found its file damaged, or found that it is no database at all."""
    driver = error.orig if isinstance(error, DBAPIError) else error
    name = getattr(driver, "sqlite_errorname", None) or ""
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))


def damage_in(url: str) -> str:
    """Return what to do about a damaged SQLite file; "" where it is sound, new, or cannot be checked.

    It is for a start, which must not take longer the more is in the file: of one that is larger than
    `_CHECKED_WHOLE` its length and the ends of its tables are looked at. `check_database` reads all of it.
    """
    path = sqlite_path(parse_url(url))
    if path is None or not path.is_file():
        return ""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            whole = path.stat().st_size <= _CHECKED_WHOLE
            sound = _is_sound(connection) if whole else _has_ends(connection, path)
    except sqlite3.Error as error:
        sound = not is_damage(error)
    return "" if sound else "\n".join(_damage(path))


def _is_sound(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")


def _has_ends(connection: sqlite3.Connection, path: Path) -> bool:
    """Return whether a file is not cut, and the first and the last row of each of its tables can be read.

    Raises:
        sqlite3.DatabaseError: they cannot.
    """
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    named = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (name,) in named:
        for order in ("ASC", "DESC"):
            connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid {order} LIMIT 1').fetchall()  # noqa: S608 - a name of the schema
    log = path.with_name(f"{path.name}-wal")  # the last pages may still be there alone
    return bool(pages * size <= path.stat().st_size) or (log.is_file() and log.stat().st_size > 0)


_LOCKED: Final = "Another process keeps the database locked. Stop it, or wait, and do the same again."
_UNWRITABLE: Final = (
    "The database cannot be written. Let the user who runs stint write to its file and its folder."
)
_SQLITE: Final = {
    "SQLITE_BUSY": _LOCKED,
    "SQLITE_LOCKED": _LOCKED,
    "SQLITE_READONLY": _UNWRITABLE,
    "SQLITE_PERM": _UNWRITABLE,
    "SQLITE_CANTOPEN": "The database cannot be opened. Let the user who runs stint use its file and folder; "
    "`stint doctor` says which they are.",
    "SQLITE_FULL": "The database cannot be written: the disk is full. Make room, and do the same again.",
    "SQLITE_IOERR": "The database cannot be read or written: the disk is full or has a fault. Make room, and "
    "do the same again.",
    "SQLITE_CORRUPT": "The database is damaged. `stint doctor` says which copies can take its place.",
    "SQLITE_NOTADB": "The file that database_url names is no SQLite database; `stint doctor` says which.",
}
"""The remedy by SQLite's result code (sqlite.org/rescode.html); an extended code begins with its primary."""


def _explain_sqlite(name: str) -> str | None:
    code = "_".join(name.split("_")[:2])
    return _SQLITE.get(code)


def _postgresql(url: str) -> list[DatabaseFinding]:
    try:
        engine = plain_engine(parse_url(url))
        with engine.connect():
            pass
    except SQLAlchemyError:
        fix = "Look at database_url in config.toml, or at STINT_DATABASE_URL, and whether the server runs."
        return [DatabaseFinding("database.unreachable", f"{shown(parse_url(url))} cannot be reached.", fix)]
    return _schema(url)


def _sqlite(path: Path) -> list[DatabaseFinding]:
    name = path.absolute()
    try:
        with closing(sqlite3.connect(path, timeout=_LOCK_WAIT_SECONDS, isolation_level=None)) as connection:
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
        return [DatabaseFinding("database.unwritable", f"{name} cannot be opened.", fix)]
    return []


def _refused(path: Path, why: str) -> DatabaseFinding:
    name = path.absolute()
    if "locked" in why or "busy" in why:
        fix = "Stop what else writes to it, such as a backup tool or a SQLite shell with an open transaction."
        return DatabaseFinding("database.locked", f"Another process keeps {name} locked.", fix)
    if "readonly" in why or "unable to open" in why or "disk I/O" in why:
        fix = "Let the user that runs stint write to the file and its folder, and look for a full disk."
        return DatabaseFinding("database.unwritable", f"{name} cannot be written.", fix)
    return _corrupt(path)


def _corrupt(path: Path) -> DatabaseFinding:
    return DatabaseFinding("database.corrupt", *_damage(path))


def _damage(path: Path) -> tuple[str, str]:
    """Return what is wrong with a damaged file, and what to do: with the copy that can replace it, if any."""
    name = path.absolute()
    copies = sorted(name.parent.glob(f"{name.name}.backup-*"), key=lambda copy: copy.stat().st_mtime)
    copy = (
        f"The newest copy that Stint made is {copies[-1].name}, from before an upgrade; one of your own "
        "backups may be newer."
        if copies
        else f"Stint made none itself, so take one of your own backups; without any, `sqlite3 {name.name} "
        ".recover` saves what can still be read."
    )
    advice = (
        f"Stop the bot, move the file and what is named {name.name}-wal and {name.name}-shm away, and put a "
        f"copy in its place. {copy} If it is the wrong file, correct database_url in config.toml or "
        "STINT_DATABASE_URL."
    )
    return f"{name} is damaged, or no database of Stint.", advice


def _schema(url: str) -> list[DatabaseFinding]:
    try:
        schema = read_schema(url)
    except SchemaTooNewError as error:
        return [
            DatabaseFinding("database.newer_schema", str(error), "Install that newer version of stint again.")
        ]
    except ForeignDatabaseError as error:
        fix = "Give Stint a file of its own: database_url in config.toml, or STINT_DATABASE_URL."
        return [DatabaseFinding("database.foreign", str(error), fix)]
    if schema.current != schema.wanted:
        what = "The database is of an earlier version of stint."
        return [
            DatabaseFinding(
                "database.older_schema", what, "`stint run` brings it up to date, with a copy.", works=True
            )
        ]
    return []


def _room(path: Path) -> list[DatabaseFinding]:
    free = shutil.disk_usage(path.absolute().parent).free
    if free >= _FREE:
        return []
    what = f"Only {free // 10**6} MB are free where the database is."
    return [
        DatabaseFinding("database.little_room", what, "Make room: a full disk stops every turn.", works=True)
    ]

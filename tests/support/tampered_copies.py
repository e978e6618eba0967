"""Copies of a played database whose history was tampered with, each in another way."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import chdir, closing
from pathlib import Path
from typing import Final

from typer.testing import CliRunner, Result

from adapters.cli.commands import app
from bot.programme.core import seals
from storage.database import open_database
from storage.migrate import read_schema

__all__ = ["TAMPERED", "audit", "copy_of", "tamper"]

_OUT: Final = "SELECT CAST(max(position) * 0.6 AS INTEGER) FROM history"
"""A position far from both ends of the chain."""

_ADDED: Final = (
    "INSERT INTO history (programme_id, subject, parent, what, before, after, alias_id, began_by, at, reason,"
    " known_by, position, digest) SELECT programme_id, subject, parent, what, before, after, alias_id,"
    " began_by, at, reason, known_by, {position}, {digest} FROM history"
    " WHERE position = (SELECT min(position) FROM history WHERE known_by = '')"
)
_REWRITE: Final = "UPDATE history SET position = NULL, digest = NULL"

TAMPERED: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "a changed status": (
        (f"UPDATE history SET after = 'paused' WHERE position = ({_OUT})",),
        "is not what was",
    ),
    "a changed instant": (
        (f"UPDATE history SET at = '2026-03-09 08:00:01.000000' WHERE position = ({_OUT})",),
        "is not what was",
    ),
    "another person who acted": (
        (f"UPDATE history SET alias_id = coalesce(alias_id, 0) + 1 WHERE position = ({_OUT})",),
        "is not what was",
    ),
    "another subject": (
        (f"UPDATE history SET subject = 'project:1', parent = 'x' WHERE position = ({_OUT})",),
        "is not what was",
    ),
    "a missing row": ((f"DELETE FROM history WHERE position = ({_OUT})",), "is missing"),
    "two rows in each other's place": (
        (
            "UPDATE history SET position = 0 WHERE position = 5",
            "UPDATE history SET position = 5 WHERE position = 6",
            "UPDATE history SET position = 6 WHERE position = 0",
        ),
        "is not what was",
    ),
    "an added row with a seal": (
        (_ADDED.format(position="(SELECT max(position) + 1 FROM history)", digest="digest"),),
        "is not what was",
    ),
    "an added row without a seal": ((_ADDED.format(position="NULL", digest="NULL"),), "without a seal"),
    "a cut tail": (
        ("DELETE FROM history WHERE position IS NULL OR position > 20",),
        "whose seal is known",
    ),
    "a chain that was written again": (
        ("UPDATE history SET after = 'paused' WHERE position = 7", _REWRITE),
        "the chain was written again",
    ),
}
"""The ways: what is done to the rows, and what `stint audit verify` says of it."""


def copy_of(database: Path, folder: Path) -> Path:
    """Copy a database, all of it sealed, into a folder of its own, as an operator has it."""
    folder.mkdir(parents=True)
    wanted = read_schema(f"sqlite:///{folder / 'none.db'}").wanted
    with closing(sqlite3.connect(database)) as there, closing(sqlite3.connect(folder / "stint.db")) as here:
        there.backup(here)
        here.execute("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        here.execute("INSERT OR IGNORE INTO alembic_version VALUES (?)", (wanted,))
        here.commit()
    _seal(folder)
    return folder


def tamper(folder: Path, statements: tuple[str, ...]) -> None:
    """Change the database of a folder behind the bot's back; a chain without seals is sealed again."""
    with closing(sqlite3.connect(folder / "stint.db")) as database, database:
        for statement in statements:
            assert database.execute(statement).rowcount > 0, statement
    if _REWRITE in statements:
        _seal(folder)


def _seal(folder: Path) -> None:
    database = open_database(f"sqlite:///{folder / 'stint.db'}", inline=True)
    while database.transact_inline(lambda work: seals.seal(work.connection, 1)):
        pass
    database.close_inline()


def audit(folder: Path, *options: str) -> Result:
    """Run `stint audit verify` on the database of a folder."""
    with chdir(folder):
        return CliRunner().invoke(app, ["audit", "verify", *options])

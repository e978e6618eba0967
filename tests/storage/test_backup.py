"""A copy of a database that is in use: consistent, private, whole or absent."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from storage.backup import back_up
from storage.database import UnitOfWork, open_database
from tests.support.databases import sqlite_url
from tests.support.notes_table import add, create_notes


def count(path: Path) -> int:
    """How many notes the file holds."""
    with closing(sqlite3.connect(path)) as connection:
        (number,) = connection.execute("SELECT count(*) FROM notes").fetchone()
    return int(number)


def test_a_copy_holds_what_is_committed(tmp_path: Path) -> None:
    """What is only in the write-ahead log is in the copy; what is not committed is not."""
    database = open_database(sqlite_url(tmp_path / "notes.db"), inline=True)
    database.transact_inline(create_notes)
    database.transact_inline(add("a"))

    def copy_in_midst(work: UnitOfWork) -> None:
        add("b")(work)
        back_up(tmp_path / "notes.db", tmp_path / "copy.db")

    database.transact_inline(copy_in_midst)
    assert count(tmp_path / "copy.db") == 1
    database.close_inline()


def test_a_copy_is_one_private_file(tmp_path: Path) -> None:
    """Only its owner may read it, and there is nothing beside it that belongs to it."""
    database = open_database(sqlite_url(tmp_path / "notes.db"), inline=True)
    database.transact_inline(create_notes)
    database.close_inline()
    back_up(tmp_path / "notes.db", tmp_path / "copy.db")
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    assert count(tmp_path / "copy.db") == 0
    assert {path.name for path in tmp_path.iterdir()} == {"notes.db", "copy.db"}


def test_a_copy_overwrites_nothing(tmp_path: Path) -> None:
    """A file that is there already stays as it is."""
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(FileExistsError):
        back_up(tmp_path / "notes.db", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Half a copy is never mistaken for one; the remains of a killed one are not in the way."""
    (tmp_path / "notes.db").write_text("this is no database" * 1000)
    (tmp_path / "copy.db.part").write_text("killed half way")
    with pytest.raises(sqlite3.DatabaseError):
        back_up(tmp_path / "notes.db", tmp_path / "copy.db")
    assert {path.name for path in tmp_path.iterdir()} == {"notes.db"}

"""`stint db copy`: everything to another database, and what an operator reads of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from storage.engines import plain_engine
from storage.lock import ProcessLock
from storage.tables import metadata
from storage.urls import parse_url
from tests.support.commands import Shell
from tests.support.databases import sqlite_url
from tests.support.filled_tables import ROWS, fill


@pytest.fixture
def filled(migrated_sqlite_url: str) -> str:
    """A SQLite database with rows in every table; its URL."""
    engine = plain_engine(parse_url(migrated_sqlite_url))
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN")
        fill(connection)
    engine.dispose()
    return migrated_sqlite_url


def test_a_database_moves_to_postgresql_and_back(
    filled: str, postgresql_url: str, shell: Shell, tmp_path: Path
) -> None:
    """Every row is counted and compared, ids go on after them, the next step is said, the original stays."""
    there = shell("db", "copy", filled, postgresql_url)
    assert there.code == 0, there.err
    total = ROWS * len(metadata.tables)
    assert f"{total}  rows in all, copied and compared." in there.out
    assert "        3  outbox" in there.out
    assert "Now set database_url to postgresql+psycopg://" in there.out
    with psycopg.connect(postgresql_url) as connection:
        last = connection.execute("SELECT max(id), nextval('outbox_id_seq') FROM outbox").fetchone()
        assert last is not None
        assert last[1] > last[0]
        connection.rollback()
    back = shell("db", "copy", postgresql_url, sqlite_url(tmp_path / "back.db"))
    assert back.code == 0, back.err
    assert f"Now set database_url to {tmp_path}/back.db" in back.out
    with closing(sqlite3.connect(tmp_path / "back.db")) as copy:
        assert copy.execute("SELECT count(*) FROM outbox").fetchone() == (ROWS,)


def test_a_copy_needs_an_empty_target_and_an_original(filled: str, shell: Shell, tmp_path: Path) -> None:
    """A database with rows, the same one, one that is not there and no URL are refused, each with advice."""
    for source, target, said in (
        (filled, filled, "Both names are of one database"),
        (sqlite_url(tmp_path / "none.db"), filled, "Name the database that the bot has used"),
        (filled, "mysql://there", "keeps its data in SQLite or PostgreSQL"),
        (filled, "postgresql://stint@127.0.0.1:1/none", "Look at its address, user and password"),
    ):
        done = shell("db", "copy", source, target)
        assert (done.code, said in done.err) == (2, True), done.err
    assert shell("db", "copy", filled, sqlite_url(tmp_path / "new.db")).code == 0
    again = shell("db", "copy", filled, sqlite_url(tmp_path / "new.db"))
    assert again.code == 2
    assert "new.db is not empty. Name a new file" in again.err


def test_a_database_in_use_is_not_copied(
    filled: str, migrated_postgresql_url: str, shell: Shell, tmp_path: Path
) -> None:
    """A bot that runs would write on while it is copied: SQLite has a lock, PostgreSQL its connections."""
    path = Path(filled.removeprefix("sqlite:///"))
    target = sqlite_url(tmp_path / "new.db")
    with ProcessLock(path.with_name("other.db")):  # another database's lock is in no way
        done = shell("db", "copy", migrated_postgresql_url, target)
    assert done.code == 0, done.err
    with psycopg.connect(migrated_postgresql_url):
        done = shell("db", "copy", migrated_postgresql_url, sqlite_url(tmp_path / "newer.db"))
    assert done.code == 2
    assert "Another program is connected to" in done.err
    assert "Stop the bot" in done.err


def test_a_row_that_is_refused_leaves_nothing(filled: str, postgresql_url: str, shell: Shell) -> None:
    """The row is named, and the copy is as empty as before."""
    with closing(sqlite3.connect(filled.removeprefix("sqlite:///"))) as database, database:
        database.execute("UPDATE people SET zone = ? WHERE id = 2", ("z" * 100,))
    done = shell("db", "copy", filled, postgresql_url)
    assert done.code == 1
    assert "Row 2 of the table people cannot be copied" in done.err
    assert "zzz" not in done.err
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute("SELECT count(*) FROM programmes").fetchone() == (0,)

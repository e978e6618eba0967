"""Opening a database: what it says of itself, and a second process on its file."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import open_database
from tests.support.databases import sqlite_url
from tests.support.notes_table import add, create_notes, keys

ROOT = Path(__file__).resolve().parents[2]

# A process of its own that writes notes, saying each one's number once it is answered.
WRITER = """
import asyncio, sys
from storage.database import open_database
from tests.support.notes_table import add

async def main(url, name, count):
    database = open_database(url)
    for n in range(count):
        await asyncio.gather(*(database.transact(add(f"{name}-{n}-{i}")) for i in range(3)))
        print(n, flush=True)

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


def start_writer(url: str, name: str, count: int) -> "subprocess.Popen[str]":
    """Start the process above; it never closes its database."""
    command = [sys.executable, "-c", WRITER, url, name, str(count)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)


def test_a_password_is_never_shown() -> None:
    """The repr names the database, without the password, wherever in the URL it is."""
    for url in (
        "postgresql://ada:secret@db.example/stint",
        "postgres://db.example/stint?user=ada&password=secret",
    ):
        database = open_database(url, inline=True)
        assert "db.example/stint" in repr(database)
        assert "secret" not in repr(database)
        assert "secret" in database.url
        assert database.dialect == "postgresql"
        assert database.path is None
        database.close_inline()


def test_a_sqlite_path_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path means the directory the program was started in, and is shown whole."""
    monkeypatch.chdir(tmp_path)
    database = open_database("sqlite:///stint.db", inline=True)
    assert database.path == tmp_path / "stint.db"
    assert database.dialect == "sqlite"
    database.close_inline()


@pytest.mark.parametrize(
    ("pragma", "answer"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
async def test_the_writer_is_durable(tmp_path: Path, pragma: str, answer: object) -> None:
    """Every commit waits for the disk (2 is FULL), in a write-ahead log, with keys enforced."""
    database = open_database(sqlite_url(tmp_path / "notes.db"))
    said = await database.transact(
        lambda work: work.connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()
    )
    assert said == answer
    await database.close()


async def test_only_others_change_the_data_version(empty_url: str) -> None:
    """Our own turns leave the number as it is; on SQLite what anybody else writes changes it."""
    database = open_database(empty_url)
    await database.transact(create_notes)
    before = await database.data_version()
    await database.transact(add("ours"))
    assert await database.data_version() == before
    other = open_database(empty_url, inline=True)
    other.transact_inline(add("theirs"))
    other.close_inline()
    assert (await database.data_version() != before) is (database.dialect == "sqlite")
    await database.close()


@pytest.mark.soak
async def test_two_processes_write_one_database(empty_url: str) -> None:
    """Turns of a second process and our own wait for one another; none is lost or fails."""
    database = open_database(empty_url)
    await database.transact(create_notes)
    other = start_writer(empty_url, "theirs", 40)
    for n in range(40):
        await database.transact(add(f"ours-{n}"))
    other.communicate()
    assert other.returncode == 0
    assert len(await database.read(keys)) == 40 + 3 * 40
    await database.close()


@pytest.mark.soak
async def test_a_killed_process_has_kept_what_it_answered(empty_url: str) -> None:
    """After kill -9 every turn that was answered is there, and the database is sound."""
    database = open_database(empty_url)
    await database.transact(create_notes)
    writer = start_writer(empty_url, "w", 100_000)
    assert writer.stdout is not None
    for line in writer.stdout:
        if int(line) == 20:
            break
    os.kill(writer.pid, signal.SIGKILL)
    rest, _ = writer.communicate()
    answered = [*range(21), *map(int, rest.split())]
    kept = set(await database.read(keys))
    assert {f"w-{n}-{i}" for n in answered for i in range(3)} <= kept
    if database.path is not None:
        with closing(sqlite3.connect(database.path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    await database.close()


@pytest.mark.soak
def test_a_program_that_forgets_to_close_can_exit(empty_url: str) -> None:
    """Open threads and connections do not keep a process alive."""
    database = open_database(empty_url, inline=True)
    database.transact_inline(create_notes)
    writer = start_writer(empty_url, "w", 1)
    writer.communicate()
    assert writer.returncode == 0
    assert len(database.read_inline(keys)) == 3
    database.close_inline()

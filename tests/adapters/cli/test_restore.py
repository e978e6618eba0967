"""`stint restore`: a database as it was in an archive, and what an operator reads of it."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet

from adapters.cli import erasure_ledger
from bot.runtime.reconciling import Erased
from tests.support.commands import Shell

KEY = Fernet.generate_key().decode()
INIT = ("init", "--name", "Riverside", "--coordinator", "Cora Lindqvist", "--zone", "Europe/London")
LATER = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def archive(shell: Shell, tmp_path: Path) -> Path:
    """A programme in the terminal with a student, backed up; then its name is changed."""
    assert shell(*INIT).code == 0
    assert shell("person", "Ada Okafor").code == 0
    assert shell("backup").code == 0
    change(tmp_path, "UPDATE programmes SET name = 'Later'")
    [made] = (tmp_path / "backups").glob("stint-*")
    return made


def change(folder: Path, statement: str, *values: object) -> None:
    """Write into the database behind the bot's back."""
    with closing(sqlite3.connect(folder / "stint.db")) as database, database:
        database.execute(statement, values)


def one(path: Path, query: str) -> Any:  # noqa: ANN401 - as the query is
    """The one value that a query gives."""
    with closing(sqlite3.connect(path)) as database:
        (value,) = database.execute(query).fetchone()
    return value


def test_an_archive_takes_the_place_of_the_database(archive: Path, shell: Shell, tmp_path: Path) -> None:
    """What was there before is kept; no id is given again; coordinators and the history learn of it."""
    done = shell("restore", str(archive), "--yes")
    assert done.code == 0, done.err
    assert "Restored what was made at " in done.out
    assert "Riverside: no message is in doubt." in done.out
    assert f"What was there before is kept: {tmp_path}/stint.db.before-restore-1." in done.out
    database = tmp_path / "stint.db"
    assert one(database, "SELECT name FROM programmes") == "Riverside"
    assert one(tmp_path / "stint.db.before-restore-1", "SELECT name FROM programmes") == "Later"
    assert one(database, "SELECT seq FROM sqlite_sequence WHERE name = 'projects'") == 10_000
    assert one(database, "SELECT count(*) FROM tasks WHERE kind = 'restored'") == 1
    assert one(database, "SELECT subject FROM history WHERE what = 'restored'") == "programme:1"
    again = shell("restore", str(archive), "--yes")
    assert again.code == 0
    assert "stint.db.before-restore-2" in again.out
    assert not list(tmp_path.glob("restoring-*"))


def test_what_a_restore_has_replaced_is_deleted_when_all_is_well(
    archive: Path, shell: Shell, tmp_path: Path
) -> None:
    """It holds what people have had erased since: a restore and the doctor say so, a command deletes it."""
    assert "`stint db delete-replaced` deletes it" in shell("restore", str(archive), "--yes").out
    assert f"is kept ({tmp_path}/stint.db.before-restore-1)" in shell("doctor").out
    asked = shell("db", "delete-replaced")
    assert (asked.code, "give --yes if all is well" in asked.err) == (2, True)
    done = shell("db", "delete-replaced", "--yes")
    assert (done.code, "1 deleted." in done.out) == (0, True)
    assert not list(tmp_path.glob("*before-restore*"))
    assert "before-restore" not in shell("doctor").out
    assert shell("db", "delete-replaced").out == "No restore has left anything beside the database.\n"
    assert one(tmp_path / "stint.db", "SELECT name FROM programmes") == "Riverside"


def test_a_check_changes_nothing(archive: Path, shell: Shell, tmp_path: Path) -> None:
    """The archive is read whole; without --yes, and no person at the terminal, nothing is replaced."""
    checked = shell("restore", str(archive), "--check")
    assert checked.code == 0
    assert f"{archive} is whole: made at " in checked.out
    assert "with Riverside and" in checked.out
    asked = shell("restore", str(archive))
    assert asked.code == 2
    assert "give --yes if you want that" in asked.err
    assert one(tmp_path / "stint.db", "SELECT name FROM programmes") == "Later"
    archive.write_bytes(archive.read_bytes()[:-4000])
    cut = shell("restore", str(archive), "--check")
    assert (cut.code, "is not whole" in cut.err) == (2, True)
    missing = shell("restore", "none.tar.gz")
    assert (missing.code, "There is no archive none.tar.gz" in missing.err) == (2, True)


def test_a_running_bot_is_not_pulled_away(archive: Path, shell: Shell, tmp_path: Path) -> None:
    """A bot that runs on the database has to be stopped first."""
    with locked(tmp_path / "stint.db"):
        refused = shell("restore", str(archive), "--yes")
    assert refused.code == 2
    assert "is already in use by" in refused.err
    assert one(tmp_path / "stint.db", "SELECT name FROM programmes") == "Later"


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold a database's lock in another process."""
    hold = (
        "import sys; from pathlib import Path; from storage.lock import ProcessLock;"
        "lock = ProcessLock(Path(sys.argv[1])); lock.acquire(); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(database)]
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate()


def test_people_who_were_erased_since_are_erased_again(archive: Path, shell: Shell, tmp_path: Path) -> None:
    """The ledger beside the backups knows them by number; another person of that number stays."""
    database = tmp_path / "stint.db"
    number = one(database, "SELECT id FROM people WHERE name = 'Ada Okafor'")
    known = datetime.fromisoformat(one(database, f"SELECT created_at FROM people WHERE id = {number}"))
    ledger = [Erased(1, number, known, LATER), Erased(1, 1, LATER, LATER), Erased(1, 900, known, LATER)]
    erasure_ledger.append(tmp_path / "backups", ledger)
    done = shell("restore", str(archive), "--yes")
    assert done.code == 0, done.err
    assert "1 person erased again" in done.out
    assert one(database, f"SELECT name FROM people WHERE id = {number}") == "A person who left"
    assert one(database, "SELECT name FROM people WHERE id = 1") == "Cora Lindqvist"
    (tmp_path / "backups" / erasure_ledger.LEDGER).write_text("nothing\n")
    damaged = shell("restore", str(archive), "--yes")
    assert (damaged.code, "erasures.jsonl is damaged" in damaged.err) == (2, True)


def test_a_database_that_is_lost_is_made_again(archive: Path, shell: Shell, tmp_path: Path) -> None:
    """On a new machine database and world come out of the archive; a key that is not there is said."""
    change(
        tmp_path, "UPDATE people SET erased_at = ? WHERE name = 'Ada Okafor'", f"{LATER:%FT%T}.000000+00:00"
    )
    assert shell("backup", "--to", "later").code == 0
    assert [each.erased_at for each in erasure_ledger.read(tmp_path / "later")] == [LATER]
    for file in (tmp_path / "stint.db", tmp_path / "terminal" / "world.jsonl"):
        file.unlink()
    done = shell("restore", str(archive))
    assert done.code == 0, done.err
    assert "kept:" not in done.out
    assert (tmp_path / "terminal" / "world.jsonl").is_file()
    assert one(tmp_path / "stint.db", "SELECT name FROM programmes") == "Riverside"
    change(
        tmp_path,
        "INSERT INTO files (programme_id, person_id, platform, external_id, name, size, media_type, content,"
        " created_at) VALUES (1, 1, 'x', 'x', 'x', 1, 'x', ?, '2026-03-09T08:00:00.000000+00:00')",
        Fernet(KEY).encrypt(b"x"),
    )
    assert shell("backup", "--to", "sealed").code == 0
    [sealed] = (tmp_path / "sealed").glob("stint-*")
    assert "encrypted with a key that is not here" in shell("restore", str(sealed), "--yes").err
    assert "encrypted" not in shell("restore", str(sealed), "--yes", STINT_SECRET_KEY=KEY).err


def test_a_file_becomes_a_postgresql_database(archive: Path, postgresql_url: str, shell: Shell) -> None:
    """What SQLite held is restored into PostgreSQL row by row."""
    done = shell("restore", str(archive), "--yes", STINT_DATABASE_URL=postgresql_url)
    assert done.code == 0, done.err
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute("SELECT name FROM programmes").fetchone() == ("Riverside",)


@pytest.mark.usefixtures("postgresql_programs")
def test_a_dump_is_restored_whole_or_not_at_all(
    postgresql_url: str, shell: Shell, tmp_path: Path, archive: Path
) -> None:
    """The schema before is put aside, and is back if something fails; a dump is not for SQLite."""
    assert shell("restore", str(archive), "--yes", STINT_DATABASE_URL=postgresql_url).code == 0
    assert shell("backup", "--to", "dumps", STINT_DATABASE_URL=postgresql_url).code == 0
    [dump] = (tmp_path / "dumps").glob("stint-*")
    execute(postgresql_url, "UPDATE programmes SET name = 'Later'")
    done = shell("restore", str(dump), "--yes", STINT_DATABASE_URL=postgresql_url)
    assert done.code == 0, done.err
    before = re.search(r"What was there before is kept: the schema (before_restore_\d)", done.out)
    assert before is not None
    assert execute(postgresql_url, "SELECT name FROM programmes") == "Riverside"
    assert execute(postgresql_url, f"SELECT name FROM {before[1]}.programmes") == "Later"
    deleted = shell("db", "delete-replaced", "--yes", STINT_DATABASE_URL=postgresql_url)
    assert deleted.out == f"{before[1]}\n1 deleted.\n"
    assert shell("db", "delete-replaced", STINT_DATABASE_URL=postgresql_url).code == 0
    (tmp_path / "dumps" / erasure_ledger.LEDGER).unlink(missing_ok=True)
    broken = shell(
        "restore", str(dump), "--yes", STINT_DATABASE_URL=postgresql_url, PATH=str(failing(tmp_path))
    )
    assert broken.code == 2
    assert "pg_restore has failed (error: the disk is full)" in broken.err
    assert execute(postgresql_url, "SELECT name FROM programmes") == "Riverside"
    other = shell("restore", str(dump), "--yes")
    assert (other.code, "restored into PostgreSQL only" in other.err) == (2, True)


def failing(folder: Path) -> Path:
    """A folder with a pg_restore that fails."""
    program = folder / "failing" / "pg_restore"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'pg_restore: error: the disk is full' >&2\nexit 1\n")
    program.chmod(0o755)
    return program.parent


def execute(url: str, statement: str) -> Any:  # noqa: ANN401 - as the statement is
    """Run a statement; what it gives, if anything."""
    with psycopg.connect(url) as connection:
        done = connection.execute(statement)
        return done.fetchone()[0] if done.description else None  # type: ignore[index] # there is one

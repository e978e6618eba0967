"""`stint backup`: an archive of a database that is in use, and what an operator reads of it."""

import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from storage import pg_tools
from storage.archives import Manifest, extract
from storage.engines import plain_engine
from storage.pg_tools import restore
from storage.secrets import SecretBox
from storage.tables import metadata
from storage.urls import parse_url
from tests.support.commands import Done, Shell
from tests.support.filled_tables import ROWS, fill

KEY = Fernet.generate_key().decode()
INIT = ("init", "--name", "Riverside", "--coordinator", "Cora Lindqvist", "--zone", "Europe/London")


@pytest.fixture
def filled(migrated_sqlite_url: str) -> str:
    """A SQLite database with rows in every table; its URL."""
    return fill_all(migrated_sqlite_url)


def fill_all(url: str) -> str:
    """Put rows into every table."""
    engine = plain_engine(parse_url(url))
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        fill(connection)
    engine.dispose()
    return url


def archives(folder: Path) -> list[Path]:
    """The archives in a folder, the oldest first."""
    return sorted(folder.glob("stint-*"))


def opened(archive: Path, folder: Path) -> Manifest:
    """Extract an archive."""
    folder.mkdir()
    return extract(archive, folder, SecretBox((KEY,)))


@pytest.fixture
def backed_up(shell: Shell, tmp_path: Path) -> Iterator[Done]:
    """A programme in the terminal, backed up while it is being written to."""
    assert shell(*INIT).code == 0
    with closing(sqlite3.connect(tmp_path / "stint.db", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("UPDATE programmes SET currency = 'EUR'")  # only in the write-ahead log
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE programmes SET currency = 'XXX'")  # not committed
        yield shell("backup", STINT_SECRET_KEY=KEY)


def test_a_backup_is_made_while_the_bot_writes(backed_up: Done, tmp_path: Path) -> None:
    """What is committed is in it, with the terminal's world and how many rows there are."""
    [archive] = archives(tmp_path / "backups")
    assert backed_up.code == 0, backed_up.err
    assert backed_up.out.startswith(f"Wrote backups/{archive.name}: Riverside; ")
    assert "does not hold the key" in backed_up.out
    with tarfile.open(archive) as tar:
        assert tar.getnames() == ["manifest.json", "stint.db", "world.jsonl"]
    manifest = opened(archive, tmp_path / "opened")
    assert (manifest.kind, manifest.content, manifest.programmes) == ("backup", "sqlite", {1: "Riverside"})
    with closing(sqlite3.connect(tmp_path / "opened" / "stint.db")) as copy:
        assert copy.execute("SELECT currency FROM programmes").fetchone() == ("EUR",)
        for table, count in manifest.counts.items():
            assert copy.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)
    assert (tmp_path / "opened" / "world.jsonl").read_bytes() == (
        tmp_path / "terminal" / "world.jsonl"
    ).read_bytes()
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [archive.name]


def test_a_sealed_backup_needs_the_key(filled: str, shell: Shell, tmp_path: Path) -> None:
    """With a key the archive is sealed; without one it is said how to make one, and nothing is written."""
    refused = shell("backup", "--encrypt", STINT_DATABASE_URL=filled)
    assert refused.code == 2
    assert "`stint key` prints one" in refused.err
    assert not (tmp_path / "backups").exists()
    done = shell("backup", "--encrypt", "--to", "safe", STINT_DATABASE_URL=filled, STINT_SECRET_KEY=KEY)
    assert done.code == 0
    assert "opens with the present key" in done.out
    [archive] = archives(tmp_path / "safe")
    assert archive.suffix == ".sealed"
    assert opened(archive, tmp_path / "opened").counts == dict.fromkeys(metadata.tables, ROWS)


def test_only_the_newest_are_kept(filled: str, shell: Shell, tmp_path: Path) -> None:
    """The oldest archives beyond the number go; other files in the folder stay."""
    folder = tmp_path / "backups"
    folder.mkdir()
    for name in ("stint-20250101T000000Z.tar.gz", "stint-20250102T000000Z.sealed", "notes.txt"):
        (folder / name).write_text("kept")
    done = shell("backup", "--keep", "2", STINT_DATABASE_URL=filled)
    assert done.code == 0
    assert "Deleted backups/stint-20250101T000000Z.tar.gz." in done.out
    assert archives(folder)[0].name == "stint-20250102T000000Z.sealed"
    assert len(archives(folder)) == 2
    assert (folder / "notes.txt").exists()


def test_a_damaged_database_pushes_out_no_archive(shell: Shell, tmp_path: Path) -> None:
    """What cannot be read is not archived, and nothing is deleted; so with a database that is not there."""
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "stint-20250101T000000Z.tar.gz").write_text("sound")
    missing = shell("backup", "--keep", "1")
    assert missing.code == 2
    assert "There is no database at" in missing.err
    (tmp_path / "stint.db").write_text("this is no database" * 1000)
    damaged = shell("backup", "--keep", "1")
    assert damaged.code == 1
    assert "is damaged, or no database of Stint" in damaged.err
    assert [path.name for path in folder.iterdir()] == ["stint-20250101T000000Z.tar.gz"]


@pytest.mark.usefixtures("postgresql_programs")
def test_postgresql_is_dumped_by_its_own_program(
    migrated_postgresql_url: str, postgresql_url: str, shell: Shell, tmp_path: Path
) -> None:
    """pg_dump writes what pg_restore reads into another database."""
    done = shell("backup", STINT_DATABASE_URL=fill_all(migrated_postgresql_url))
    assert done.code == 0, done.err
    [archive] = archives(tmp_path / "backups")
    manifest = opened(archive, tmp_path / "opened")
    assert manifest.content == "pg_dump"
    assert manifest.counts == dict.fromkeys(metadata.tables, ROWS)
    restore(parse_url(postgresql_url), tmp_path / "opened" / "stint.pgdump")
    engine = plain_engine(parse_url(postgresql_url))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one() == ROWS
    engine.dispose()


def test_postgresql_without_its_program_is_copied_row_by_row(
    migrated_postgresql_url: str, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pg_dump is not installed the archive holds a SQLite file with every row."""
    monkeypatch.setattr(pg_tools, "has_pg_dump", lambda: False)
    assert shell("backup", STINT_DATABASE_URL=fill_all(migrated_postgresql_url)).code == 0
    [archive] = archives(tmp_path / "backups")
    manifest = opened(archive, tmp_path / "opened")
    assert (manifest.content, manifest.counts) == ("sqlite", dict.fromkeys(metadata.tables, ROWS))
    with closing(sqlite3.connect(tmp_path / "opened" / "stint.db")) as copy:
        assert copy.execute("SELECT count(*) FROM outbox").fetchone() == (ROWS,)


def test_a_program_that_fails_is_explained(
    migrated_postgresql_url: str, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old pg_dump says that it is; nothing half done is left."""
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text(
        "#!/bin/sh\necho 'pg_dump: error: aborting because of server version mismatch' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    done = shell("backup", STINT_DATABASE_URL=migrated_postgresql_url)
    assert done.code == 2
    assert "pg_dump has failed (error: aborting because of server version mismatch)" in done.err
    assert "install the server's version" in done.err
    assert list((tmp_path / "backups").iterdir()) == []

"""A database that cannot be used is reported, with what to do."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storage.diagnostics import check_database, damage_in
from storage.migrate import upgrade
from tests.support.databases import sqlite_url

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A SQLite file with today's schema."""
    path = tmp_path / "stint.db"
    upgrade(sqlite_url(path))
    return path


def codes(path: Path) -> list[str]:
    """The codes of what is wrong; each comes with a sentence and a fix."""
    found = check_database(sqlite_url(path))
    assert all(each.what and each.fix for each in found)
    return [each.code for each in found]


@pytest.mark.soak
def test_a_good_database_has_nothing_wrong(path: Path) -> None:
    """And looking at it changes nothing."""
    before = path.read_bytes()
    assert codes(path) == []
    assert path.read_bytes() == before


def test_one_that_is_not_there_yet_is_made_by_the_bot(tmp_path: Path) -> None:
    """That is no problem, and nothing is made by looking."""
    (trouble,) = check_database(sqlite_url(tmp_path / "new.db"))
    assert (trouble.code, trouble.works) == ("database.missing", True)
    assert not (tmp_path / "new.db").exists()


@pytest.mark.soak
def test_a_locked_one_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another person's open transaction."""
    monkeypatch.setattr("storage.diagnostics._LOCK_WAIT_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert codes(path) == ["database.locked"]


@pytest.mark.soak
def test_a_damaged_one_is_named(path: Path) -> None:
    """Bytes overwritten in the middle, and a file that never was a database."""
    content = bytearray(path.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    path.write_bytes(content)
    assert codes(path) == ["database.corrupt"]
    path.write_text("these are no pages of a database, however long this text goes on and on " * 20)
    assert codes(path) == ["database.corrupt"]


@pytest.mark.soak
def test_one_of_a_newer_version_is_named(path: Path) -> None:
    """Its revision is none that this code knows."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert codes(path) == ["database.newer_schema"]


@pytest.mark.soak
def test_one_that_may_not_be_written_is_named() -> None:
    """Asked as a user without the right to; root may write everything."""
    program = (
        "import os, sys; from storage.diagnostics import check_database; "
        "os.getuid() or os.setuid(int(sys.argv[2])); "
        "print(*(each.code for each in check_database(sys.argv[1])))"
    )
    # Not in pytest's own folder, which other users cannot enter.
    with TemporaryDirectory() as folder:
        path = Path(folder) / "stint.db"
        upgrade(sqlite_url(path))
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        command = [sys.executable, "-c", program, sqlite_url(path), str(NOBODY)]
        asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        Path(folder).chmod(0o755)
    assert asked.stdout.strip() == "database.unwritable", asked.stderr


@pytest.mark.parametrize("whole", [True, False])
def test_a_start_finds_damage_without_reading_a_large_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, whole: bool
) -> None:
    """A sound file passes; one that is cut, or whose first pages are lost, does not."""
    if not whole:
        monkeypatch.setattr("storage.diagnostics._CHECKED_WHOLE", 0)
    content = path.read_bytes()
    assert damage_in(sqlite_url(path)) == ""
    for damaged in (content[: len(content) // 2], content[:4096] + b"\xff" * 8192 + content[12288:]):
        path.write_bytes(damaged)
        assert f"{path} is damaged" in damage_in(sqlite_url(path))

"""One running bot per SQLite file, however the last one ended."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.lock import DatabaseInUseError, ProcessLock, holds_lock

ROOT = Path(__file__).resolve().parents[2]

# A process of its own that takes the lock, says so, and waits for its input to end.
HOLDER = """
import sys
from pathlib import Path
from storage.lock import ProcessLock

with ProcessLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def start_holder(database: Path) -> "subprocess.Popen[str]":
    """Start the process above and return once it holds the lock."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_process_is_refused_by_name(tmp_path: Path) -> None:
    """The refusal names the process that holds the file, the file, and what to do."""
    database = tmp_path / "stint.db"
    holder = start_holder(database)
    with pytest.raises(DatabaseInUseError) as refusal:
        ProcessLock(database).acquire()
    assert refusal.value.pid == holder.pid
    assert str(holder.pid) in str(refusal.value)
    assert str(database) in str(refusal.value)
    assert "stop" in str(refusal.value)
    assert not holds_lock(database)
    holder.communicate()
    with ProcessLock(database):
        assert holds_lock(database)


def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    """After kill -9 the next process takes the lock at once; no file has to be removed by hand."""
    database = tmp_path / "stint.db"
    holder = start_holder(database)
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    with ProcessLock(database):
        assert holds_lock(database)


def test_the_same_process_is_refused_too(tmp_path: Path) -> None:
    """A second bot inside one process is as wrong as a second process, and frees nothing."""
    database = tmp_path / "stint.db"
    with ProcessLock(database):
        with pytest.raises(DatabaseInUseError) as refusal:
            ProcessLock(database).acquire()
        assert refusal.value.pid == os.getpid()
        assert holds_lock(database)
    assert not holds_lock(database)


def test_two_names_of_one_file_share_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link or a relative path is no way around it."""
    database = tmp_path / "stint.db"
    database.touch()
    (tmp_path / "link.db").symlink_to(database)
    monkeypatch.chdir(tmp_path)
    with ProcessLock(database):
        for name in (tmp_path / "link.db", Path("stint.db")):
            assert holds_lock(name)
            with pytest.raises(DatabaseInUseError):
                ProcessLock(name).acquire()


def test_releasing_twice_or_nothing_is_harmless(tmp_path: Path) -> None:
    """Letting go of what is not held does nothing, and keeps another's lock."""
    lock, other = ProcessLock(tmp_path / "stint.db"), ProcessLock(tmp_path / "stint.db")
    lock.acquire()
    other.release()
    assert holds_lock(tmp_path / "stint.db")
    lock.release()
    lock.release()
    assert not holds_lock(tmp_path / "stint.db")


def test_a_holder_that_has_not_said_its_number_is_another_process(tmp_path: Path) -> None:
    """In the instant before the pid is written the refusal still reads well."""
    holder = start_holder(tmp_path / "stint.db")
    (tmp_path / "stint.db.lock").write_text("")
    with pytest.raises(DatabaseInUseError, match="another process") as refusal:
        ProcessLock(tmp_path / "stint.db").acquire()
    assert refusal.value.pid is None
    holder.communicate()

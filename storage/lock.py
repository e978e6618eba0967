"""The lock for one running bot per SQLite file; the operating system releases it when its holder dies."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

# The locks this process holds. POSIX locks belong to a process, not to the caller within it: a
# second caller here would succeed, and closing any second descriptor of the file would release the lock.
_held: set[Path] = set()


class DatabaseInUseError(RuntimeError):
    """Another process holds the SQLite file; `pid` is its number, None while it starts."""

    def __init__(self, database: Path, pid: int | None) -> None:
        self.database = database
        self.pid = pid
        who = "another process" if pid is None else f"process {pid}"
        super().__init__(
            f"{database} is already in use by {who}: stop that one first, "
            f"or give this one a database of its own"
        )


class ProcessLock:
    """The lock of the one running bot on a SQLite file; a context manager.

    The lock is a separate file beside the database, `<file>.lock`, holding the pid. It stays
    behind, unlocked, when the process ends, however it ends. Children made by fork do not inherit
    the lock.
    """

    def __init__(self, database: Path) -> None:
        self._database = database.absolute()
        self._path = _lock_path(database)
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock, or raise at once with the pid of its holder.

        Raises:
            DatabaseInUseError: a process, perhaps this one, holds it.
            OSError: the directory cannot be written.
        """
        if self._path in _held:
            raise DatabaseInUseError(self._database, os.getpid())
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            pid = _read_pid(descriptor)
            os.close(descriptor)
            raise DatabaseInUseError(self._database, pid) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        _held.add(self._path)

    def release(self) -> None:
        """Release the lock; do nothing where none is held."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None
            _held.discard(self._path)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def holds_lock(database: Path) -> bool:
    """Return whether this very process holds the lock of this SQLite file."""
    return _lock_path(database) in _held


def _lock_path(database: Path) -> Path:
    """Return the lock's path, beside the real file, so that two names of a file share its lock."""
    real = Path(os.path.realpath(database))  # resolve() raises on a link to itself
    return real.with_name(real.name + ".lock")


def _read_pid(descriptor: int) -> int | None:
    with suppress(ValueError):
        return int(os.pread(descriptor, 20, 0))
    return None

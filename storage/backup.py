"""Online copies of a SQLite database (never by copying the file: the WAL is part of it)."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path


def back_up(database: Path, copy: Path) -> None:
    """Write a consistent copy of `database` to `copy`: readable by the owner alone, whole or absent.

    Raises:
        FileExistsError: `copy` is already there.
        sqlite3.Error: the database cannot be read.
        OSError: the copy cannot be written, for example for lack of space.
    """
    if copy.exists():
        raise FileExistsError(copy)
    part = copy.with_name(copy.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(part)) as target:
            source.backup(target)
            # A single file that is complete without a -wal file beside it, which a person could forget to
            # copy.
            target.execute("PRAGMA journal_mode=DELETE")
        _sync(part)
        part.rename(copy)
        _sync(copy.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

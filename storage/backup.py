"""Online copies of a SQLite database (never by copying the file: the WAL is part of it)."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

_PAGES: Final = 2_500
"""Pages that are copied between two reports of progress: ten megabytes."""


def back_up(
    database: Path, copy: Path, progress: Callable[[int, int], None] = lambda _left, _pages: None
) -> None:
    """Write a consistent copy of `database` to `copy`: readable by the owner alone, whole or absent.

    `progress` is given how many pages are left, and how many there are.

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
            # In a transaction, so that all pages are of the same moment: without one, a write between two
            # steps has the copy begin again, which on a busy database never ends.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            source.backup(target, pages=_PAGES, progress=lambda _status, left, pages: progress(left, pages))
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

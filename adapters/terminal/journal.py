"""The journal of a world: JSON Lines, appended and synced to disk before a caller gets its answer."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from bot.reading import read_bounded

__all__ = ["Journal", "JournalDamaged", "JournalInUse", "Record", "records_at"]

Record = tuple[str, object]
"""The subject of a record, and its JSON data."""


_MOST_BYTES: Final = 10**9  # bytes
_NEWLINE: Final = b"\n"


class JournalInUse(RuntimeError):
    """Another process has the file open."""


class JournalDamaged(ValueError):
    """A line before the last line cannot be read; `str()` names it, and says what to do."""

    def __init__(self, path: Path, line: int) -> None:
        """Take the file and the line, from 1."""
        super().__init__(
            f"{path}, line {line}, is damaged. Put a copy of this file back, together with a copy of the "
            "database from the same time; or move both away, and `stint init` begins again."
        )


class Journal:
    """An append-only file of records, open for this process alone.

    Records that belong together are one line, so a line cut short by a crash (only the last line can
    be) loses all of them together; it is dropped when the file is opened.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, or create it.

        Raises:
            JournalInUse: another process has it open.
            ValueError: the path is a device or a pipe.
        """
        if path.exists() and not path.is_file() and not path.is_dir():
            raise ValueError(f"{path} is no file. Name another folder for the terminal.")
        self._path = path
        self._file: BinaryIO = open(path, "a+b", opener=_private)  # noqa: SIM115 - open as long as the world is
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise JournalInUse(f"{path} is in use by another process") from None

    def read(self) -> Iterator[tuple[int, Record]]:
        """Yield every record, oldest first, with its line (from 1); a line cut short is dropped.

        Raises:
            JournalDamaged: a line is not what `append` writes.
            OSError: the file cannot be read, or is larger than a world can be.
        """
        written = read_bounded(self._path, _MOST_BYTES)
        whole = written.rfind(_NEWLINE) + 1
        if whole < len(written):
            self._file.truncate(whole)
        yield from _records(self._path, written[:whole])

    def append(self, *records: Record) -> None:
        """Write the records as one line; return once they are on disk."""
        line = json.dumps(records, ensure_ascii=False, separators=(",", ":"))
        self._file.write(line.encode("utf-8", "surrogatepass") + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file and let others have it."""
        self._file.close()


def records_at(path: Path) -> Iterator[tuple[int, Record]]:
    """Yield every whole record of the journal at `path` with its line, without opening it exclusively.

    Raises:
        JournalDamaged, OSError: as `Journal.read` does.
    """
    written = read_bounded(path, _MOST_BYTES)
    yield from _records(path, written[: written.rfind(_NEWLINE) + 1])


def _records(path: Path, written: bytes) -> Iterator[tuple[int, Record]]:
    for number, line in enumerate(written.split(_NEWLINE)[:-1], start=1):
        try:
            for kind, data in json.loads(line):
                yield number, (kind, data)
        except (ValueError, TypeError, RecursionError):
            raise JournalDamaged(path, number) from None


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner can read: it holds people's words."""
    return os.open(path, flags, 0o600)

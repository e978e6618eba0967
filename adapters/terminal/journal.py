"""The file a world is kept in: JSON Lines, appended and synced to disk before anybody is answered."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import BinaryIO

__all__ = ["Journal", "JournalDamaged", "JournalInUse"]

Record = tuple[str, object]
"""What a record is about, and its JSON data."""


class JournalInUse(RuntimeError):
    """Another process has the file open."""


class JournalDamaged(ValueError):
    """A line before the last one cannot be read."""


class Journal:
    """An append-only file of records, open for this process alone.

    Records that belong together are one line, so a line cut short by a crash (only the last one can
    be) takes all of them or none; it is dropped when the file is opened.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, or begin it.

        Raises:
            JournalInUse: another process has it open.
        """
        self._path = path
        self._file: BinaryIO = open(path, "a+b", opener=_private)  # noqa: SIM115 - open as long as the world is
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise JournalInUse(f"{path} is in use by another process") from None

    def read(self) -> list[Record]:
        """Every record written so far, oldest first.

        Raises:
            JournalDamaged: a line is not what `append` writes.
        """
        self._file.seek(0)
        written = self._file.read()
        whole = written.rfind(b"\n") + 1
        if whole < len(written):
            self._file.truncate(whole)
        records: list[Record] = []
        for number, line in enumerate(written[:whole].splitlines(), start=1):
            try:
                records += [(kind, data) for kind, data in json.loads(line)]
            except (ValueError, TypeError) as error:
                message = f"{self._path}, line {number}, cannot be read: {error}"
                raise JournalDamaged(message) from error
        return records

    def append(self, *records: Record) -> None:
        """Write the records as one line; returns once they are on disk."""
        line = json.dumps(records, ensure_ascii=False, separators=(",", ":"))
        self._file.write(line.encode("utf-8", "surrogatepass") + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file and let others have it."""
        self._file.close()


def _private(path: str, flags: int) -> int:
    """Made for the owner's eyes alone: it holds people's words."""
    return os.open(path, flags, 0o600)

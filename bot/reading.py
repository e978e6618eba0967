"""The one place that reads whole files of this machine: never more of one than it may have."""

from __future__ import annotations

import errno
import os
import select
import stat
from pathlib import Path
from typing import Final

__all__ = ["UnfitSource", "read_bounded"]

_SILENCE_SECONDS: Final = 5.0  # seconds that a pipe may say nothing
_PIECE_BYTES: Final = 2**20  # bytes


class UnfitSource(OSError):
    """The file is larger than it may be, or nothing comes out of it; `strerror` says which."""


def read_bounded(path: Path, most: int) -> bytes:
    """Read a file of at most `most` bytes: a device has no end, and a pipe may never say anything.

    Raises:
        UnfitSource: it is larger, or a pipe to which nothing is written.
        OSError: it cannot be read; a folder is an IsADirectoryError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if found.st_size > most:
            raise _too_large(path, most)
        content = bytearray()
        while piece := _next_piece(path, descriptor):
            content += piece
            if len(content) > most:
                raise _too_large(path, most)
        return bytes(content)
    finally:
        os.close(descriptor)


def _next_piece(path: Path, descriptor: int) -> bytes:
    ready, _, _ = select.select([descriptor], [], [], _SILENCE_SECONDS)
    if not ready:
        raise UnfitSource(errno.ETIMEDOUT, "nothing is written to this pipe", str(path))
    return os.read(descriptor, _PIECE_BYTES)


def _too_large(path: Path, most: int) -> UnfitSource:
    size = f"{most // 10**6} MB" if most >= 10**6 else f"{most // 1000} kB"
    return UnfitSource(errno.E2BIG, f"it is larger than {size}", str(path))

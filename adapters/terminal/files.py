"""Files of this machine, as people at the terminal attach them. A file's id is its path."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from urllib.parse import unquote, urlparse

from bot.chat.answers import FileRef

__all__ = ["address_of", "file_at", "paths_like"]

_MOST_PATHS = 30


def file_at(typed: str) -> FileRef | None:
    """Return the file at a path as it is typed or dropped into a terminal; None where there is no file.

    A leading `~`, quotes around it, spaces with a backslash and `file://` are understood.
    """
    path = _path_of(typed)
    try:
        if not typed.strip() or not path.is_file():
            return None
        size = path.stat().st_size
    except (OSError, ValueError):  # a name too long, or with a null character
        return None
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FileRef(str(path.absolute()), path.name, size, kind)


def address_of(file: FileRef) -> str:
    """Return where a browser finds a file; "" where it is not on this machine (any more)."""
    found = file_at(file.id)
    return Path(found.id).as_uri() if found else ""


def paths_like(typed: str) -> list[str]:
    """Return the paths that begin with the typed text, folders with a slash at their end."""
    folder, slash, name = typed.rpartition("/")
    root = _path_of(f"{folder}{slash}") if slash else Path()
    try:
        found = sorted(path for path in root.iterdir() if path.name.startswith(name))
    except OSError:
        return []
    shown = [path for path in found if name.startswith(".") or not path.name.startswith(".")]
    return [f"{path}/" if path.is_dir() else str(path) for path in shown[:_MOST_PATHS]]


def _path_of(typed: str) -> Path:
    bare = typed.strip().strip("\"'").replace("\\ ", " ")
    if bare.startswith("file://"):
        bare = unquote(urlparse(bare).path)
    try:
        return Path(bare).expanduser()
    except RuntimeError:  # no such user's home
        return Path(bare)

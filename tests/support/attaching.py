"""Files that a person of any platform attaches to a message."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from adapters.terminal.scripted_user import ScriptedUser
from bot.chat.answers import FileRef

__all__ = ["attached"]


def attached(folder: Path, person: object, files: Mapping[str, bytes]) -> Any:  # noqa: ANN401 - by the platform
    """What `says` of this person takes as `files`: at the terminal paths of files, laid in `folder`."""
    if not isinstance(person, ScriptedUser):
        return files
    made = []
    for name, content in files.items():
        path = folder / name
        path.write_bytes(content)
        made.append(FileRef(str(path), name, len(content), "application/octet-stream"))
    return tuple(made)

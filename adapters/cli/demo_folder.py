"""The folder of a demonstration: marked when it is created, so that no other folder is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from adapters.cli.environment import open_world, refused, world_path
from adapters.terminal.demo_script import PEOPLE
from adapters.terminal.journal import Journal, JournalInUse

__all__ = ["MARK", "claim", "clear"]

MARK: Final = "made-by-stint-demo"
"""The name of the file that marks a folder as the demonstration's."""

_MADE: Final = (
    "stint.db",
    "stint.db-wal",
    "stint.db-shm",
    "stint.db.lock",
    "stint.db.backup-*",
    "world.jsonl",
)
"""The files that a demonstration writes into its folder besides the mark, as patterns of names."""

_WORDS: Final = "`stint demo` keeps its files here, and `stint demo --fresh` deletes those files.\n"


def claim(folder: Path) -> None:
    """Create the folder and mark it as the demonstration's; refuse a folder with other files in it.

    A folder that an earlier version made has no mark. The demonstration continues in it, and never clears it.
    """
    if (folder / MARK).is_file():
        return
    if folder.is_dir() and any(folder.iterdir()):
        if not _holds_a_demonstration(folder):
            raise refused(
                f"There are files in {folder} that `stint demo` did not make, so it does not play there. "
                "Give it a folder that is new or empty: `stint demo --folder NAME`."
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text(_WORDS, encoding="utf-8")


def clear(folder: Path) -> None:
    """Delete what a demonstration wrote into its folder; other files stay.

    A folder with files and without the mark is refused, and so is a folder that a running demonstration uses.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not (folder / MARK).is_file():
        raise refused(
            f"Nothing was deleted: {folder} has no file {MARK}, so `stint demo` did not make what is in it. "
            "Delete it yourself if you do not need it, or name another folder with --folder."
        )
    world = world_path(folder)
    if world.is_file():
        try:
            Journal(world).close()
        except JournalInUse as error:
            raise refused(f"Nothing was deleted: {error}. Close that demonstration first.") from None
    for path in _made(folder):
        path.unlink()


def _made(folder: Path) -> Iterator[Path]:
    for pattern in _MADE:
        yield from (path for path in folder.glob(pattern) if path.is_file() or path.is_symlink())


def _holds_a_demonstration(folder: Path) -> bool:
    """Return whether the demonstration's people are in the folder's world."""
    path = world_path(folder)
    if not path.is_file():
        return False
    with closing(open_world(path)) as world:
        return {person.id for person in PEOPLE} <= set(world.accounts)

"""The check of whether the terminal's world can be used: from outside, changing nothing."""

from __future__ import annotations

import os

from adapters.cli.advice import how_to_mend
from adapters.cli.environment import world_path
from adapters.config import Settings
from adapters.terminal.journal import JournalDamaged
from adapters.terminal.workspace import check_world
from bot.chat.findings import Finding

__all__ = ["look_at_world"]


def look_at_world(settings: Settings) -> list[Finding]:
    """Return what is wrong with the terminal's world; an empty list where there is none."""
    path = world_path(settings.terminal.folder)
    if not path.exists() and not path.is_symlink():
        return []
    try:
        check_world(path)
    except JournalDamaged as error:
        what, _, fix = str(error).partition(". ")
        return [Finding("world.damaged", "problem", f"{what}.", fix)]
    except OSError as error:
        words = how_to_mend(error) or str(error)
        return [Finding("world.unreadable", "problem", words, "Mend that, then run this again.")]
    if not os.access(path, os.W_OK):
        what = f"{path.absolute()} cannot be written."
        return [Finding("world.unwritable", "problem", what, "Let the user who runs stint write to it.")]
    return []

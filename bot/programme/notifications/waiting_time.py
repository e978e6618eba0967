"""How long a wait has lasted, under a reminder that comes again: no two of them are the same."""

from __future__ import annotations

from datetime import datetime

from bot.chat.content import Note, note
from bot.chat.sentences import Duration
from bot.programme.core.turn import Turn

__all__ = ["so_far"]


def so_far(turn: Turn, since: datetime) -> Note:
    """Say for how many days something has been waited for; on the first day it is one."""
    return note("Waiting for {time} now.", time=Duration(max(1, (turn.now - since).days), "day"))

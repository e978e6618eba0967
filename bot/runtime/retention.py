"""Data kept only for a while: answers, which hold people's words, and rows that are long over.

The outbox is the ledger of everything said, and of its readers, so its rows stay;
the programme erases their words.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.programme.people import codes
from bot.runtime import files
from storage.database import UnitOfWork
from storage.queries import inbox, timers

__all__ = ["EVERY", "sweep"]

EVERY: Final = timedelta(hours=1)
"""Time between two sweeps."""

_WORDS: Final = timedelta(days=1)
"""Time in which a repeated event gets its answer again; Slack tries for an hour, Discord for minutes."""

_ROWS: Final = timedelta(days=60)
"""Time for which an event is known to have been handled, and a timer to have fired."""

_FILES: Final = timedelta(days=365 * 2)
"""Time for which an unsent draft keeps its files; other files go with the last row that holds them."""

_CODES: Final = timedelta(days=1)
"""Time for which a code that ran out, and is of no use any more, is kept."""

_MOST_ROWS: Final = 500
_MOST_FILES: Final = 20


def sweep(work: UnitOfWork, now: datetime) -> bool:
    """Sweep a small batch, so that no other transaction waits for it; return whether there may be more."""
    swept = inbox.sweep(work.connection, now - _WORDS, now - _ROWS, _MOST_ROWS)
    swept += files.sweep(work, now - _FILES, _MOST_FILES)
    codes.sweep(work, now - _CODES)
    return swept + timers.sweep(work.connection, now - _ROWS, _MOST_ROWS) >= _MOST_ROWS

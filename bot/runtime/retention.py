"""Data kept only for a while: answers and messages, which hold people's words, and rows that are long over.

The outbox is the ledger of what was sent, when and where, so its rows stay when their words go. The
programme erases words before that, with what they are about.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.chat.content import dump_message, message
from bot.programme.people import codes
from bot.runtime import files
from storage.database import Database, UnitOfWork
from storage.queries import inbox, outbox, timers

__all__ = ["EVERY", "MESSAGES", "some_batches", "sweep"]

EVERY: Final = timedelta(hours=1)
"""Time between two sweeps."""

_WORDS: Final = timedelta(days=1)
"""Time in which a repeated event gets its answer again; Slack tries for an hour, Discord for minutes."""

MESSAGES: Final = timedelta(days=90)
"""Time for which what a message said is kept, unless the operator set another."""

_ROWS: Final = timedelta(days=60)
"""Time for which an event is known to have been handled, and a timer to have fired."""

_FILES: Final = timedelta(days=365 * 2)
"""Time for which an unsent draft keeps its files; other files go with the last row that holds them."""

_CODES: Final = timedelta(days=1)
"""Time for which a code that ran out, and is of no use any more, is kept."""

_BATCHES: Final = 20
"""Batches one after the other: what is left waits for the next time that timers are served."""

_MOST_ROWS: Final = 500
_MOST_FILES: Final = 20


async def some_batches(database: Database, batch: Callable[[UnitOfWork], bool]) -> bool:
    """Run a batch, each time in its own transaction, while there may be more, and not for long.

    Return whether there may still be more.
    """
    for _ in range(_BATCHES):
        if not await database.transact(batch):
            return False
    return True


_NOTHING: Final = dump_message(message())


def sweep(work: UnitOfWork, now: datetime, messages: timedelta = MESSAGES) -> bool:
    """Sweep a small batch, so that no other transaction waits for it; return whether there may be more.

    `messages`: the time for which what a message said is kept.
    """
    swept = inbox.sweep(work.connection, now - _WORDS, now - _ROWS, _MOST_ROWS)
    swept += outbox.sweep(work.connection, now - messages, _MOST_ROWS, _NOTHING)
    swept += files.sweep(work, now - _FILES, _MOST_FILES)
    codes.sweep(work, now - _CODES)
    return swept + timers.sweep(work.connection, now - _ROWS, _MOST_ROWS) >= _MOST_ROWS

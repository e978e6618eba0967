"""Sealing of the history: every programme's rows get their seals, and the newest seal goes to the log."""

from __future__ import annotations

import structlog
from sqlalchemy import select

from bot.programme.core import seals
from storage.database import UnitOfWork
from storage.tables import Programme

__all__ = ["seal_some"]

log = structlog.get_logger(__name__)


def seal_some(work: UnitOfWork) -> bool:
    """Seal some rows of each programme; return whether there may be more.

    The log keeps the heads outside of the database: `stint audit verify` compares the chain with one.
    """
    more = False
    for programme_id in work.connection.scalars(select(Programme.id).order_by(Programme.id)).all():
        sealed = seals.seal(work.connection, programme_id)
        more = more or sealed >= seals.MOST_ROWS
        if sealed:
            head = seals.head_of(work.connection, programme_id)
            log.info("history.sealed", programme=programme_id, rows=sealed, head=str(head))
    return more

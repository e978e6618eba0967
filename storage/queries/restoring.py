"""Messages after a restore: what was owed when the backup was made, or has been since, may have been sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, or_, select, update

from storage.queries import outbox
from storage.queries.unknown_deliveries import RESTORED
from storage.tables import inbox, lanes
from storage.tables import outbox as rows
from storage.tables.turns import UNSETTLED

__all__ = ["doubt", "last_message", "settle_answers"]


def last_message(connection: Connection) -> int:
    """Return the id of the newest message; 0 where there is none."""
    return int(connection.scalar(select(func.max(rows.c.id))) or 0)


def doubt(connection: Connection, programme_id: int, now: datetime, last: int) -> int:
    """Put every message that is owed in doubt, and have each looked for; return how many.

    These are the unsent messages that are due, and those after the id `last`, whenever they are due: the
    handlers that made them now made them before, when they were first due. A held message stays held, and is
    looked for when it is released. What is due later than `now` has not been sent.
    """
    mine = (rows.c.programme_id == programme_id, UNSETTLED, rows.c.operation == "send")
    began = {
        "attempts": case((rows.c.attempts == 0, 1), else_=rows.c.attempts),
        "sent_at": func.coalesce(rows.c.sent_at, rows.c.due_at),
        "lease_until": None,
        "awaited_until": None,
    }
    connection.execute(update(rows).where(*mine, rows.c.state == "held").values(**began))
    connection.execute(delete(lanes))
    due = or_(rows.c.due_at <= now, rows.c.id > last)
    doubtful = connection.execute(
        update(rows)
        .where(*mine, _owed(due))
        .values(**began, state="unknown", error=RESTORED)
        .returning(rows.c.id, rows.c.key, rows.c.destination, rows.c.message)
    ).all()
    outbox.enqueue(
        connection,
        [
            {
                "programme_id": programme_id,
                "key": f"find:{row.id}:{now.isoformat()}",
                "destination": row.destination,
                "operation": "find",
                "target": row.key,
                "message": row.message,
                "created_at": now,
                "due_at": now,
            }
            for row in doubtful
        ],
    )
    return len(doubtful)


def settle_answers(connection: Connection, programme_id: int) -> None:
    """Count the answers that were owed as given: the presses and commands that they answer are long over."""
    owed = and_(inbox.c.programme_id == programme_id, inbox.c.answer_state == "owed")
    connection.execute(update(inbox).where(owed).values(answer_state="given"))


def _owed(due: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(rows.c.state == "sending", and_(rows.c.state == "pending", due))

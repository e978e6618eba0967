"""The timers by which a migration that brings a kind of waits has those opened that are waited for.

It names its columns itself: migrations are run on the tables of their time.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime

__all__ = ["leave_timers"]

_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_ONCE_MORE = datetime(2000, 1, 2, tzinfo=UTC)


def leave_timers(kind: str) -> None:
    """Leave a timer for each programme, due before anything else, that opens the waits of a kind.

    Where a migration before left one that has fired, it fires again, at another instant.
    """
    connection = op.get_bind()
    names = ("programme_id", "key", "kind", "subject", "late", "state", "attempts")
    timers = sa.table(
        "timers",
        *(sa.column(name) for name in names),
        sa.column("due_at", UTCDateTime()),
        sa.column("payload", JSON),
    )
    left = set(connection.scalars(sa.select(timers.c.programme_id).where(timers.c.key == f"waits:{kind}:0")))
    again = sa.update(timers).where(timers.c.key == f"waits:{kind}:0", timers.c.state != "pending")
    connection.execute(again.values(state="pending", due_at=_ONCE_MORE))
    rows = [
        {
            "programme_id": number,
            "key": f"waits:{kind}:0",
            "kind": "waits.open",
            "subject": f"programme:{number}",
            "due_at": _FIRST,
            "payload": {"kind": kind},
            "late": "fold",
            "state": "pending",
            "attempts": 0,
        }
        for number in connection.scalars(sa.text("SELECT id FROM programmes ORDER BY id"))
        if number not in left
    ]
    if rows:
        connection.execute(timers.insert(), rows)

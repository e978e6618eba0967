"""The timers by which a migration that brings a kind of waits has those opened that are waited for.

It names columns of its own: migrations are run on the tables of their time.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime

__all__ = ["leave_timers"]


def leave_timers(kind: str) -> None:
    """Leave a timer for each programme, due before anything else, that opens the waits of a kind."""
    connection = op.get_bind()
    names = ("programme_id", "key", "kind", "subject", "late", "state", "attempts")
    timers = sa.table(
        "timers",
        *(sa.column(name) for name in names),
        sa.column("due_at", UTCDateTime()),
        sa.column("payload", JSON),
    )
    rows = [
        {
            "programme_id": number,
            "key": f"waits:{kind}:0",
            "kind": "waits.open",
            "subject": f"programme:{number}",
            "due_at": datetime(2000, 1, 1, tzinfo=UTC),
            "payload": {"kind": kind},
            "late": "fold",
            "state": "pending",
            "attempts": 0,
        }
        for number in connection.scalars(sa.text("SELECT id FROM programmes ORDER BY id"))
    ]
    if rows:
        connection.execute(timers.insert(), rows)

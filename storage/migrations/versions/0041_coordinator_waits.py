"""Approvals and admissions as waits, and the working days after which they are late.

For each programme a timer that is due before anything else opens those that are waited for.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime

revision = "0041"
down_revision = "0040"
phase = "expand"


def upgrade() -> None:
    """Add the column, and leave the timers."""
    op.add_column(
        "programmes",
        sa.Column("coordinator_days", sa.Integer(), server_default=sa.text("2"), nullable=False),
    )
    _leave_timers("approval")
    _leave_timers("admission")


def _leave_timers(kind: str) -> None:
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

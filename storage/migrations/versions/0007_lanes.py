"""Rows for the lanes that must wait; they outlive the message that was refused."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0007"
down_revision = "0006"
phase = "expand"


def upgrade() -> None:
    """Create the table, with what destinations wait for today, and serve new messages before changes."""
    op.create_table(
        "lanes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("destination", sa.String(length=255), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("not_before", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lanes")),
        sa.UniqueConstraint("destination", "operation", name=op.f("uq_lanes_destination_operation")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_lanes_not_before", "lanes", ["not_before"])
    op.execute(
        "INSERT INTO lanes (destination, operation, not_before) "
        "SELECT destination, operation, max(lease_until) FROM outbox "
        "WHERE state = 'pending' AND lease_until IS NOT NULL GROUP BY destination, operation"
    )
    op.execute("UPDATE outbox SET lease_until = NULL WHERE state = 'pending' AND lease_until IS NOT NULL")
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["operation", "due_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )

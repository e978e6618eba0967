"""Platforms with the instant at which each was last reached, outages, and the outage that moved a wait."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.wait_timers import leave_timers
from storage.types import JSON, UTCDateTime

revision = "0055"
down_revision = "0054"
phase = "expand"


def upgrade() -> None:
    """Create the tables, add the column, and leave the timers."""
    op.create_table(
        "platforms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("reached_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platforms")),
        sa.UniqueConstraint("platform", name=op.f("uq_platforms_platform")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.Column("others", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
        sa.UniqueConstraint("platform", "since", name=op.f("uq_outages_platform_since")),
        sqlite_autoincrement=True,
    )
    op.add_column("waits", sa.Column("outage_id", sa.Integer(), nullable=True))
    for kind in ("date", "kickoff"):
        leave_timers(kind)

"""Offers as waits: one more day for an offer, and places that come late to students who were released.

For each programme a timer that is due before anything else opens the waits of open offers.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.wait_timers import leave_timers
from storage.types import UTCDateTime

revision = "0034"
down_revision = "0033"
phase = "expand"


def upgrade() -> None:
    """Add the columns, and leave the timers."""
    op.add_column("applications", sa.Column("more_time_at", UTCDateTime(), nullable=True))
    op.add_column(
        "applications", sa.Column("late_offer", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column(
        "programmes",
        sa.Column("late_offer_days", sa.Integer(), server_default=sa.text("14"), nullable=False),
    )
    leave_timers("offer")

"""Approvals and admissions as waits, and the working days after which they are late.

For each programme a timer that is due before anything else opens those that are waited for.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.wait_timers import leave_timers

revision = "0041"
down_revision = "0040"
phase = "expand"


def upgrade() -> None:
    """Add the column, and leave the timers."""
    op.add_column(
        "programmes",
        sa.Column("coordinator_days", sa.Integer(), server_default=sa.text("2"), nullable=False),
    )
    leave_timers("approval")
    leave_timers("admission")

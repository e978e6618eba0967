"""What a placement waits for: work, another date, a check-in, and that both sides have talked.

For each programme timers that are due before anything else open what is waited for.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.wait_timers import leave_timers
from storage.types import UTCDateTime

revision = "0044"
down_revision = "0043"
phase = "expand"


def upgrade() -> None:
    """Add the columns, and leave the timers."""
    op.add_column("milestones", sa.Column("asked_due", sa.String(20), nullable=True))
    op.add_column("placements", sa.Column("talked_at", UTCDateTime(), nullable=True))
    for kind in ("hand_in", "check_in", "kickoff"):
        leave_timers(kind)

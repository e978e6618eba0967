"""Reviews of work as waits: when work was settled without one, and the time a programme gives for it.

For each programme a timer that is due before anything else opens the waits of work that is handed in.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.wait_timers import leave_timers
from storage.types import UTCDateTime

revision = "0036"
down_revision = "0035"
phase = "expand"


def upgrade() -> None:
    """Add the columns, and leave the timers."""
    op.add_column("submissions", sa.Column("settled_at", UTCDateTime(), nullable=True))
    op.add_column(
        "programmes", sa.Column("review_days", sa.Integer(), server_default=sa.text("7"), nullable=False)
    )
    leave_timers("review")

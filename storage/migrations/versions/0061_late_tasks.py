"""When a coordinator's task was late and went to the second coordinator."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0061"
down_revision = "0060"
phase = "expand"


def upgrade() -> None:
    """Add the column; tasks of before are handed on with the next day's."""
    op.add_column("tasks", sa.Column("late_at", UTCDateTime(), nullable=True))

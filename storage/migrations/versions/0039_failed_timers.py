"""An index of the timers that failed for good, which are counted for the operator and for coordinators."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
phase = "expand"

_FAILED = sa.text("state = 'failed'")


def upgrade() -> None:
    """Create the index."""
    op.create_index(
        "ix_timers_failed", "timers", ["programme_id"], sqlite_where=_FAILED, postgresql_where=_FAILED
    )

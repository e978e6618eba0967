"""The index of changes by their message holds every one that is not settled, not only the pending ones."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
phase = "expand"

_UNSETTLED = sa.text("state NOT IN ('sent', 'answered', 'withdrawn') AND target IS NOT NULL")


def upgrade() -> None:
    """Create the index again."""
    op.drop_index("ix_outbox_target", table_name="outbox")
    op.create_index(
        "ix_outbox_target",
        "outbox",
        ["programme_id", "target"],
        sqlite_where=_UNSETTLED,
        postgresql_where=_UNSETTLED,
    )

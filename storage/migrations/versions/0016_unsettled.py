"""An index of the messages of which something is still to become: the ledger keeps the others for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
phase = "expand"

_UNSETTLED = sa.text("state NOT IN ('sent', 'answered', 'withdrawn')")


def upgrade() -> None:
    """Make it."""
    op.create_index(
        "ix_outbox_unsettled", "outbox", ["state"], sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED
    )

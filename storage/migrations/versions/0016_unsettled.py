"""An index of the messages that are not settled yet: the ledger keeps the settled ones for ever."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
phase = "expand"

_UNSETTLED = sa.text("state NOT IN ('sent', 'answered', 'withdrawn')")


def upgrade() -> None:
    """Create the index."""
    op.create_index(
        "ix_outbox_unsettled", "outbox", ["state"], sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED
    )

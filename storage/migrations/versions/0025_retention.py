"""What was sent is kept for a while, and that it was sent for ever: which messages are empty."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
phase = "expand"

_KEPT = sa.text(
    "state IN ('sent', 'answered', 'withdrawn') AND NOT emptied "
    "AND (state <> 'sent' OR operation <> 'send' OR reference IS NOT NULL)"
)


def upgrade() -> None:
    """Add the column and its index; what was sent long ago is emptied by the sweeps that follow."""
    op.add_column("outbox", sa.Column("emptied", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_index("ix_outbox_kept", "outbox", ["created_at"], sqlite_where=_KEPT, postgresql_where=_KEPT)

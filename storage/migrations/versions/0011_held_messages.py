"""The kind of a queued message, its subject, and the mark of whether it was held back."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0011"
down_revision = "0010"
phase = "expand"


def upgrade() -> None:
    """Add the columns; older messages have no kind, so they are sent as they are."""
    # Not in a batch: rebuilding the table would lose its AUTOINCREMENT.
    op.add_column("outbox", sa.Column("kind", sa.String(length=40), nullable=True))
    op.add_column("outbox", sa.Column("subject", sa.String(length=80), nullable=True))
    op.add_column("outbox", sa.Column("was_held", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("outbox", sa.Column("awaited_until", UTCDateTime(), nullable=True))
    held = sa.text("state = 'held'")
    op.create_index(
        "ix_outbox_held",
        "outbox",
        ["programme_id", "destination"],
        sqlite_where=held,
        postgresql_where=held,
    )

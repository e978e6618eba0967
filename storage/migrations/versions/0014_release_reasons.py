"""The reason why each application was released, and the date by when an answer was promised."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0014"
down_revision = "0013"
phase = "expand"


def upgrade() -> None:
    """Add the columns; for older releases the reason is unknown."""
    # Not in a batch: rebuilding a table would lose its AUTOINCREMENT.
    op.add_column(
        "applications",
        sa.Column("release_reason", sa.String(length=12), server_default=sa.text("''"), nullable=False),
    )
    op.add_column("applications", sa.Column("release_by", UTCDateTime(), nullable=True))

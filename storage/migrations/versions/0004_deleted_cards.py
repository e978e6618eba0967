"""The last content of a card, and the mark of whether it was deleted in its channel."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0004"
down_revision = "0003"
phase = "expand"


def upgrade() -> None:
    """Add both; every older card is taken to exist, and is compared when its channel is taken up."""
    op.add_column("announcements", sa.Column("gone_at", UTCDateTime(), nullable=True))
    op.add_column("announcements", sa.Column("shown", sa.String(16), nullable=True))

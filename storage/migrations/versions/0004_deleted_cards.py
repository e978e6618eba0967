"""What a card was last made to say, and whether it was deleted in its channel."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0004"
down_revision = "0003"
phase = "expand"


def upgrade() -> None:
    """Note both; every card of before is taken to be there, and compared when its channel is taken up."""
    op.add_column("announcements", sa.Column("gone_at", UTCDateTime(), nullable=True))
    op.add_column("announcements", sa.Column("shown", sa.String(16), nullable=True))

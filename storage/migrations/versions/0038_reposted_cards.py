"""Cards that were deleted are posted a second time, once."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0038"
down_revision = "0037"
phase = "expand"


def upgrade() -> None:
    """Add the column."""
    op.add_column("announcements", sa.Column("reposted_at", UTCDateTime(), nullable=True))

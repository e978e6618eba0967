"""The mark of whether an account has acted, or was only named by another person."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
phase = "expand"


def upgrade() -> None:
    """Add the column; every account known before this revision is taken to have acted."""
    op.add_column("identities", sa.Column("acted", sa.Boolean(), server_default=sa.true(), nullable=False))

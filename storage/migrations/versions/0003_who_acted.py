"""Whether an account has acted, or was only named by somebody else."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
phase = "expand"


def upgrade() -> None:
    """Note it; whoever is known before this was is taken to have acted."""
    op.add_column("identities", sa.Column("acted", sa.Boolean(), server_default=sa.true(), nullable=False))

"""The names of a space's groups that have a meaning, as the platform said them."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
phase = "expand"


def upgrade() -> None:
    """Add the column; the names of groups that were chosen before are unknown."""
    op.add_column("group_roles", sa.Column("name", sa.String(100), nullable=True))

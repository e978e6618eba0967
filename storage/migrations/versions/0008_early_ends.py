"""The person who ended a placement early, and the reason that the other side may read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
phase = "expand"


def upgrade() -> None:
    """Add the columns; for existing ends it is unknown who wrote the reason."""
    op.add_column("placements", sa.Column("ended_by_id", sa.Integer(), nullable=True))
    op.add_column("placements", sa.Column("end_code", sa.String(length=12), nullable=True))

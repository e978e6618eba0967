"""Until when people are away, and who covers for them."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
phase = "expand"


def upgrade() -> None:
    """Add the columns, with an index of who covers: they are forgotten by it."""
    op.add_column("people", sa.Column("away_until", sa.Date(), nullable=True))
    op.add_column("people", sa.Column("cover_id", sa.Integer(), nullable=True))
    op.create_index("ix_people_cover_id", "people", ["cover_id"])

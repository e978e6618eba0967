"""Deliverables that are a first step, after which either side may end the work without a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
phase = "expand"


def upgrade() -> None:
    """Add the column; no deliverable is a first step yet."""
    op.add_column(
        "deliverables", sa.Column("first_step", sa.Boolean(), server_default=sa.false(), nullable=False)
    )

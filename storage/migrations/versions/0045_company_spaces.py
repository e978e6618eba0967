"""Spaces of one company: its people act there for it, and nothing else is reached from there."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
phase = "expand"


def upgrade() -> None:
    """Add whose a space is; null is the programme's."""
    op.add_column("spaces", sa.Column("company_id", sa.Integer(), nullable=True))

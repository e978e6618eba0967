"""Pages of companies: what a company says of itself, and which coordinator verified it."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0051"
down_revision = "0050"
phase = "expand"


def upgrade() -> None:
    """Add the columns, with an index of who verified: they are forgotten by it."""
    for name, kind in (("about", sa.Text()), ("website", sa.Text()), ("place", sa.String(120))):
        op.add_column("companies", sa.Column(name, kind, server_default=sa.text("''"), nullable=False))
    op.add_column("companies", sa.Column("verified_at", UTCDateTime(), nullable=True))
    op.add_column("companies", sa.Column("verified_by_id", sa.Integer(), nullable=True))
    op.create_index("ix_companies_verified_by_id", "companies", ["verified_by_id"])

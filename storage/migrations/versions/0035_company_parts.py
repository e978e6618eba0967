"""The part that people have in their company."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
phase = "expand"


def upgrade() -> None:
    """Add the column; all who post for a company so far are its owners."""
    op.add_column(
        "people", sa.Column("company_part", sa.String(10), nullable=False, server_default=sa.text("'owner'"))
    )

"""The outage that moved an application deadline, or the answer promised to a report."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
phase = "expand"


def upgrade() -> None:
    """Add the columns; an outage of before moves nothing any more."""
    for table in ("projects", "reports"):
        op.add_column(table, sa.Column("outage_id", sa.Integer(), nullable=True))

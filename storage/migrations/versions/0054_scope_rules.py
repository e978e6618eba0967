"""Rules of the scope check: what a programme tuned of them."""

import sqlalchemy as sa
from alembic import op

from storage.types import JSON

revision = "0054"
down_revision = "0053"
phase = "expand"


def upgrade() -> None:
    """Add the column; null is as they are shipped."""
    op.add_column("programmes", sa.Column("scope_rules", JSON, nullable=True))

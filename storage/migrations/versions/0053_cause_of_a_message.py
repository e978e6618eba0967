"""What began the turn that wrote a message, so that its story can be followed; older rows have none."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
phase = "expand"


def upgrade() -> None:
    """Add the column."""
    op.add_column("outbox", sa.Column("cause", sa.String(255), nullable=True))

"""What each person's own page shows, so that it is drawn again only when that changes."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
phase = "expand"


def upgrade() -> None:
    """Add the column; what pages show now is unknown, so each is drawn once more."""
    op.add_column("identities", sa.Column("home_shown", sa.String(16), nullable=True))

"""The language in which an account uses its platform."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
phase = "expand"


def upgrade() -> None:
    """Add the column; the platform fills it with its next word about the account."""
    op.add_column("identities", sa.Column("locale", sa.String(length=35), nullable=True))

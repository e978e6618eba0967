"""An index of the people who were erased: the ledger beside the backups is kept up to date from it."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
phase = "expand"


def upgrade() -> None:
    """Create the index, of those people alone."""
    erased = sa.text("erased_at IS NOT NULL")
    op.create_index(
        "ix_people_erased_at", "people", ["erased_at"], sqlite_where=erased, postgresql_where=erased
    )

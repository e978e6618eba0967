"""Indexes of the two people of a case that forgetting a person looks for, which read the whole table."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
phase = "expand"


def upgrade() -> None:
    """Create the indexes, of the rows that have such a person: most cases have neither."""
    for column in ("about_id", "ended_by_id"):
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_cases_{column}", "cases", [column], sqlite_where=given, postgresql_where=given)

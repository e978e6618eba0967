"""Indexes of the writers and readers of messages, and of the accounts whose groups were seen."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
phase = "expand"


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("ix_letters_recipient_id", "letters", ["recipient_id"])
    op.create_index("ix_letters_sender_id", "letters", ["sender_id"])
    seen = sa.text("groups_at IS NOT NULL")
    op.create_index(
        "ix_identities_groups",
        "identities",
        ["programme_id", "groups_at"],
        sqlite_where=seen,
        postgresql_where=seen,
    )

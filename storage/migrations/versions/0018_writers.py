"""The writers of words in other people's rows and messages, so that the words can be erased for them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
phase = "expand"


def upgrade() -> None:
    """Add the columns; the writers of existing words are unknown."""
    for table, column in (
        ("projects", "contact_by_id"),
        ("applications", "reason_by_id"),
        ("placements", "employer_line_by_id"),
        ("submissions", "feedback_by_id"),
        ("notices", "writer_id"),
        ("outbox", "writer_id"),
    ):
        op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
    written = sa.text("writer_id IS NOT NULL")
    op.create_index(
        "ix_outbox_writer", "outbox", ["writer_id"], sqlite_where=written, postgresql_where=written
    )

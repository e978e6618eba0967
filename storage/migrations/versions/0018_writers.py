"""Who wrote words that stand in rows and messages of others, so that they can be erased for their writer."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
phase = "expand"


def upgrade() -> None:
    """Note it from now on; nobody knows any more who wrote what stands there already."""
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

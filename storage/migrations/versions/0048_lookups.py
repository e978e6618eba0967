"""Indexes of what is looked for about a person or a message, which read whole tables until now.

Keys are kept in the order of their characters on PostgreSQL, so that an index finds how they begin. Their
indexes are built again for it, which takes seconds for a million messages.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
phase = "expand"

_KEYS = (("outbox", "key", 255), ("outbox", "target", 500), ("notices", "key", 200), ("tasks", "key", 120))
_OF_PEOPLE = (
    ("mutes", "from_id"),
    ("reports", "about_id"),
    ("reports", "reporter_id"),
    ("terms", "accepted_by"),
)
_OF_FEW_PEOPLE = (
    ("applications", "reason_by_id"),
    ("codes", "person_id"),
    ("letters", "mentor_id"),
    ("letters", "person_id"),
    ("mentors", "assigned_by_id"),
    ("notices", "writer_id"),
    ("placements", "employer_line_by_id"),
    ("placements", "ended_by_id"),
    ("projects", "contact_by_id"),
    ("reports", "ended_by_id"),
    ("submissions", "feedback_by_id"),
    ("tasks", "about_id"),
    ("tasks", "closed_by"),
    ("terms_offers", "approved_by"),
    ("terms_offers", "proposed_by"),
)


def upgrade() -> None:
    """Create the indexes; an index of roles is also in the order in which they were given."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column, most in _KEYS:
            op.alter_column(table, column, type_=sa.String(most, collation="C"))
    for table, column in _OF_PEOPLE:
        op.create_index(f"ix_{table}_{column}", table, [column])
    for table, column in _OF_FEW_PEOPLE:
        _create_where_given(f"ix_{table}_{column}", table, [column], column)
    _create_where_given("ix_outbox_changes", "outbox", ["programme_id", "target"], "target")
    op.create_index("ix_tasks_subject", "tasks", ["programme_id", "subject"])
    op.drop_index("ix_roles_role", "roles")
    op.create_index("ix_roles_role", "roles", ["programme_id", "role", "id"])


def _create_where_given(name: str, table: str, columns: list[str], given: str) -> None:
    condition = sa.text(f"{given} IS NOT NULL")
    op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)

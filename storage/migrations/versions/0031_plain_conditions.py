"""Conditions of the outbox's indexes without lists, which SQLite makes a table of at every write."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
phase = "expand"

_UNSETTLED = "state <> 'sent' AND state <> 'answered' AND state <> 'withdrawn'"
_KEPT = (
    "(state = 'sent' OR state = 'answered' OR state = 'withdrawn') AND NOT emptied "
    "AND (state <> 'sent' OR operation <> 'send' OR reference IS NOT NULL)"
)
_INDEXES = (
    ("ix_outbox_unsettled", ["state"], _UNSETTLED),
    ("ix_outbox_target", ["programme_id", "target"], f"{_UNSETTLED} AND target IS NOT NULL"),
    ("ix_outbox_kept", ["created_at"], _KEPT),
)


def upgrade() -> None:
    """Make the same indexes with conditions of the same meaning."""
    for name, columns, words in _INDEXES:
        condition = sa.text(words)
        op.drop_index(name, "outbox")
        op.create_index(name, "outbox", columns, sqlite_where=condition, postgresql_where=condition)

"""The index of messages whose words are kept names where they went, for who asks about one person's.

So all the other messages of those days are passed over without being read.
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
phase = "expand"

_KEPT = sa.text(
    "(state = 'sent' OR state = 'answered' OR state = 'withdrawn') AND NOT emptied "
    "AND (state <> 'sent' OR operation <> 'send' OR reference IS NOT NULL)"
)


def upgrade() -> None:
    """Build the index again, with the destination; it takes some seconds for a million messages."""
    op.drop_index("ix_outbox_kept", "outbox")
    columns = ["created_at", "destination"]
    op.create_index("ix_outbox_kept", "outbox", columns, sqlite_where=_KEPT, postgresql_where=_KEPT)

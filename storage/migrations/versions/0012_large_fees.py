"""Room for fees of more than 21 million of a currency: in rupiah or dong such a fee is ordinary."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
phase = "expand"

_AMOUNTS = (
    ("programmes", "fee_floor_cents"),
    ("projects", "fee_cents"),
    ("terms", "fee_cents"),
    ("terms_offers", "fee_cents"),
)


def upgrade() -> None:
    """Give amounts 64 bits; SQLite's integers have them already."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in _AMOUNTS:
            op.alter_column(table, column, type_=sa.BigInteger())

"""What a post says of its pay, its countries, the dates that cannot move, and who may read what."""

import sqlalchemy as sa
from alembic import op

from storage.types import JSON

revision = "0047"
down_revision = "0046"
phase = "expand"


def upgrade() -> None:
    """Add the columns; of existing projects, terms and people it is not known."""
    for table in ("projects", "terms", "terms_offers"):
        op.add_column(table, sa.Column("payer", sa.Text(), server_default=sa.text("''"), nullable=False))
        op.add_column(table, sa.Column("pay_days", sa.Integer(), nullable=True))
        op.add_column(table, _empty("fixed", "[]"))
    op.add_column("projects", _empty("countries", "[]"))
    op.add_column("projects", _empty("levels", "{}"))
    op.add_column("people", sa.Column("country", sa.String(2), nullable=True))


def _empty(name: str, value: str) -> sa.Column[object]:
    return sa.Column(name, JSON, server_default=sa.text(f"'{value}'"), nullable=False)

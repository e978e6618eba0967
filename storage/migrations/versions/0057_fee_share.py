"""The fee share: which part of the fee counts when the work ends early."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
phase = "expand"


def upgrade() -> None:
    """Add the columns; terms that were agreed to before name no rule."""
    op.add_column(
        "programmes",
        sa.Column("fee_share", sa.String(12), server_default=sa.text("'handed_in'"), nullable=False),
    )
    for table in ("terms", "terms_offers"):
        op.add_column(
            table, sa.Column("fee_share", sa.String(12), server_default=sa.text("''"), nullable=False)
        )

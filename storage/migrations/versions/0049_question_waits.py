"""Messages that ask something; and projects without an applicant, whose waits a timer opens."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.wait_timers import leave_timers

revision = "0049"
down_revision = "0048"
phase = "expand"


def upgrade() -> None:
    """Add the column, and leave the timers."""
    op.add_column("letters", sa.Column("asks", sa.Boolean(), server_default=sa.false(), nullable=False))
    leave_timers("applicants")

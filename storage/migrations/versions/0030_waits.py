"""Waits; and for each programme a timer, due before anything else, which opens those for answers."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.wait_timers import leave_timers
from storage.types import UTCDateTime

revision = "0030"
down_revision = "0029"
phase = "expand"

_NOT_OVER = sa.text("state IN ('open', 'held')")


def upgrade() -> None:
    """Create the table, and leave the timers."""
    op.create_table(
        "waits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("waits", sa.String(length=12), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_waits_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waits")),
        sqlite_autoincrement=True,
    )
    for name, columns, unique in (
        ("uq_waits_open", ["programme_id", "kind", "subject"], True),
        ("ix_waits_about", ["programme_id", "kind", "about", "state", "next_at"], False),
        ("ix_waits_due", ["programme_id", "state", "due_at"], False),
    ):
        op.create_index(
            name, "waits", columns, unique=unique, sqlite_where=_NOT_OVER, postgresql_where=_NOT_OVER
        )
    op.create_index("ix_waits_subject", "waits", ["programme_id", "subject"])
    leave_timers("answer")

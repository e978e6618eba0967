"""Mentors of placements: who they are, what they read, and what they and students write to each other."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0043"
down_revision = "0042"
phase = "expand"


def upgrade() -> None:
    """Add the table, whose mentor a message is of, and which check-ins are for the coordinators only."""
    op.create_table(
        "mentors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("reads_check_ins", sa.Boolean(), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("talked_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mentors_person_id_people")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_mentors_placement_id_placements")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_mentors_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentors")),
        sqlite_autoincrement=True,
    )
    active = sa.text("status = 'active'")
    op.create_index(
        "uq_mentors_active",
        "mentors",
        ["placement_id"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )
    op.create_index(op.f("ix_mentors_placement_id"), "mentors", ["placement_id"])
    op.create_index(op.f("ix_mentors_person_id"), "mentors", ["person_id"])
    op.add_column("letters", sa.Column("mentor_id", sa.Integer(), nullable=True))
    op.add_column(
        "check_ins",
        sa.Column("for_coordinators", sa.Boolean(), nullable=False, server_default=sa.false()),
    )

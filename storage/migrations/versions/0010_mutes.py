"""Mutes: a person who wants no more messages from another person says so once."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0010"
down_revision = "0009"
phase = "expand"


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "mutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_mutes_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["from_id"], ["people.id"], name=op.f("fk_mutes_from_id_people")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mutes_person_id_people")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_mutes_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mutes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_mutes_application_id"), "mutes", ["application_id"])
    op.create_index(op.f("ix_mutes_person_id"), "mutes", ["person_id"])
    op.create_index(op.f("ix_mutes_programme_id"), "mutes", ["programme_id"])

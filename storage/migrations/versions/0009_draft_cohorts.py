"""The cohort through which each application is made, decided once."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0009"
down_revision = "0008"
phase = "expand"


def upgrade() -> None:
    """Create the table; drafts begun before have no row, and are decided when they are sent."""
    op.create_table(
        "draft_cohorts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_draft_cohorts_cohort_id_cohorts")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_draft_cohorts_person_id_people")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_draft_cohorts_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_draft_cohorts_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_cohorts")),
        sa.UniqueConstraint("project_id", "person_id", name=op.f("uq_draft_cohorts_project_id_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_draft_cohorts_person_id"), "draft_cohorts", ["person_id"], unique=False)
    op.create_index(op.f("ix_draft_cohorts_programme_id"), "draft_cohorts", ["programme_id"], unique=False)

"""Versions of projects, and companies whose posts need no approval."""

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime

revision = "0037"
down_revision = "0036"
phase = "expand"


def upgrade() -> None:
    """Create the table and the column; what is published now is each project's first version."""
    op.create_table(
        "project_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("was", JSON, nullable=False),
        sa.Column("now", JSON, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_project_versions_author_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_project_versions_decided_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_project_versions_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_versions_project_id_projects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_versions")),
        sa.UniqueConstraint("project_id", "version", name=op.f("uq_project_versions_project_id_version")),
        sqlite_autoincrement=True,
    )
    for name in ("author_id", "decided_by_id"):
        op.create_index(op.f(f"ix_project_versions_{name}"), "project_versions", [name], unique=False)
    op.add_column("companies", sa.Column("trusted_at", UTCDateTime(), nullable=True))

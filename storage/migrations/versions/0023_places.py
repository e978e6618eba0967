"""An index for the places that a project's applications take."""

from alembic import op

revision = "0023"
down_revision = "0022"
phase = "expand"


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_applications_project_status", "applications", ["project_id", "status"])

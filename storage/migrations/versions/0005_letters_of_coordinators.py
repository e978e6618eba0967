"""The side of a letter: between student and employer, or between a person and the coordinators."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
phase = "expand"


def upgrade() -> None:
    """Add the column and fill it for existing letters; add the person that an open item is about.

    A person who wrote with the student and neither owned the project nor belonged to its company did so as a
    coordinator.
    """
    op.add_column("letters", sa.Column("person_id", sa.Integer(), nullable=True))
    op.add_column("tasks", sa.Column("about_id", sa.Integer(), nullable=True))
    op.add_column("tasks", sa.Column("about_company_id", sa.Integer(), nullable=True))
    op.execute("""
        UPDATE letters SET person_id = (
            SELECT applications.person_id FROM applications WHERE applications.id = letters.application_id
        )
        WHERE EXISTS (
            SELECT 1 FROM applications
            JOIN projects ON projects.id = applications.project_id
            JOIN people ON people.id = CASE
                WHEN letters.sender_id = applications.person_id THEN letters.recipient_id
                ELSE letters.sender_id END
            WHERE applications.id = letters.application_id
                AND (projects.owner_id IS NULL OR projects.owner_id <> people.id)
                AND (people.company_id IS NULL OR people.company_id <> projects.company_id)
        )
    """)

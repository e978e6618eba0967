"""Indexes by what is looked for within a programme, in place of those on `programme_id` alone.

In a database of one programme such an index leads to every row of its table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
phase = "expand"

_NEW = (
    ("ix_applications_sent", "applications", ["project_id", "status", "submitted_at"]),
    ("ix_applications_status", "applications", ["programme_id", "status", "project_id"]),
    ("ix_members_state", "members", ["programme_id", "state", "cohort_id"]),
    ("ix_notices_state", "notices", ["programme_id", "state", "person_id"]),
    ("ix_notices_subject", "notices", ["programme_id", "subject"]),
    ("ix_people_company_id", "people", ["company_id"]),
    ("ix_placements_due", "placements", ["programme_id", "status", "due_at"]),
    ("ix_projects_company_id", "projects", ["company_id"]),
    ("ix_projects_deadline", "projects", ["programme_id", "deadline_at", "status"]),
    ("ix_projects_decision", "projects", ["programme_id", "decide_at", "published_at"]),
    ("ix_projects_open", "projects", ["programme_id", "status", "deadline_at"]),
    ("ix_roles_role", "roles", ["programme_id", "role"]),
    ("ix_tasks_state", "tasks", ["programme_id", "state", "created_at"]),
)
_NARROWER = (
    ("ix_applications_project_status", "applications"),
    ("ix_applications_status", "applications"),
    ("ix_placements_status", "placements"),
    ("ix_projects_status", "projects"),
)
"""Indexes that are the beginning of a new one."""

_OF_A_KIND = sa.text("kind IS NOT NULL")
_OF_PROGRAMME_ALONE = (
    "announcements",
    "applications",
    "check_ins",
    "codes",
    "cohorts",
    "companies",
    "draft_cohorts",
    "file_uses",
    "files",
    "group_roles",
    "identities",
    "imports",
    "letters",
    "members",
    "milestones",
    "mutes",
    "notices",
    "people",
    "placements",
    "projects",
    "roles",
    "saved_projects",
    "submissions",
    "tasks",
    "terms",
    "terms_offers",
)


def upgrade() -> None:
    """Create the new indexes, and take away those that no statement needs any more."""
    for name, table in _NARROWER:
        op.drop_index(name, table_name=table)
    for table in _OF_PROGRAMME_ALONE:
        op.drop_index(f"ix_{table}_programme_id", table_name=table)
    for name, table, columns in _NEW:
        op.create_index(name, table, columns)
    op.create_index(
        "ix_outbox_about",
        "outbox",
        ["programme_id", "subject", "kind"],
        sqlite_where=_OF_A_KIND,
        postgresql_where=_OF_A_KIND,
    )

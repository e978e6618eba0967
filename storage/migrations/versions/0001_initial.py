"""The first schema: every table that turns and programmes need."""

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime

revision = "0001"
down_revision = None
phase = "expand"


def upgrade() -> None:
    """Create every table, those that others refer to first."""
    _create_programmes()
    _create_cohorts()
    _create_companies()
    _create_imports()
    _create_inbox()
    _create_outbox()
    _create_spaces()
    _create_timers()
    _create_channels()
    _create_people()
    _create_conversations()
    _create_identities()
    _create_members()
    _create_notices()
    _create_projects()
    _create_roles()
    _create_tasks()
    _create_announcements()
    _create_applications()
    _create_saved_projects()
    _create_letters()
    _create_placements()
    _create_check_ins()
    _create_milestones()
    _create_submissions()


def _create_programmes() -> None:
    op.create_table(
        "programmes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("fee_floor_cents", sa.Integer(), nullable=False),
        sa.Column("approval", sa.Boolean(), nullable=False),
        sa.Column("late_minutes", sa.Integer(), nullable=False),
        sa.Column("undo_seconds", sa.Integer(), nullable=False),
        sa.Column("offer_hours", sa.Integer(), nullable=False),
        sa.Column("decision_days", sa.Integer(), nullable=False),
        sa.Column("release_days", sa.Integer(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=False),
        sa.Column("quiet_to", sa.String(length=5), nullable=False),
        sa.Column("daily_at", sa.String(length=5), nullable=False),
        sa.Column("staff_place", sa.String(length=255), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_programmes"),
        sqlite_autoincrement=True,
    )


def _create_cohorts() -> None:
    op.create_table(
        "cohorts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("digest_at", sa.String(length=5), nullable=False),
        sa.Column("days_off", JSON, nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_cohorts_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_cohorts"),
        sa.UniqueConstraint("programme_id", "name", name="uq_cohorts_programme_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cohorts_programme_id", "cohorts", ["programme_id"])


def _create_companies() -> None:
    op.create_table(
        "companies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("field", sa.String(length=120), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_companies_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_companies"),
        sa.UniqueConstraint("programme_id", "name", name="uq_companies_programme_id_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_companies_programme_id", "companies", ["programme_id"])


def _create_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_imports_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sa.UniqueConstraint("programme_id", "identity", name="uq_imports_programme_id_identity"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_imports_programme_id", "imports", ["programme_id"])


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("event_id", sa.String(length=255), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("answer", JSON, nullable=True),
        sa.Column("answer_state", sa.String(length=8), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("answer_until", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_inbox_programme_id_programmes"),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("platform", "event_id", name="uq_inbox_platform_event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_inbox_owed",
        "inbox",
        ["answer_until"],
        sqlite_where=sa.text("answer_state = 'owed'"),
        postgresql_where=sa.text("answer_state = 'owed'"),
    )
    op.create_index(
        "ix_inbox_words",
        "inbox",
        ["received_at"],
        sqlite_where=sa.text("answer IS NOT NULL"),
        postgresql_where=sa.text("answer IS NOT NULL"),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("destination", sa.String(length=255), nullable=False),
        sa.Column("operation", sa.String(length=8), nullable=False),
        sa.Column("target", sa.String(length=500), nullable=True),
        sa.Column("message", JSON, nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("reference", sa.String(length=500), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_outbox_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("programme_id", "key", name="uq_outbox_programme_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_outbox_parts",
        "outbox",
        ["id"],
        sqlite_where=sa.text("replace(reference, ',', '') <> reference"),
        postgresql_where=sa.text("replace(reference, ',', '') <> reference"),
    )
    op.create_index(
        "ix_outbox_reference",
        "outbox",
        ["reference"],
        sqlite_where=sa.text("reference IS NOT NULL"),
        postgresql_where=sa.text("reference IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_target",
        "outbox",
        ["programme_id", "target"],
        sqlite_where=sa.text("state = 'pending' AND target IS NOT NULL"),
        postgresql_where=sa.text("state = 'pending' AND target IS NOT NULL"),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["lease_until"],
        sqlite_where=sa.text("lease_until IS NOT NULL"),
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )


def _create_spaces() -> None:
    op.create_table(
        "spaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_spaces_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_spaces"),
        sa.UniqueConstraint("platform", "external_id", name="uq_spaces_platform_external_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_spaces_programme_id", "spaces", ["programme_id"])


def _create_timers() -> None:
    op.create_table(
        "timers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("late", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_timers_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_timers"),
        sa.UniqueConstraint("programme_id", "key", name="uq_timers_programme_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_timers_due",
        "timers",
        ["due_at"],
        sqlite_where=sa.text("state = 'pending'"),
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_timers_over",
        "timers",
        ["due_at"],
        sqlite_where=sa.text("state IN ('done', 'cancelled')"),
        postgresql_where=sa.text("state IN ('done', 'cancelled')"),
    )
    op.create_index("ix_timers_subject", "timers", ["programme_id", "subject"])


def _create_channels() -> None:
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name="fk_channels_cohort_id_cohorts"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_channels_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
        sa.UniqueConstraint("cohort_id", "place", name="uq_channels_cohort_id_place"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_channels_place", "channels", ["place"])
    op.create_index("ix_channels_programme_id", "channels", ["programme_id"])


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("quiet_from", sa.String(length=5), nullable=True),
        sa.Column("quiet_to", sa.String(length=5), nullable=True),
        sa.Column("identity_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("left_at", UTCDateTime(), nullable=True),
        sa.Column("erased_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_people_company_id_companies"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_people_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_people_programme_id", "people", ["programme_id"])


def _create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("draft", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("destination", sa.String(length=255), nullable=False),
        sa.Column("prompt_key", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_conversations_person_id_people"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_conversations_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_conversations_draft",
        "conversations",
        ["programme_id", "person_id", "form", "subject"],
        unique=True,
        sqlite_where=sa.text("state IN ('open', 'waiting')"),
        postgresql_where=sa.text("state IN ('open', 'waiting')"),
    )
    op.create_index("ix_conversations_person", "conversations", ["person_id", "state"])
    op.create_index("ix_conversations_subject", "conversations", ["programme_id", "form", "subject"])


def _create_identities() -> None:
    op.create_table(
        "identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=120), nullable=False),
        sa.Column("seen_at", UTCDateTime(), nullable=False),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_identities_person_id_people"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_identities_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint(
            "programme_id", "platform", "user_id", name="uq_identities_programme_id_platform_user_id"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_identities_person_id", "identities", ["person_id"])
    op.create_index("ix_identities_programme_id", "identities", ["programme_id"])
    op.create_index("ix_identities_user", "identities", ["platform", "user_id"])


def _create_members() -> None:
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name="fk_members_cohort_id_cohorts"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_members_person_id_people"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_members_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
        sa.UniqueConstraint("cohort_id", "person_id", name="uq_members_cohort_id_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_members_person_id", "members", ["person_id"])
    op.create_index("ix_members_programme_id", "members", ["programme_id"])


def _create_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("message", JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("useful_until", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_notices_person_id_people"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_notices_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("programme_id", "key", name="uq_notices_programme_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_programme_id", "notices", ["programme_id"])
    op.create_index("ix_notices_waiting", "notices", ["person_id", "state"])


def _create_projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("brief", sa.Text(), nullable=False),
        sa.Column("deliverables", sa.Text(), nullable=False),
        sa.Column("hours", sa.Double(), nullable=False),
        sa.Column("deadline_at", UTCDateTime(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("skills", JSON, nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("unpaid_reason", sa.Text(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("decide_at", UTCDateTime(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("private_details", sa.Text(), nullable=False),
        sa.Column("questions", JSON, nullable=False),
        sa.Column("cohorts", JSON, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("extra", JSON, nullable=False),
        sa.Column("identity", sa.String(length=64), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_projects_company_id_companies"),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_projects_import_id_imports"),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name="fk_projects_owner_id_people"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_projects_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.UniqueConstraint("programme_id", "identity", name="uq_projects_programme_id_identity"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_projects_import_id", "projects", ["import_id"])
    op.create_index("ix_projects_owner_id", "projects", ["owner_id"])
    op.create_index("ix_projects_programme_id", "projects", ["programme_id"])
    op.create_index("ix_projects_status", "projects", ["programme_id", "status"])


def _create_roles() -> None:
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_roles_person_id_people"),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_roles_programme_id_programmes"),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
        sa.UniqueConstraint("person_id", "role", name="uq_roles_person_id_role"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_roles_programme_id", "roles", ["programme_id"])


def _create_tasks() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("message", JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["people.id"], name="fk_tasks_closed_by_people"),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name="fk_tasks_programme_id_programmes"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        sa.UniqueConstraint("programme_id", "key", name="uq_tasks_programme_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tasks_programme_id", "tasks", ["programme_id"])


def _create_announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=255), nullable=False),
        sa.Column("announced_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name="fk_announcements_cohort_id_cohorts"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_announcements_programme_id_programmes"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_announcements_project_id_projects"),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        sa.UniqueConstraint("project_id", "place", name="uq_announcements_project_id_place"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_announcements_cohort", "announcements", ["cohort_id"])
    op.create_index("ix_announcements_programme_id", "announcements", ["programme_id"])


def _create_applications() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=14), nullable=False),
        sa.Column("answers", JSON, nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=True),
        sa.Column("held", JSON, nullable=True),
        sa.Column("offer_until", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name="fk_applications_cohort_id_cohorts"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_applications_person_id_people"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_applications_programme_id_programmes"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_applications_project_id_projects"),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("project_id", "person_id", name="uq_applications_project_id_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_applications_person_id", "applications", ["person_id"])
    op.create_index("ix_applications_programme_id", "applications", ["programme_id"])
    op.create_index("ix_applications_status", "applications", ["programme_id", "status"])


def _create_saved_projects() -> None:
    op.create_table(
        "saved_projects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_saved_projects_person_id_people"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_saved_projects_programme_id_programmes"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_saved_projects_project_id_projects"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_projects"),
        sa.UniqueConstraint("project_id", "person_id", name="uq_saved_projects_project_id_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_saved_projects_person_id", "saved_projects", ["person_id"])
    op.create_index("ix_saved_projects_programme_id", "saved_projects", ["programme_id"])


def _create_letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("sender_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("reported_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_letters_application_id_applications"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_letters_programme_id_programmes"
        ),
        sa.ForeignKeyConstraint(["recipient_id"], ["people.id"], name="fk_letters_recipient_id_people"),
        sa.ForeignKeyConstraint(["sender_id"], ["people.id"], name="fk_letters_sender_id_people"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_letters_application_id", "letters", ["application_id"])
    op.create_index("ix_letters_programme_id", "letters", ["programme_id"])


def _create_placements() -> None:
    op.create_table(
        "placements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("student_line", sa.Text(), nullable=False),
        sa.Column("employer_line", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_placements_application_id_applications"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_placements_person_id_people"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_placements_programme_id_programmes"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_placements_project_id_projects"),
        sa.PrimaryKeyConstraint("id", name="pk_placements"),
        sa.UniqueConstraint("application_id", name="uq_placements_application_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_placements_person_id", "placements", ["person_id"])
    op.create_index("ix_placements_programme_id", "placements", ["programme_id"])
    op.create_index("ix_placements_project_id", "placements", ["project_id"])
    op.create_index("ix_placements_status", "placements", ["programme_id", "status"])


def _create_check_ins() -> None:
    op.create_table(
        "check_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_check_ins_person_id_people"),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name="fk_check_ins_placement_id_placements"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_check_ins_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_check_ins"),
        sa.UniqueConstraint("placement_id", "step", "side", name="uq_check_ins_placement_id_step_side"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_check_ins_person_id", "check_ins", ["person_id"])
    op.create_index("ix_check_ins_programme_id", "check_ins", ["programme_id"])


def _create_milestones() -> None:
    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name="fk_milestones_placement_id_placements"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_milestones_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_milestones"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_milestones_placement_id", "milestones", ["placement_id"])
    op.create_index("ix_milestones_programme_id", "milestones", ["programme_id"])


def _create_submissions() -> None:
    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestones.id"], name="fk_submissions_milestone_id_milestones"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name="fk_submissions_programme_id_programmes"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
        sa.UniqueConstraint("milestone_id", "version", name="uq_submissions_milestone_id_version"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_submissions_programme_id", "submissions", ["programme_id"])

"""Terms: what each student accepted with a placement, and what a student is asked to accept."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime

revision = "0006"
down_revision = "0005"
phase = "expand"


def upgrade() -> None:
    """Create the tables, and fill them with what is known of existing placements and offers."""
    # Not in a batch: rebuilding a table would lose its AUTOINCREMENT.
    op.add_column(
        "applications", sa.Column("agreements", JSON, server_default=sa.text("'[]'"), nullable=False)
    )
    terms, offers = _create_terms(), _create_offers()
    op.bulk_insert(terms, _known_terms())
    op.bulk_insert(offers, _known_offers())


def _named() -> list[sa.Column[object]]:
    return [
        sa.Column("fee_cents", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("unpaid_reason", sa.Text(), nullable=False),
        sa.Column("hours", sa.Double(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("deliverables", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
    ]


def _create_terms() -> sa.Table:
    table = op.create_table(
        "terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("accepted_by", sa.Integer(), nullable=False),
        sa.Column("accepted_at", UTCDateTime(), nullable=False),
        sa.Column("agreements", JSON, nullable=False),
        sa.Column("from_project_at", UTCDateTime(), nullable=True),
        *_named(),
        sa.ForeignKeyConstraint(["accepted_by"], ["people.id"], name=op.f("fk_terms_accepted_by_people")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_terms_placement_id_placements")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_terms_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
        sa.UniqueConstraint("placement_id", "version", name=op.f("uq_terms_placement_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_terms_programme_id"), "terms", ["programme_id"], unique=False)
    return table


def _create_offers() -> sa.Table:
    table = op.create_table(
        "terms_offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        *_named(),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_terms_offers_application_id_applications")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["people.id"], name=op.f("fk_terms_offers_approved_by_people")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_terms_offers_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["people.id"], name=op.f("fk_terms_offers_proposed_by_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_offers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_terms_offers_application_id"), "terms_offers", ["application_id"], unique=False)
    op.create_index(op.f("ix_terms_offers_programme_id"), "terms_offers", ["programme_id"], unique=False)
    return table


_COPIED = ("fee_cents", "currency", "unpaid_reason", "hours", "weeks", "deliverables", "location")
_PROJECTS = sa.table(
    "projects", sa.column("id"), *map(sa.column, _COPIED), sa.column("starts_at", UTCDateTime())
)


def _known_terms() -> list[dict[str, object]]:
    """Copy the project of each placement: nothing else is known of what was accepted."""
    now = datetime.now(UTC)  # noqa: TID251 - a migration has no clock but the machine's
    found = op.get_bind().execute(_placements()).mappings()
    return [{**row, "version": 1, "agreements": [], "from_project_at": now} for row in found]


def _known_offers() -> list[dict[str, object]]:
    """Copy the project of each open offer."""
    found = op.get_bind().execute(_open_offers()).mappings()
    return [
        {**row, "due_at": row["starts_at"] + timedelta(weeks=row["weeks"]), "state": "offered"}
        for row in found
    ]


def _placements() -> sa.Select[tuple[object, ...]]:
    """Return the query for the data from which each placement's terms are written; its dates are its own."""
    placements = sa.table(
        "placements",
        *map(sa.column, ("id", "programme_id", "project_id", "person_id")),
        *(sa.column(name, UTCDateTime()) for name in ("starts_at", "due_at", "created_at")),
    )
    return sa.select(
        placements.c.programme_id,
        placements.c.id.label("placement_id"),
        placements.c.person_id.label("accepted_by"),
        placements.c.created_at.label("accepted_at"),
        placements.c.starts_at,
        placements.c.due_at,
        *(_PROJECTS.c[name] for name in _COPIED),
    ).join(_PROJECTS, _PROJECTS.c.id == placements.c.project_id)


def _open_offers() -> sa.Select[tuple[object, ...]]:
    """Return the query for the data from which each open offer's terms are written."""
    applications = sa.table(
        "applications",
        *map(sa.column, ("id", "programme_id", "project_id", "status")),
        sa.column("decided_at", UTCDateTime()),
    )
    return (
        sa.select(
            applications.c.programme_id,
            applications.c.id.label("application_id"),
            applications.c.decided_at.label("created_at"),
            _PROJECTS.c.starts_at,
            *(_PROJECTS.c[name] for name in _COPIED),
        )
        .join(_PROJECTS, _PROJECTS.c.id == applications.c.project_id)
        .where(applications.c.status == "offered")
    )

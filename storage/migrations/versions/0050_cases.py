"""Cases, and what a programme says before a person confides in its coordinators."""

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0050"
down_revision = "0049"
phase = "expand"


def upgrade() -> None:
    """Create the tables, and add the programme's columns."""
    _create_cases()
    _create_readers()
    _create_lines()
    for name in ("safety_contacts", "passed_on_to"):
        op.add_column("programmes", sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False))


def _create_cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("letter_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("still", sa.Boolean(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("stopped_at", UTCDateTime(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("promised_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("other_answer", sa.Text(), nullable=False),
        *_keys(
            "cases",
            about_id="people",
            application_id="applications",
            ended_by_id="people",
            letter_id="letters",
            person_id="people",
            programme_id="programmes",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sqlite_autoincrement=True,
    )
    for column in ("application_id", "person_id"):
        op.create_index(op.f(f"ix_cases_{column}"), "cases", [column])
    where = sa.text("status = 'open'")
    op.create_index(
        "ix_cases_open",
        "cases",
        ["programme_id", "application_id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def _create_readers() -> None:
    op.create_table(
        "case_readers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        *_keys("case_readers", case_id="cases", person_id="people", programme_id="programmes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_readers")),
        sa.UniqueConstraint("case_id", "person_id", name=op.f("uq_case_readers_case_id_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_case_readers_person_id"), "case_readers", ["person_id"])


def _create_lines() -> None:
    op.create_table(
        "case_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        *_keys("case_lines", case_id="cases", person_id="people", programme_id="programmes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_lines")),
        sqlite_autoincrement=True,
    )
    for column in ("case_id", "person_id"):
        op.create_index(op.f(f"ix_case_lines_{column}"), "case_lines", [column])


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    """Return the constraints of columns that hold the id of another table's row."""
    return [
        sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
        for column, other in columns.items()
    ]

"""Reports with a date by which they are answered, and the data to erase after the answer."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime

revision = "0013"
down_revision = "0012"
phase = "expand"


def upgrade() -> None:
    """Create the tables; an old report that is an open item counts as due, and is raised again at once."""
    _create_reports()
    _create_erasures()
    _take_over()


def _create_reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("other_answer", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_reports_{column}_{table}"))
            for column, table in (
                ("about_id", "people"),
                ("application_id", "applications"),
                ("ended_by_id", "people"),
                ("letter_id", "letters"),
                ("programme_id", "programmes"),
                ("reporter_id", "people"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sqlite_autoincrement=True,
    )
    for column in ("application_id", "letter_id", "programme_id"):
        op.create_index(op.f(f"ix_reports_{column}"), "reports", [column])


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_erasures_{column}_{table}"))
            for column, table in (
                ("application_id", "applications"),
                ("person_id", "people"),
                ("programme_id", "programmes"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sqlite_autoincrement=True,
    )
    for column in ("application_id", "person_id", "programme_id"):
        op.create_index(op.f(f"ix_erasures_{column}"), "erasures", [column])


def _take_over() -> None:
    """Take over every report whose item is open: the row, its timer, and the person the item is about."""
    connection = op.get_bind()
    letters = sa.table(
        "letters",
        *map(sa.column, ("id", "programme_id", "application_id", "sender_id", "recipient_id")),
        sa.column("reported_at", UTCDateTime()),
    )
    tasks = sa.table("tasks", *map(sa.column, ("programme_id", "key", "kind", "state", "about_id")))
    reports = sa.table(
        "reports",
        *map(sa.column, ("id", "programme_id", "letter_id", "application_id", "reporter_id", "about_id")),
        *map(sa.column, ("answer", "other_answer")),
        sa.column("created_at", UTCDateTime()),
        sa.column("due_at", UTCDateTime()),
    )
    timers = sa.table(
        "timers",
        *map(sa.column, ("programme_id", "key", "kind", "subject", "late", "state", "attempts")),
        sa.column("due_at", UTCDateTime()),
        sa.column("payload", JSON),
    )
    for letter in connection.execute(sa.select(letters).where(letters.c.reported_at.is_not(None))).all():
        item = sa.and_(
            tasks.c.programme_id == letter.programme_id,
            tasks.c.key == f"letter:{letter.id}",
            tasks.c.kind == "report",
            tasks.c.state == "open",
        )
        if connection.execute(sa.select(tasks.c.key).where(item)).first() is None:
            continue
        connection.execute(sa.update(tasks).where(item).values(about_id=letter.sender_id))
        row = {
            "programme_id": letter.programme_id,
            "letter_id": letter.id,
            "application_id": letter.application_id,
            "reporter_id": letter.recipient_id,
            "about_id": letter.sender_id,
            "created_at": letter.reported_at,
            "due_at": letter.reported_at + timedelta(days=1),
            "answer": "",
            "other_answer": "",
        }
        number = connection.execute(sa.insert(reports).values(row).returning(reports.c.id)).scalar_one()
        timer = {
            "programme_id": letter.programme_id,
            "key": f"report.repeat:{number}:old",
            "kind": "report.repeat",
            "subject": f"report:{number}",
            "due_at": letter.reported_at,
            "payload": {},
            "late": "send",
            "state": "pending",
            "attempts": 0,
        }
        connection.execute(sa.insert(timers).values(timer))

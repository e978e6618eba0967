"""The history of every noun, and the aliases by which it names people.

Of rows that are older than it, it gets what their own dates say, and how they are now.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import UTCDateTime

revision = "0024"
down_revision = "0023"
phase = "expand"

_ROWS = 500
_UNSEALED = sa.text("position IS NULL")
_history = sa.table(
    "history",
    *(sa.column(name) for name in ("programme_id", "subject", "parent", "what", "before", "after")),
    sa.column("at", UTCDateTime()),
    *(sa.column(name) for name in ("began_by", "reason", "known_by")),
)


def upgrade() -> None:
    """Create the tables, and write what is known of the rows that are there."""
    _create_history()
    _create_aliases()
    connection = op.get_bind()
    for found in (
        _of_projects(connection),
        _of_applications(connection),
        _of_placements(connection),
        _of_parts(connection),
        _of_places(connection),
    ):
        batch: list[dict[str, Any]] = []
        for row in found:
            batch.append(row)
            if len(batch) == _ROWS:
                connection.execute(_history.insert(), batch)
                batch = []
        if batch:
            connection.execute(_history.insert(), batch)


def _create_history() -> None:
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("parent", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=12), nullable=False),
        sa.Column("before", sa.String(length=80), nullable=True),
        sa.Column("after", sa.String(length=80), nullable=True),
        sa.Column("alias_id", sa.Integer(), nullable=True),
        sa.Column("began_by", sa.String(length=40), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("known_by", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_history_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
        sa.UniqueConstraint("programme_id", "position", name=op.f("uq_history_programme_id_position")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_history_subject", "history", ["programme_id", "subject", "id"])
    op.create_index("ix_history_parent", "history", ["programme_id", "parent", "id"])
    op.create_index(
        "ix_history_unsealed",
        "history",
        ["programme_id", "id"],
        sqlite_where=_UNSEALED,
        postgresql_where=_UNSEALED,
    )


def _create_aliases() -> None:
    op.create_table(
        "aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_aliases_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_aliases_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_aliases_person_id"), "aliases", ["person_id"])


def _of_projects(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    times = ("created_at", "published_at", "closed_at")
    for row in _rows(connection, "projects", ("status",), times):
        entry = _Entries(row, f"project:{row.id}", "")
        yield entry.birth("draft", row.created_at)
        if row.published_at is not None:
            yield entry.status("open", row.published_at)
        if row.closed_at is not None and row.status == "closed":
            yield entry.status("closed", row.closed_at)
        yield from entry.found(row.status)


def _of_applications(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    times = ("created_at", "submitted_at", "decided_at")
    columns = ("status", "release_reason", "project_id")
    for row in _rows(connection, "applications", columns, times):
        entry = _Entries(row, f"application:{row.id}", f"project:{row.project_id}")
        sent = row.submitted_at or row.created_at
        yield entry.birth("submitted" if row.submitted_at else row.status, sent)
        if row.decided_at is not None and row.status != "submitted":
            reason = row.release_reason if row.status == "released" else ""
            yield entry.status(row.status, row.decided_at, reason)
        yield from entry.found(row.status)


def _of_placements(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    columns, times = ("status", "end_code", "application_id"), ("created_at", "ended_at")
    for row in _rows(connection, "placements", columns, times):
        entry = _Entries(row, f"placement:{row.id}", f"application:{row.application_id}")
        yield entry.birth("active", row.created_at)
        if row.ended_at is not None and row.status != "active":
            reason = (row.end_code or "") if row.status == "ended" else ""
            yield entry.status(row.status, row.ended_at, reason)
        yield from entry.found(row.status)


def _of_parts(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """Yield entries of the nouns that keep no date but their birth's, or none."""
    born = _births(connection, "placements")
    for row in _rows(connection, "milestones", ("status", "placement_id"), ()):
        entry = _Entries(row, f"milestone:{row.id}", f"placement:{row.placement_id}")
        yield entry.birth("open", born[row.placement_id])
        yield from entry.found(row.status)
    for row in _rows(connection, "submissions", ("status", "milestone_id"), ("created_at",)):
        entry = _Entries(row, f"submission:{row.id}", f"milestone:{row.milestone_id}")
        yield entry.birth("handed_in", row.created_at)
        yield from entry.found(row.status)
    for row in _rows(connection, "members", ("state", "cohort_id"), ("created_at",)):
        # Whether they were asked about first is not known; that they were there then is.
        yield _Entries(row, f"member:{row.id}", f"cohort:{row.cohort_id}").birth(row.state, row.created_at)


def _of_places(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    for row in _rows(connection, "spaces", ("state",), ("created_at",)):
        entry = _Entries(row, f"space:{row.id}", "")
        yield entry.birth("active", row.created_at)
        yield from entry.found(row.state)
    born = _births(connection, "cohorts")
    for row in _rows(connection, "channels", ("state", "cohort_id"), ()):
        entry = _Entries(row, f"channel:{row.id}", f"cohort:{row.cohort_id}")
        yield entry.birth("active", born[row.cohort_id])
        yield from entry.found(row.state)


def _births(connection: sa.Connection, name: str) -> dict[int, datetime]:
    table = sa.table(name, sa.column("id"), sa.column("created_at", UTCDateTime()))
    return {row.id: row.created_at for row in connection.execute(sa.select(table))}


class _Entries:
    """The entries of one row, each from where the one before had come to."""

    def __init__(self, row: sa.Row[*tuple[Any, ...]], subject: str, parent: str) -> None:
        self._of = {"programme_id": row.programme_id, "subject": subject, "parent": parent, "began_by": ""}
        self._status: str | None = None
        self._at: datetime | None = None

    def birth(self, status: str, at: datetime) -> dict[str, Any]:
        return self._entry("birth", status, at, "", "dates")

    def status(self, to: str, at: datetime, reason: str = "") -> dict[str, Any]:
        return self._entry("status", to, at, reason, "dates")

    def found(self, status: str) -> Iterator[dict[str, Any]]:
        """Yield an entry where the dates do not lead to the status that the row has now."""
        if status != self._status and self._at is not None:
            yield self._entry("status", status, self._at, "", "found")

    def _entry(self, what: str, after: str, at: datetime, reason: str, known_by: str) -> dict[str, Any]:
        before, self._status, self._at = self._status, after, at
        changed = {"what": what, "before": before, "after": after, "at": at}
        return {**self._of, **changed, "reason": reason, "known_by": known_by}


def _rows(
    connection: sa.Connection, name: str, columns: tuple[str, ...], times: tuple[str, ...]
) -> Iterator[sa.Row[*tuple[Any, ...]]]:
    """Yield these columns of a table in the order of the ids, a batch at a time."""
    table = sa.table(
        name,
        *(sa.column(column) for column in ("id", "programme_id", *columns)),
        *(sa.column(column, UTCDateTime()) for column in times),
    )
    after = 0
    while rows := connection.execute(
        sa.select(table).where(table.c.id > after).order_by(table.c.id).limit(_ROWS)
    ).all():
        yield from rows
        after = rows[-1].id

"""The rows that hold a file: a file is kept as long as at least one row holds it."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.types import JSON

revision = "0017"
down_revision = "0016"
phase = "expand"

_KEPT = "kept:"
_BATCH = 500  # rows read at a time


def upgrade() -> None:
    """Create the table, and record the files of unfinished drafts, applications and submissions."""
    uses = op.create_table(
        "file_uses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=12), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_file_uses_file_id_files"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_file_uses_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_uses")),
        sa.UniqueConstraint(
            "file_id", "holder", "holder_id", name=op.f("uq_file_uses_file_id_holder_holder_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_file_uses_holder", "file_uses", ["holder", "holder_id"])
    op.create_index(op.f("ix_file_uses_programme_id"), "file_uses", ["programme_id"])
    files = sa.table("files", *map(sa.column, ("id", "programme_id")))
    there = {row.id: row.programme_id for row in op.get_bind().execute(sa.select(files))}
    if not there:
        return
    for holder, table, column, of_these in (
        ("draft", "conversations", "draft", sa.column("state").in_(("open", "waiting"))),
        ("application", "applications", "answers", sa.true()),
        ("submission", "submissions", "files", sa.true()),
    ):
        for row in _rows(table, column, of_these):
            held = {number for number in _kept_in(row.stored) if there.get(number) == row.programme_id}
            use = {"programme_id": row.programme_id, "holder": holder, "holder_id": row.id}
            if held:
                op.bulk_insert(uses, [{**use, "file_id": number} for number in sorted(held)])


def _rows(table: str, column: str, of_these: sa.ColumnElement[bool]) -> Iterator[Any]:
    """Yield the rows that may hold a file, a batch at a time, with id, programme_id and what is stored."""
    stored = sa.column(column, JSON)
    rows = (
        sa.select(sa.column("id"), sa.column("programme_id"), stored.label("stored"))
        .select_from(sa.table(table))
        .where(of_these, sa.cast(stored, sa.Text).like(f"%{_KEPT}%"))
        .order_by(sa.column("id"))
        .limit(_BATCH)
    )
    last = 0
    while found := op.get_bind().execute(rows.where(sa.column("id") > last)).all():
        yield from found
        last = found[-1].id


def _kept_in(stored: Any) -> set[int]:  # noqa: ANN401 - whatever JSON holds
    """Return the numbers of the files in stored data: {"id": "kept:5", …}."""
    if isinstance(stored, list):
        return set().union(*map(_kept_in, stored))
    if not isinstance(stored, dict):
        return set()
    found = set().union(*map(_kept_in, stored.values()))
    name = stored.get("id")
    if isinstance(name, str) and name.startswith(_KEPT) and name.removeprefix(_KEPT).isdecimal():
        found.add(int(name.removeprefix(_KEPT)))
    return found

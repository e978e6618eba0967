"""A table of notes, for tests that need some table and none of the programme's."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from storage.database import UnitOfWork
from storage.dialects import insert
from storage.types import JSON, UTCDateTime


class Noun(DeclarativeBase):
    """What this file's tables have in common: a metadata of their own."""


class Note(Noun):
    """A row of the one table these tests need."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="new")
    amount: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    data: Mapped[Any] = mapped_column(JSON, nullable=True)


metadata = Noun.metadata
notes = metadata.tables["notes"]
Index(
    "uq_notes_pending",
    notes.c.amount,
    unique=True,
    sqlite_where=notes.c.state == "pending",
    postgresql_where=notes.c.state == "pending",
)


def create_notes(work: UnitOfWork) -> None:
    """A turn that creates the table."""
    metadata.create_all(work.connection)


def add(key: str, **values: Any) -> Callable[[UnitOfWork], int]:  # noqa: ANN401  # a column's value
    """A turn that adds one note and returns its id."""

    def turn(work: UnitOfWork) -> int:
        row = work.connection.execute(insert(notes).values(key=key, **values).returning(notes.c.id))
        return int(row.scalar_one())

    return turn


def keys(work: UnitOfWork) -> list[str]:
    """The keys of all notes, sorted."""
    return sorted(work.connection.scalars(select(notes.c.key)))

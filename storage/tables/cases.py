"""Tables of cases: what a person confides in the coordinators of their choice, and who reads it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import ProgrammeRow, in_programme, where_given

__all__ = ["Case", "CaseLine", "CaseReader"]

_OPEN: Final = text("status = 'open'")
_WHERE_OPEN: Final[dict[str, Any]] = {"sqlite_where": _OPEN, "postgresql_where": _OPEN}


class Case(ProgrammeRow):
    """A complaint that a person confides in coordinators: about an application, a message, or anything."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_open", "programme_id", "application_id", **_WHERE_OPEN),
        where_given("cases", "about_id"),
        where_given("cases", "ended_by_id"),
    )

    programme_id: Mapped[int] = in_programme()
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    application_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), index=True)
    # The message that it is about, and who wrote it: a coordinator who did is never a reader.
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id"))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # open, ended, withdrawn
    status: Mapped[str] = mapped_column(String(10))
    # No clock of the application runs while it is open: it is the student's own.
    still: Mapped[bool]
    # The student wants the other side's messages and all dates stopped, and since when they are; null while
    # the case is over.
    stopped: Mapped[bool]
    stopped_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # Since when it is open: it can be opened again.
    opened_at: Mapped[datetime]
    # By when the person was promised an answer.
    promised_at: Mapped[datetime]
    # When it was ended or taken back last, by which person, and how often.
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ends: Mapped[int]
    # What the person reads at its end, and the other side; "" for nothing.
    answer: Mapped[str] = mapped_column(Text, default="")
    other_answer: Mapped[str] = mapped_column(Text, default="")


class CaseReader(ProgrammeRow):
    """A coordinator that the person of a case left ticked; only those read it."""

    __tablename__ = "case_readers"
    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    programme_id: Mapped[int] = in_programme()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]


class CaseLine(ProgrammeRow):
    """Words that were written in a case."""

    __tablename__ = "case_lines"

    programme_id: Mapped[int] = in_programme()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    # said (between the person and the readers), note (for the readers), answer (the other side's, at its end)
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

"""The table of mentors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import ProgrammeRow, in_programme, where_given

__all__ = ["Mentor"]

_ACTIVE = text("status = 'active'")


class Mentor(ProgrammeRow):
    """A person who listens to the student of a placement, and decides nothing there."""

    __tablename__ = "mentors"
    __table_args__ = (
        # One at a time.
        Index(
            "uq_mentors_active",
            "placement_id",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        where_given("mentors", "assigned_by_id"),
    )

    programme_id: Mapped[int] = in_programme()
    placement_id: Mapped[int] = mapped_column(ForeignKey("placements.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    # active, refused (by the student), ended
    status: Mapped[str] = mapped_column(String(8))
    # Whether they read the student's check-ins; a person of the placement's company never does.
    reads_check_ins: Mapped[bool]
    # Who assigned them; null where that is no longer known.
    assigned_by_id: Mapped[int | None]
    # Since when; check-ins that were asked before are not theirs to read.
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # When they last said that they talked to the student.
    talked_at: Mapped[datetime | None]

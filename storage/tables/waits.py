"""The table of waits: everything that one side owes another, with the step of its ladder that comes next."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import ProgrammeRow, in_programme

__all__ = ["Wait"]

_NOT_OVER: Final = text("state IN ('open', 'held')")
_WHERE_NOT_OVER: Final[dict[str, Any]] = {"sqlite_where": _NOT_OVER, "postgresql_where": _NOT_OVER}


class Wait(ProgrammeRow):
    """A thing that one side owes another: since when, by when, and how far its ladder has gone.

    Who owes it is a part (the employer of a project), which the rule of the kind names and which is looked up
    when it is said; no row names a person, so hand-overs and joined accounts change none.
    """

    __tablename__ = "waits"
    __table_args__ = (
        # One wait of a kind for each thing: it may be waited for again once it is over.
        Index("uq_waits_open", "programme_id", "kind", "subject", unique=True, **_WHERE_NOT_OVER),
        Index("ix_waits_about", "programme_id", "kind", "about", "state", "next_at", **_WHERE_NOT_OVER),
        Index("ix_waits_due", "programme_id", "state", "due_at", **_WHERE_NOT_OVER),
        Index("ix_waits_subject", "programme_id", "subject"),
    )

    programme_id: Mapped[int] = in_programme()
    # answer, …: the name of its rule in `Routes.waits`
    kind: Mapped[str] = mapped_column(String(16))
    # What is waited for ("application:12"), and what it is said with ("project:3").
    subject: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(40))
    # The part that waits: student, employer, coordinators
    waits: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime]
    # By when it is owed; null while no clock runs.
    due_at: Mapped[datetime | None]
    # The step of the ladder that comes next, from 0, and when; null when none comes by itself.
    step: Mapped[int]
    next_at: Mapped[datetime | None]
    # open; held (a decision that can still be undone); and over: kept (it was done), settled (by the rule),
    # dropped (it is waited for no longer)
    state: Mapped[str] = mapped_column(String(8))
    ended_at: Mapped[datetime | None]
    # The newest outage for which it was looked at, so that none moves it twice.
    outage_id: Mapped[int | None]

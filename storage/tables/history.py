"""Tables of the history: what happened to every noun, and the aliases that it names people by."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import ProgrammeRow

__all__ = ["Alias", "HistoryRow"]


_UNSEALED: Final = text("position IS NULL")
_WHERE_UNSEALED: Final[dict[str, Any]] = {"sqlite_where": _UNSEALED, "postgresql_where": _UNSEALED}


class HistoryRow(ProgrammeRow):
    """The birth of a noun's row, or one change of its status, a date, its places or its owner.

    A row is written once and never changed; its seal is added later. It holds no words of people, and names
    them by an alias.
    """

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_subject", "programme_id", "subject", "id"),
        Index("ix_history_parent", "programme_id", "parent", "id"),
        # What is to be sealed: hardly ever more than an hour's rows.
        Index("ix_history_unsealed", "programme_id", "id", **_WHERE_UNSEALED),
        UniqueConstraint("programme_id", "position"),
    )

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), sort_order=-1)
    # "application:12", and what that belongs to: "project:3". `parent` is "" where there is nothing above.
    subject: Mapped[str] = mapped_column(String(40))
    parent: Mapped[str] = mapped_column(String(40), default="")
    # birth, status, places, owner, or the name of a date: deadline, decide, starts, due, until ("offer" in
    # rows of applications that are older than the rows of offers)
    what: Mapped[str] = mapped_column(String(12))
    # A status; a number; an alias; a date as `core/history` writes it. Null is none.
    before: Mapped[str | None] = mapped_column(String(80))
    after: Mapped[str | None] = mapped_column(String(80))
    # Who acted: the alias of a person, or null and what else began it (the kind of a timer, "command").
    alias_id: Mapped[int | None]
    began_by: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime]
    # A code of the noun's own, "" for none: why an application was released, why a placement ended.
    reason: Mapped[str] = mapped_column(String(20), default="")
    # "" as it happened; "dates": from the dates of a row that is older than the history; "rows": from older
    # rows of the history; "found": how the row was when its history began, which came about at some time
    # after `at`.
    known_by: Mapped[str] = mapped_column(String(8), default="")
    # The seal: the row's place in its programme's chain (1, 2, 3 …), and the SHA-256 of the row and the seal
    # before it, as hexadecimal digits. Null until it is sealed.
    position: Mapped[int | None]
    digest: Mapped[str | None] = mapped_column(String(64))


class Alias(ProgrammeRow):
    """A person under a number that the history names them by: merging repoints it, erasing deletes it."""

    __tablename__ = "aliases"

    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), sort_order=-1)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)

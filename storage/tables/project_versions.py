"""Versions of projects: who changed what, and when; a change that waits for a coordinator is one, too."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import ProgrammeRow, in_programme
from storage.tables.values import ProjectFields

__all__ = ["ProjectVersion"]


class ProjectVersion(ProgrammeRow):
    """A change of a published project: the fields that differ. The project's row is what holds."""

    __tablename__ = "project_versions"
    __table_args__ = (UniqueConstraint("project_id", "version"),)

    programme_id: Mapped[int] = in_programme()
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    # 2 is the first change of what was published.
    version: Mapped[int]
    # waiting (for a coordinator), holds (it is or was in force), refused, replaced (by its author's next
    # change while it waited), withdrawn
    state: Mapped[str] = mapped_column(String(10))
    # The fields as they were when it was made, and as it has them.
    was: Mapped[ProjectFields]
    now: Mapped[ProjectFields]
    # Who changed it; null where that is no longer known.
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    created_at: Mapped[datetime]
    # The coordinator who decided, and their reason for a no.
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")

"""The open projects of a cohort as its digest lists them: each in the first section it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from bot.chat.content import say
from bot.chat.local_day import date_of
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.projects import places
from bot.programme.projects.places import Counting
from storage.tables import Announcement, Cohort, Company, Project

__all__ = ["TITLES", "Line", "in_sections", "lines_of"]

_CLOSING_SOON: Final = timedelta(hours=48)
_A_WEEK: Final = timedelta(days=7)

_LISTED: Final = load_only(
    Project.title,
    Project.company_id,
    Project.hours,
    Project.fee_cents,
    Project.currency,
    Project.deadline_at,
    Project.deadline_day,
    Project.deadline_zone,
    Project.status,
    Project.places,
)
"""The columns of a project that a digest shows."""

TITLES: Final = {
    "new": say("New", context="projects"),
    "soon": say("Closing soon", context="projects"),
    "week": say("This week's deadlines", context="projects"),
    "places": say("Places left", context="projects"),
    "full": say("Every place taken for now", context="projects"),
}
"""The titles of the sections, in their order."""


@dataclass(frozen=True, slots=True)
class Line:
    """An open project as a digest sees it: its first announcement's id in the cohort, its places left."""

    project: Project
    company: Company
    announced: int
    left: int


def lines_of(turn: Turn, cohort: Cohort) -> list[Line]:
    """Return the cohort's open projects, nearest deadline first; no private column is read.

    A day for many people goes on elsewhere after it has ended here. A date that has passed is read as closed,
    so it is listed on its day for the last time; the card takes applications to the end.
    """
    announced = (
        select(Announcement.project_id, func.min(Announcement.id).label("first"))
        .where(Announcement.programme_id == turn.programme_id, Announcement.cohort_id == cohort.id)
        .group_by(Announcement.project_id)
        .subquery()
    )
    query = (
        select(Project, Company, announced.c.first)
        .join(announced, announced.c.project_id == Project.id)
        .join(Company, Company.id == Project.company_id)
        .where(Project.programme_id == turn.programme_id, Project.status == "open")
        .where(Project.deadline_at > turn.now)
        .order_by(Project.deadline_at, Project.id)
        .options(_LISTED)
    )
    zone = ZoneInfo(cohort.zone)
    today = turn.now.astimezone(zone).date()
    found = [
        row
        for row in turn.session.execute(query).all()
        if date_of(dates.read(row[0], "deadline"), zone) >= today
    ]
    left = places.free_of(turn, (project for project, _, _ in found), Counting.PUBLIC)
    return [Line(project, company, first, max(0, left[project.id])) for project, company, first in found]


def in_sections(
    lines: Sequence[Line], now: datetime, told: int, left_before: dict[str, int]
) -> dict[str, list[Line]]:
    """Return what is news, each project in the first section it belongs to.

    Places are news where their number has changed since the channel's last digest.
    """
    sections: dict[str, list[Line]] = {name: [] for name in TITLES}
    for line in lines:
        before = left_before.get(str(line.project.id), line.project.places)
        if line.announced > told:
            sections["new"].append(line)
        elif line.project.deadline_at <= now + _CLOSING_SOON:
            sections["soon"].append(line)
        elif line.project.deadline_at <= now + _A_WEEK:
            sections["week"].append(line)
        elif line.left != before:
            sections["places" if line.left else "full"].append(line)
    return sections

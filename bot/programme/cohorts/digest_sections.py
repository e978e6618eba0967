"""The open projects of a cohort as its digest lists them: each in the first section it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select

from bot.chat.content import say
from bot.chat.local_day import date_of
from bot.programme.core import dates
from bot.programme.core.turn import Turn
from bot.programme.projects import places
from bot.programme.projects.places import Counting
from storage.dialects import literal
from storage.prepared import Prepared, Row
from storage.tables import Announcement, Cohort, Company, Project

__all__ = ["TITLES", "DigestLine", "in_sections", "lines_of"]

_CLOSING_SOON: Final = timedelta(hours=48)
_A_WEEK: Final = timedelta(days=7)

TITLES: Final = {
    "new": say("New", context="projects"),
    "soon": say("Closing soon", context="projects"),
    "week": say("This week's deadlines", context="projects"),
    "places": say("Places left", context="projects"),
    "full": say("Every place taken for now", context="projects"),
}
"""The titles of the sections, in their order."""


class DigestLine(NamedTuple):
    """An open project as a digest sees it: its first announcement's id in the cohort, its places left.

    `project` has the columns that a line shows, and no private one; `project.company` is a name.
    """

    project: Row
    announced: int
    left: int


_ANNOUNCED = (
    select(Announcement.project_id, func.min(Announcement.id).label("first"))
    .where(Announcement.cohort_id == bindparam("cohort"))
    .group_by(Announcement.project_id)
    .subquery()
)
_OPEN: Final = Prepared(
    select(
        *(Project.id, Project.title, Project.hours, Project.fee_cents, Project.currency, Project.places),
        *(Project.deadline_at, Project.deadline_day, Project.deadline_zone, Project.countries),
        Company.name.label("company"),
        _ANNOUNCED.c.first,
        places.left(Counting.PUBLIC).label("left"),
    )
    .join(_ANNOUNCED, _ANNOUNCED.c.project_id == Project.id)
    .join(Company, Company.id == Project.company_id)
    .where(Project.programme_id == bindparam("programme"), Project.status == literal("open"))
    .where(Project.deadline_at > bindparam("now"))
    # It was announced to them, and is for them still.
    .where(Project.search.like(bindparam("for_them")))
    .order_by(Project.deadline_at, Project.id)
)


def lines_of(turn: Turn, cohort: Cohort) -> list[DigestLine]:
    """Return the cohort's open projects, nearest deadline first, without those that were taken from it.

    A day for many people goes on elsewhere after it has ended here. A date that has passed is read as closed,
    so it is listed on its day for the last time; the card takes applications to the end.
    """
    turn.session.flush()  # a prepared statement sees what is stored
    zone = ZoneInfo(cohort.zone)
    today = turn.now.astimezone(zone).date()
    asked = {"programme": turn.programme_id, "cohort": cohort.id, "now": turn.now}
    asked["for_them"] = f"%|k:{cohort.id}|%"
    return [
        DigestLine(row, row.first, max(0, row.left))
        for row in _OPEN.rows(turn.connection, asked)
        if date_of(dates.read(row, "deadline"), zone) >= today
    ]


def in_sections(
    lines: Sequence[DigestLine], now: datetime, told: int, left_before: dict[str, int]
) -> dict[str, list[DigestLine]]:
    """Return what is news, each project in the first section it belongs to.

    Places are news where their number has changed since the channel's last digest.
    """
    sections: dict[str, list[DigestLine]] = {name: [] for name in TITLES}
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

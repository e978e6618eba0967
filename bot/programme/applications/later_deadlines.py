"""Application deadlines after an outage: they are later where a cohort's students could not reach the bot.

No person owes them, so no wait holds them. A deadline moves past neither the decision date nor the start.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select

from bot.chat.content import Block, text
from bot.chat.routes import DateRoute, LaterDate, Routes
from bot.programme import people, projects
from bot.programme.applications.deadlines import reschedule_drafts
from bot.programme.applications.drafts import drafts_of
from bot.programme.core import dates
from bot.programme.core.lifecycle import move_date
from bot.programme.core.turn import Turn
from bot.programme.notifications.out_of_reach import (
    LONGEST_GAP,
    moved_date,
    out_since,
    platforms_of_cohorts,
)
from bot.programme.people.reason_codes import OUTAGE
from bot.programme.projects.project_changes import deadline_moved
from bot.programme.projects.saved_projects import savers
from storage.prepared import Row
from storage.tables import Person, Project

__all__ = ["ROUTES"]


def _found(turn: Turn, outage: Row, most: int) -> list[int]:
    """Return open projects whose deadline had not passed before an outage, the next deadline ahead."""
    query = select(Project.id).where(
        Project.programme_id == turn.programme_id,
        Project.status == "open",
        Project.deadline_at >= outage.since,
        Project.published_at < outage.until,
        or_(Project.outage_id.is_(None), Project.outage_id < outage.id),
    )
    return list(turn.session.scalars(query.order_by(Project.deadline_at, Project.id).limit(most)))


def _later(turn: Turn, number: int, outage: Row) -> LaterDate | None:
    """Let a deadline be later by the time for which students could not apply, and its timers follow."""
    project = projects.project_of(turn, number, lock=True)
    project.outage_id = outage.id
    before = project.deadline_at
    by = _gap(turn, project, outage)
    if by <= LONGEST_GAP:
        return None
    latest = min(project.decide_at, project.starts_at)
    date = moved_date(dates.read(project, "deadline"), by, turn.now, latest)
    moved = move_date(turn, project, "deadline", date, OUTAGE)
    if project.deadline_at <= before:
        return None

    def said(reader: Person) -> Block:
        return text(
            "Applications to **{project}**: until {when}",
            project=projects.title_part(project),
            when=people.shown_date(turn, date, reader),
        )

    follow = [*moved, *deadline_moved(turn, project), *reschedule_drafts(turn, project)]
    actions = [*follow, *projects.refresh(turn, project)]
    return LaterDate(actions, _readers(turn, project), said, project.deadline_at)


def _gap(turn: Turn, project: Project, outage: Row) -> timedelta:
    """Return for how long the students of any of a project's cohorts could not apply."""
    published: datetime = project.published_at or project.created_at
    since = (out_since(outage, each) for each in platforms_of_cohorts(turn, projects.cohort_ids(project)))
    gaps = [outage.until - max(each, published) for each in since if each is not None]
    return max(gaps, default=timedelta())


def _readers(turn: Turn, project: Project) -> list[Person]:
    """Return who acts by a deadline: the employer, and the students with a draft or a saved project."""
    numbers = {row.person_id for row in drafts_of(turn, project=project)} | set(savers(turn, project))
    employer = projects.employer_of(turn, project)
    students = [people.person_of(turn, number) for number in sorted(numbers)]
    return [*([employer] if employer is not None else []), *students]


ROUTES: Final = Routes(dates=(DateRoute(_found, _later),))

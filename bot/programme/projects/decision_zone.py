"""The decision date is a day of the employer's: it moves with them to another time zone."""

from __future__ import annotations

from sqlalchemy import and_, select

from bot.chat.actions import Action
from bot.chat.local_day import EVERYWHERE, Day, ends_at
from bot.programme import people
from bot.programme.core import dates
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.notifications import moved_days
from bot.programme.people import drafts
from bot.programme.people.parts import looked_after_by
from bot.programme.projects.form import POST
from bot.programme.projects.lookup import employer_of
from storage.tables import Application, Person, Project, conversations

__all__ = ["move_decision_days"]


def move_decision_days(turn: Turn, person: Person | None) -> tuple[list[Project], list[Action]]:
    """Re-key the decision days of an employer after a change of their zone: which, and what follows.

    None is a change of the programme's zone: it moves the days of projects without an employer, or whose
    employer's zone is not known.
    """
    query = select(Project).where(Project.programme_id == turn.programme_id, Project.decide_day.is_not(None))
    if person is not None:
        query = query.where(looked_after_by(person))
    _move_drafts(turn, person)
    moved: list[Project] = []
    actions: list[Action] = []
    for project in turn.session.scalars(query.order_by(Project.id)).all():
        day, employer = dates.read(project, "decide"), employer_of(turn, project)
        assumed = employer is None or employer.zone is None
        if not isinstance(day, Day) or day.zone == EVERYWHERE or (person is None and not assumed):
            continue
        zone = people.zone_of(turn, employer) if employer is not None else turn.programme.zone
        if zone != day.zone and ends_at(day) > turn.now:
            actions += change(turn, project, **dates.columns("decide", Day(day.date, zone)))
            actions += _move_news(turn, project, day.zone, zone)
            moved.append(project)
    return moved, actions


def _move_drafts(turn: Turn, employer: Person | None) -> None:
    """Put the decision days of projects that are being written into the zones of who writes them."""
    of = conversations.c.person_id
    unknown = of.in_(select(Person.id).where(Person.zone.is_(None)))
    writes = unknown if employer is None else of == employer.id
    drafts.move_day(turn, and_(conversations.c.form == POST, writes), "decide")


def _move_news(turn: Turn, project: Project, before: str, zone: str) -> list[Action]:
    """Put the decision day into its zone in what is still to be read about the project's applicants."""
    applied = select(Application.id).where(Application.project_id == project.id)
    things = {"project": [project.id], "application": turn.session.scalars(applied).all()}
    return moved_days.move_days(turn, things, {before}, zone)

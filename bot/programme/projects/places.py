"""Free places: how many of a project's places are free, counted in one query for all callers.

A decision that is held (in its undo time, decision 0011) may be seen by those who decide, and by no other
reader until it is announced. So what students read (cards, digests, pages of a project, answers) is counted
PUBLIC: the number does not change while an offer can still be undone. What an employer or a coordinator reads
before they decide, and what is refused or done because of it, is counted HELD: no place is promised twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto

from sqlalchemy import ColumnElement, and_, func, or_, select

from bot.programme.core.turn import Turn
from storage.tables import Application, Placement, Project

__all__ = ["Counting", "free", "free_of"]


class Counting(Enum):
    """What takes a place."""

    ACCEPTED = auto()
    """An accepted offer whose placement has not ended early: the place is taken for good."""
    PUBLIC = auto()
    """As well an open offer: all that students may know of."""
    HELD = auto()
    """As well an offer that is held: for those who decide."""


def free(turn: Turn, project: Project, counting: Counting) -> int:
    """Return how many of a project's places are free; below zero where more are taken than there are."""
    return free_of(turn, (project,), counting)[project.id]


def free_of(turn: Turn, projects: Iterable[Project], counting: Counting) -> dict[int, int]:
    """Return the same for several projects of the turn's programme in one query, by their ids."""
    places = {project.id: project.places for project in projects}
    if not places:
        return {}
    query = (
        select(Application.project_id, func.count(Application.id))
        .outerjoin(Placement, Placement.application_id == Application.id)
        .where(Application.programme_id == turn.programme_id, Application.project_id.in_(places))
        .where(_takes_a_place(counting))
        .group_by(Application.project_id)
    )
    taken = dict(turn.session.execute(query).all())
    return {project_id: count - taken.get(project_id, 0) for project_id, count in places.items()}


def _takes_a_place(counting: Counting) -> ColumnElement[bool]:
    accepted = and_(Application.status == "accepted", Placement.status.is_distinct_from("ended"))
    if counting is Counting.ACCEPTED:
        return accepted
    public = or_(accepted, Application.status == "offered")
    if counting is Counting.PUBLIC:
        return public
    return or_(public, Application.held["status"].as_string() == "offered")

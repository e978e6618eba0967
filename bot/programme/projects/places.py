"""Free places: how many of a project's places are free, counted in one way for all callers.

A decision that is held (in its undo time, decision 0011) may be seen by those who decide, and by no other
reader until it is announced. So what students read (cards, digests, pages of a project, answers) is counted
PUBLIC: the number does not change while an offer can still be undone. What an employer or a coordinator reads
before they decide, and what is refused or done because of it, is counted HELD: no place is promised twice.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from bot.programme.core.turn import Turn
from storage.dialects import literal
from storage.tables import Application, Placement, Project

__all__ = ["Counting", "free", "left"]


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
    taken = _taken(counting).where(Application.project_id == project.id)
    return project.places - (turn.session.scalar(taken) or 0)


def left(counting: Counting) -> ColumnElement[int]:
    """Return the same as a column of a statement that selects from projects."""
    taken = _taken(counting).where(Application.project_id == Project.id).correlate(Project)
    return Project.places - taken.scalar_subquery()


def _taken(counting: Counting) -> Select[int]:
    query = (
        select(func.count(Application.id))
        .outerjoin(Placement, Placement.application_id == Application.id)
        .where(_takes_a_place(counting))
    )
    # Said again by itself, so that an index leads past those who only applied.
    return query if counting is Counting.HELD else query.where(Application.status.in_(_TAKING))


_TAKING: Final = (literal("accepted"), literal("offered"))


def _takes_a_place(counting: Counting) -> ColumnElement[bool]:
    accepted = and_(Application.status == literal("accepted"), Placement.status.is_distinct_from("ended"))
    if counting is Counting.ACCEPTED:
        return accepted
    public = or_(accepted, Application.status == literal("offered"))
    if counting is Counting.PUBLIC:
        return public
    return or_(public, Application.held["status"].as_string() == "offered")

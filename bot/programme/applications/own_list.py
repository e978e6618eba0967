"""A page of a student's own applications and drafts, counted and cut by the database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, case, func, select

from bot.programme.applications import drafts
from bot.programme.core.turn import Turn
from storage.prepared import Prepared, Row
from storage.tables import Application, Company, Placement, Project

__all__ = ["ListPage", "ListedApplication", "page_of"]

_PAGE: Final = 5
# What needs the student comes first, then what they have begun; what is over comes last.
_ORDER: Final = {"offered": 0, "accepted": 2, "shortlisted": 3, "submitted": 3, "admission": 3}
_OVER: Final = 4


@dataclass(frozen=True, slots=True)
class ListedApplication:
    """An application with what its lines say."""

    application: Application
    project: Project
    company: str
    placement: Placement | None


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page (from 0) of how many: first offers, then drafts, then everything else; the newest first."""

    entries: tuple[ListedApplication | Row, ...]
    number: int
    pages: int

    @property
    def applications(self) -> list[Application]:
        """Return the page's applications, without its drafts."""
        return [each.application for each in self.entries if isinstance(each, ListedApplication)]


def page_of(turn: Turn, number: int, *, placed: bool = True) -> ListPage:
    """Return a page of the student who acts, or the last; without `placed`, none that is at work."""
    offered, count = _counted(turn, placed=placed)
    begun = [*reversed(drafts.drafts_of(turn, person=turn.own_id))]
    pages = -(-(count + len(begun)) // _PAGE)
    number = max(0, min(number, pages - 1))
    start, end = number * _PAGE, number * _PAGE + _PAGE

    def before(place: int) -> tuple[int, int]:
        """Return how many applications and how many drafts come before a place in the list."""
        stood = min(max(place - offered, 0), len(begun))
        return min(place - stood, count), stood

    (first, first_draft), (last, last_draft) = before(start), before(end)
    found = _entries(turn, first, last - first, placed=placed) if last > first else []
    ahead = max(0, min(offered - start, len(found)))
    entries: tuple[ListedApplication | Row, ...] = (
        *found[:ahead],
        *begun[first_draft:last_draft],
        *found[ahead:],
    )
    return ListPage(entries, number, pages)


_AT_WORK: Final = (
    select(Placement.id)
    # Of the person, so that PostgreSQL does not read all that are active.
    .where(Placement.application_id == Application.id, Placement.person_id == Application.person_id)
    .where(Placement.status == "active")
    .correlate(Application)
    .exists()
)
_ALL: Final = (
    select(Application.status, func.count())
    .where(
        Application.programme_id == bindparam("programme_id"), Application.person_id == bindparam("person_id")
    )
    .group_by(Application.status)
)
_COUNTED: Final = {True: Prepared(_ALL), False: Prepared(_ALL.where(~_AT_WORK))}
"""How many applications of a person have each status: with those that are at work, and without."""


def _counted(turn: Turn, *, placed: bool) -> tuple[int, int]:
    """Return how many applications have an offer to answer, and how many there are."""
    of_person = {"programme_id": turn.programme_id, "person_id": turn.own_id}
    found = {row[0]: row[1] for row in _COUNTED[placed].rows(turn.connection, of_person)}
    return found.get("offered", 0), sum(found.values())


def _entries(turn: Turn, start: int, most: int, *, placed: bool) -> list[ListedApplication]:
    rank = case(_ORDER, value=Application.status, else_=_OVER)
    query: Any = (
        select(Application, Project, Company.name, Placement)
        .join(Project, Project.id == Application.project_id)
        .join(Company, Company.id == Project.company_id)
        .outerjoin(Placement, Placement.application_id == Application.id)
        .where(Application.programme_id == turn.programme_id, Application.person_id == turn.own_id)
        .where(*([] if placed else [~_AT_WORK]))
        .order_by(rank, Application.created_at.desc(), Application.id)
        .limit(most)
        .offset(start)
    )
    return [ListedApplication(*row) for row in turn.session.execute(query)]

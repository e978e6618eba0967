"""The placements of the person who acts, on either side: counted and cut by the database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, union
from sqlalchemy.orm import aliased

from bot.programme.core.turn import Turn
from bot.programme.projects import search
from storage.tables import Person, Placement, Project

__all__ = ["active", "count", "load", "meant", "page_of", "suggested"]


def count(turn: Turn) -> tuple[int, int]:
    """Return how many of the person's placements are under way, and how many there are."""
    query = select(Placement.status, func.count()).where(*_mine(turn)).group_by(Placement.status)
    found = dict(turn.session.execute(query).all())
    return found.get("active", 0), sum(found.values())


def active(turn: Turn, most: int, offset: int = 0) -> list[Placement]:
    """Return the person's placements under way, what is due first at the top."""
    return _loaded(turn, _ordered(turn, Placement.status == "active"), most, offset)


def page_of(turn: Turn, under_way: int, most: int, offset: int) -> list[Placement]:
    """Return some of the person's placements; the first `under_way` are those under way."""
    found = active(turn, most, offset) if offset < under_way else []
    left = most - len(found)
    if left:
        over = _ordered(turn, Placement.status != "active")
        found += _loaded(turn, over, left, max(0, offset - under_way))
    return found


def suggested(turn: Turn, typed: str, most: int) -> list[Placement]:
    """Return the person's placements with these words in the title or the student's name."""
    fits = (each.icontains(typed, autoescape=True) for each in (Project.title, Person.name))
    words = [or_(*fits)] if typed else []
    order = (Placement.status != "active", Placement.due_at, Placement.id)
    return _loaded(turn, select(Placement).where(*_mine(turn), *words).order_by(*order), most)


def meant(turn: Turn, typed: str) -> list[int]:
    """Return the ids of the placements that a person means by a student, a title or a company."""
    query = (
        select(Placement.id, Placement.project_id, Person.name)
        .join(Person, Person.id == Placement.person_id)
        .where(*_mine(turn))
        .order_by(Placement.status != "active", Placement.due_at, Placement.id)
    )
    mine = turn.session.execute(query).all()
    words = search.tidy(typed)
    if found := [number for number, _, name in mine if words in search.tidy(name)]:
        return found
    of_mine = Project.id.in_(select(Placement.project_id).where(*_mine(turn)))
    among = select(Project).where(Project.programme_id == turn.programme_id, of_mine).order_by(Project.id)
    named = set(search.fitting_ids(turn, typed, among))
    return [number for number, project_id, _ in mine if project_id in named]


def load(turn: Turn, ids: Sequence[int]) -> list[Placement]:
    """Return these placements in this order."""
    query = select(Placement).where(Placement.programme_id == turn.programme_id, Placement.id.in_(ids))
    found = {each.id: each for each in _loaded(turn, query, len(ids))}
    return [found[each] for each in ids]


def _loaded(turn: Turn, query: Select[Placement], most: int, offset: int = 0) -> list[Placement]:
    """Return some placements; their projects and the people on both sides are loaded as well."""
    owner = aliased(Person)
    with_sides = (
        query.join(Project, Project.id == Placement.project_id)
        .join(Person, Person.id == Placement.person_id)
        .outerjoin(owner, owner.id == Project.owner_id)
        .add_columns(Project, Person, owner)
    )
    return [placement for placement, *_ in turn.session.execute(with_sides.limit(most).offset(offset))]


def _ordered(turn: Turn, condition: ColumnElement[bool]) -> Select[Placement]:
    return select(Placement).where(*_mine(turn), condition).order_by(Placement.due_at, Placement.id)


def _mine(turn: Turn) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the person's placements.

    Each side is looked for by itself: with `or` across two tables a database reads every placement.
    """
    of_programme = Placement.programme_id == turn.programme_id
    if "coordinator" in turn.roles:
        return (of_programme,)
    person = turn.person
    sides = [Placement.person_id == person.id, Project.owner_id == person.id]
    if person.company_id is not None and "employer" in turn.roles:
        sides.append(Project.company_id == person.company_id)
    each = select(Placement.id).join(Project, Project.id == Placement.project_id).where(of_programme)
    return (Placement.id.in_(union(*(each.where(side) for side in sides))),)

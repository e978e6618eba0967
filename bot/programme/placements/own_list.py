"""The placements of the person who acts, on either side or as mentor: counted and cut by the database."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, union
from sqlalchemy.orm import aliased

from bot.programme.core.lifecycle import LIFECYCLES
from bot.programme.core.turn import Turn
from bot.programme.people.mentors import mentored_by
from bot.programme.people.parts import projects_of_employer
from bot.programme.projects.title_lookup import fitting
from storage.dialects import begins
from storage.folding import folded
from storage.tables import Person, Placement, Project

__all__ = ["active", "count", "meant", "page_of", "suggested"]

_COMPARED: Final = 100
"""Placements of each status whose titles and students are compared with words, those due last. Of older ones
the student is found by the beginning of the name."""


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
    words = folded(typed)
    if not words:
        found = active(turn, most)
        return found + _loaded(turn, _ordered(turn, Placement.status != "active"), most - len(found))
    fits = (each.contains(words, autoescape=True) for each in (Project.folded_title, Person.folded_name))
    compared = Placement.id.in_(_compared(turn))
    return _loaded(turn, _in_order(turn, compared, or_(*fits)), most)


def meant(turn: Turn, typed: str, most: int) -> list[Placement]:
    """Return the placements that a person means by a student, a title or a company, those under way first."""
    words, compared = folded(typed), _compared(turn)
    called = Person.folded_name.contains(words, autoescape=True)
    if words and (found := _loaded(turn, _in_order(turn, Placement.id.in_(compared), called), most)):
        return found
    if words and (found := _loaded(turn, _begun_so(turn, words), most)):
        return found
    placed = exists().where(Placement.project_id == Project.id)
    of_mine = placed if "coordinator" in turn.roles else Project.id.in_({*compared.values()})
    among = select(Project).where(Project.programme_id == turn.programme_id, of_mine).order_by(Project.id)
    named = [each.id for each in fitting(turn, typed, among, most, compared=_COMPARED).projects]
    return _loaded(turn, _in_order(turn, Placement.project_id.in_(named)), most)


def _begun_so(turn: Turn, words: str) -> Select[Placement]:
    """Return the placements of students whose name begins so, however old they are."""
    begun = (
        select(Person.id)
        .where(Person.programme_id == turn.programme_id, begins(Person.folded_name, words))
        .order_by(Person.folded_name)
        .limit(_COMPARED)
        .subquery()
    )
    return _in_order(turn, Placement.person_id.in_(select(begun.c.id)))


def _compared(turn: Turn) -> dict[int, int]:
    """Return the placements that are compared with words: of each status those due last, with their projects.

    Both are ids.
    """
    found: dict[int, int] = {}
    query = select(Placement.id, Placement.project_id).where(*_mine(turn)).order_by(Placement.due_at.desc())
    for status in LIFECYCLES[Placement][1]:
        latest = query.where(Placement.status == status).limit(_COMPARED)
        found |= dict(turn.session.execute(latest).all())
    return found


def _in_order(turn: Turn, *conditions: ColumnElement[bool]) -> Select[Placement]:
    """Return the person's placements with these conditions, which name their ids or those of their sides."""
    order = (Placement.status != "active", Placement.due_at, Placement.id)
    # As a sum, so that SQLite looks these ids up and does not read all placements by their dates.
    every = (Placement.programme_id + 0 == turn.programme_id,)
    mine = every if "coordinator" in turn.roles else _mine(turn)
    return select(Placement).where(*mine, *conditions).order_by(*order)


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
    mentored = [Placement.id.in_(mentored_by(turn.person))] if "mentor" in turn.roles else []
    sides = (Placement.person_id == turn.person.id, *projects_of_employer(turn), *mentored)
    each = select(Placement.id).join(Project, Project.id == Placement.project_id).where(of_programme)
    return (Placement.id.in_(union(*(each.where(side) for side in sides))),)

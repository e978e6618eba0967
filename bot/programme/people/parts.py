"""Parts of people: who acts for a project, a company or a placement, looked up when it is said.

People of a company have a part there. An owner and a stand-in may do everything for its projects; a stand-in
is asked while no owner is there. A reviewer reads applicants and reviews work, and decides on nothing else.
An answer is owed by a part, not by a person: `acting_for` finds the people who have the part now.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal

from sqlalchemy import ColumnElement, select

from bot.chat.sentences import Term
from bot.programme.core.turn import Turn
from bot.programme.people.away import cover_of, is_away
from bot.programme.people.mentors import mentor_of
from bot.programme.people.roles import coordinators, recently_granted
from storage.tables import Company, Person, Placement, Project, Role

__all__ = [
    "COMPANY_PARTS",
    "PART_TERMS",
    "Part",
    "acting_for",
    "asked_first",
    "colleagues",
    "decides",
    "decides_for",
    "decides_on",
    "is_colleague",
    "is_of_employer",
    "looked_after_by",
    "on_employers_side",
    "owner_of",
    "projects_of_employer",
]

Part = Literal["student", "mentor", "owner", "reviewer", "coordinator"]
"""A part in which a person acts: an owner decides for a project, a reviewer reviews, a mentor listens."""

COMPANY_PARTS: Final = ("owner", "reviewer", "stand_in")
"""The parts that people of a company have (`Person.company_part`)."""

PART_TERMS: Final[Mapping[str, Term]] = {
    "owner": Term("owner", "part"),
    "reviewer": Term("reviewer", "part"),
    "stand_in": Term("stand-in", "part"),
}

_DECIDING: Final = ("owner", "stand_in")


def acting_for(turn: Turn, noun: Project | Placement | Company | None, part: Part) -> list[Person]:
    """Return the people who act in a part, the person who is asked first at the head.

    For a project or a placement, "owner" is who looks after it, then the other owners of its company, then
    their stand-ins; "reviewer" is the reviewers, then those. The list is empty for a project that was never
    taken over, and where the company has none of them: a coordinator acts then. `noun` is None for the
    programme's coordinators. A person who is away comes last, after the person who covers for them.

    Raises:
        ValueError: the noun has no such part.
    """
    match noun, part:
        case _, "coordinator":
            return _coordinators(turn)
        case Placement(), "student":
            return [turn.session.get_one(Person, noun.person_id)]
        case Placement(), "mentor":
            mentor = mentor_of(turn, noun)
            return [turn.session.get_one(Person, mentor.person_id)] if mentor is not None else []
        case Placement(), _:
            return acting_for(turn, turn.session.get_one(Project, noun.project_id), part)
        case Project(), ("owner" | "reviewer"):
            return _of_project(turn, noun, part)
        case Company(), ("owner" | "reviewer"):
            return _of_company(turn, noun.id, part)
    raise ValueError(part)


def asked_first(turn: Turn, project: Project, part: Part) -> Person | None:
    """Return the head of `acting_for` for a project, None where a coordinator acts.

    A list asks this for each of its lines: while the owner is there no one else is looked up.
    """
    if part == "owner" and (owner := owner_of(turn, project)) is not None:
        here = owner.left_at is None and owner.erased_at is None
        if here and not is_away(turn, owner):
            return owner
    return next(iter(acting_for(turn, project, part)), None)


def colleagues(turn: Turn, company_id: int, parts: Collection[str] = COMPANY_PARTS) -> list[Person]:
    """Return a company's people who are here and have one of these parts, the longest known first."""
    query = (
        select(Person)
        .join(Role, (Role.person_id == Person.id) & (Role.role == "employer"))
        .where(Person.programme_id == turn.programme_id, Person.company_id == company_id)
        .where(Person.company_part.in_(parts), Person.left_at.is_(None), Person.erased_at.is_(None))
    )
    return list(turn.session.scalars(query.order_by(Person.id)))


def is_colleague(turn: Turn, company_id: int) -> bool:
    """Tell whether the person who acts is one of a company's people, in whatever part."""
    if turn.person_id is None or "employer" not in turn.roles:
        return False
    return turn.person.company_id == company_id


def owner_of(turn: Turn, project: Project) -> Person | None:
    """Return the person who looks after a project, here or not; None where no one has taken it over."""
    return turn.session.get(Person, project.owner_id) if project.owner_id else None


def looked_after_by(person: Person) -> ColumnElement[bool]:
    """Return the condition of the projects that a person looks after."""
    return Project.owner_id == person.id


def is_of_employer(person: Person, project: Project) -> bool:
    """Tell whether a person belongs to the employer's side of a project: they own it or are of its company.

    It is for what is kept from that side, so that it asks for no role. `on_employers_side` is for rights.
    """
    return person.id == project.owner_id or person.company_id == project.company_id


def on_employers_side(turn: Turn, project: Project) -> bool:
    """Tell whether the person who acts is the project's owner, or one of its company's people."""
    if turn.person_id is None:
        return False
    return turn.person_id == project.owner_id or is_colleague(turn, project.company_id)


def projects_of_employer(turn: Turn) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of `on_employers_side`: any of them is enough, and each has an index."""
    own = looked_after_by(turn.person)
    company_id = turn.person.company_id if "employer" in turn.roles else None
    return (own,) if company_id is None else (own, Project.company_id == company_id)


def decides_for(turn: Turn, company_id: int) -> bool:
    """Tell whether the person who acts may decide for a company: post, choose, change terms, invite."""
    return is_colleague(turn, company_id) and decides(turn.person)


def decides_on(turn: Turn, project: Project) -> bool:
    """Tell whether the person who acts owns a project, or may decide for its company."""
    if turn.person_id is None:
        return False
    return turn.person_id == project.owner_id or decides_for(turn, project.company_id)


def decides(person: Person) -> bool:
    """Tell whether a person's part in their company is one that decides: owner or stand-in."""
    return person.company_part in _DECIDING


def _of_project(turn: Turn, project: Project, part: Part) -> list[Person]:
    owner = owner_of(turn, project)
    if owner is None:
        return []
    first = [owner] if owner.left_at is None and owner.erased_at is None else []
    found = [*_reviewers(turn, project.company_id, part), *first, *_deciding(turn, project.company_id)]
    return _covered(turn, _once(found))


def _of_company(turn: Turn, company_id: int, part: Part) -> list[Person]:
    return _covered(turn, _once([*_reviewers(turn, company_id, part), *_deciding(turn, company_id)]))


def _reviewers(turn: Turn, company_id: int, part: Part) -> list[Person]:
    return colleagues(turn, company_id, ("reviewer",)) if part == "reviewer" else []


def _deciding(turn: Turn, company_id: int) -> list[Person]:
    """Return a company's owners, then their stand-ins."""
    found = colleagues(turn, company_id, _DECIDING)
    return sorted(found, key=lambda person: _DECIDING.index(person.company_part))


def _coordinators(turn: Turn) -> list[Person]:
    """Return every coordinator, the longest-serving first; those by a group of a space come last."""
    found = _once([*coordinators(turn), *recently_granted(turn, "coordinator")])
    return _covered(turn, [each for each in found if each.erased_at is None and each.left_at is None])


def _covered(turn: Turn, found: list[Person]) -> list[Person]:
    """Put people who are away last, and in their place the person who covers, if they are one of these."""
    here: list[Person] = []
    for person in found:
        cover = cover_of(turn, person) if is_away(turn, person) else person
        if cover is not None and cover in found:
            here.append(cover)
    return _once([*here, *(each for each in found if not is_away(turn, each)), *found])


def _once(persons: list[Person]) -> list[Person]:
    return list({person.id: person for person in persons}.values())

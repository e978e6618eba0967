"""Confidential words: which coordinators read what a person confides in them.

The words are not for the person they are about, or for a coordinator of that side: what a student writes
about a company is not for a coordinator who works there or looks after the project as its employer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from bot.chat.sentences import Names, say
from bot.programme import people
from bot.programme.core.turn import Turn
from bot.programme.people import recently_granted
from bot.programme.people.parts import is_of_employer, owner_of
from storage.tables import Application, Person, Project, Report

__all__ = [
    "NO_READER",
    "Hidden",
    "everybody",
    "hidden_from",
    "is_kept_from_company",
    "may_read",
    "named",
    "readers",
    "reported_by",
]

_NAMED: Final = 3
NO_READER: Final = say(
    "There is no coordinator here who could read this in confidence: the only one takes part in it. Please "
    "turn to a person whom you trust outside this programme, such as a teacher or an adviser."
)
"""What a person reads who wants to confide in the coordinators where none of them may read it."""


def everybody(turn: Turn) -> list[Person]:
    """Return every coordinator, the longest-serving first; coordinators by a group of a space come last."""
    found = {
        person.id: person for person in (*people.coordinators(turn), *recently_granted(turn, "coordinator"))
    }
    return [person for person in found.values() if person.erased_at is None and person.left_at is None]


def readers(
    turn: Turn, project: Project, application: Application, person: Person, about: Person | None = None
) -> list[Person]:
    """Return the coordinators who read what `person` confides about an application, or a person (`about`)."""
    them = everybody(turn)
    return [each for each in them if may_read(turn, each, project, application, person, about)]


def may_read(
    turn: Turn,
    reader: Person,
    project: Project,
    application: Application,
    person: Person,
    about: Person | None = None,
) -> bool:
    """Return whether a coordinator may read what `person` confides: it is not about them or their side.

    Without an `about` they may not either where that person has reported them: the words may be about them.
    """
    if reader.id in {person.id, application.person_id}:
        return False
    if reader.id in ({about.id} if about is not None else reported_by(turn, person)):
        return False
    other = about.company_id if about is not None else None
    if is_kept_from_company(project, application, person):
        other = other or project.company_id
        if is_of_employer(reader, project):
            return False
    return reader.company_id is None or reader.company_id != other


def is_kept_from_company(project: Project, application: Application, person: Person) -> bool:
    """Tell whether what a person confides is not for the company: they are the student, or the mentor."""
    return person.id == application.person_id or not is_of_employer(person, project)


def reported_by(turn: Turn, person: Person) -> list[int]:
    """Return the ids of the people that a person has reported, the earliest first."""
    query = select(Report.about_id).where(
        Report.programme_id == turn.programme_id, Report.reporter_id == person.id
    )
    return list(turn.session.scalars(query.order_by(Report.id)))


@dataclass(frozen=True, slots=True)
class Hidden:
    """Readers that a task about confided words is hidden from: a person, and a company's people.

    `whole`: no other reader has to be excluded, so that the item may include what was confided.
    """

    person_id: int | None
    company_id: int | None
    whole: bool


def hidden_from(turn: Turn, project: Project, application: Application, person: Person) -> Hidden:
    """Return from which readers an item about what `person` confides about an application is hidden."""
    confides = is_kept_from_company(project, application, person)
    company = project.company_id if confides else None
    kept_from = [
        each.id
        for each in everybody(turn)
        if (company is None or each.company_id != company)
        and not may_read(turn, each, project, application, person)
    ]
    others = [number for number in kept_from if number != turn.person_id]
    alone = others[0] if others else (owner.id if confides and (owner := owner_of(turn, project)) else None)
    return Hidden(alone, company, whole=len(others) < 2)  # noqa: PLR2004 - an item is hidden from one person


def named(reading: list[Person], *, mention: bool = False) -> Names | None:
    """Return the names of the readers; None where they are too many to be read at a glance, or none.

    `mention`: they are coordinators, whose accounts the reader may be given.
    """
    return people.person_names(reading, mention=mention) if 0 < len(reading) <= _NAMED else None

"""Which coordinators read what somebody tells them in confidence.

Not the person it is about, and nobody of their side: what a student writes about a company is not for a
coordinator who works there or looks after the project as its employer.
"""

from __future__ import annotations

from sqlalchemy import select

from bot.chat.content import Part
from bot.programme import people
from bot.programme.groups import lately
from bot.programme.turn import Turn
from storage.tables import Application, Person, Project, Report

__all__ = ["NO_READER", "everybody", "hidden_from", "may_read", "names_of", "readers", "reported_by"]

NO_READER = (
    "There is no coordinator here who could read this in confidence: the only one takes part in it. Please "
    "turn to a person whom you trust outside this programme, such as a teacher or an adviser."
)
"""What somebody reads who wants to confide in the coordinators where none may read it."""


def everybody(turn: Turn) -> list[Person]:
    """Every coordinator, the longest-serving first; those whom a group of a space makes one are last."""
    found = {person.id: person for person in (*people.coordinators(turn), *lately(turn, "coordinator"))}
    return [person for person in found.values() if person.erased_at is None and person.left_at is None]


def readers(
    turn: Turn, project: Project, application: Application, person: Person, about: Person | None = None
) -> list[Person]:
    """The coordinators who read what `person` confides about an application, or about somebody (`about`)."""
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
    """Whether a coordinator may read what `person` confides: it is not about them or their side.

    Without an `about` they may not either where that person has reported them: it may well be about them.
    """
    if reader.id in {person.id, application.person_id}:
        return False
    if reader.id in ({about.id} if about is not None else reported_by(turn, person)):
        return False
    other = about.company_id if about is not None else None
    if person.id == application.person_id:
        other = other or project.company_id
        if reader.id == project.owner_id:
            return False
    return reader.company_id is None or reader.company_id != other


def reported_by(turn: Turn, person: Person) -> list[int]:
    """The ids of those whom a person has reported, the first first."""
    query = select(Report.about_id).where(
        Report.programme_id == turn.programme_id, Report.reporter_id == person.id
    )
    return list(turn.session.scalars(query.order_by(Report.id)))


def hidden_from(turn: Turn, project: Project, person: Person) -> tuple[int | None, int | None]:
    """From which person and which company's people an item about what a student confides is hidden."""
    coordinating = {each.id for each in everybody(turn)}
    reported = [number for number in reported_by(turn, person) if number in coordinating]
    return (reported[0] if reported else project.owner_id), project.company_id


def names_of(named: list[Person]) -> tuple[Part, ...]:
    """The readers' names in a sentence, or "the coordinators" where they are many."""
    return people.listed(named) if 0 < len(named) <= 3 else ("the coordinators",)  # noqa: PLR2004 - as many as are read at a glance

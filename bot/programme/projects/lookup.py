"""Which project is meant, and who may manage it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.content import text
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.programme import people
from bot.programme.core.turn import Turn
from storage.tables import Company, Person, Project, Role

__all__ = [
    "accepts_applications",
    "cohort_ids",
    "company_name",
    "employer_of",
    "manages",
    "may_manage",
    "project_of",
    "shown_project",
]

_UNKNOWN: Final = "I cannot find that project. `/project list` shows the ones that are open."


def project_of(turn: Turn, project_id: int | str, *, lock: bool = False) -> Project:
    """Return the project with this id in the turn's programme.

    `lock`: no other turn decides on it until this turn ends (project before application before placement).

    Raises:
        Declined: there is none here.
    """
    wanted = whole_number(str(project_id))
    if wanted is not None:
        if lock:
            turn.before_writing()
        # The session may hold the row as it was before the lock, so it is read again then.
        found = turn.session.get(Project, wanted, with_for_update=lock or None, populate_existing=lock)
        if found is not None and found.programme_id == turn.programme_id:
            return found
    raise Declined(_UNKNOWN)


def shown_project(turn: Turn, project_id: int | str) -> Project:
    """Return the project with this id, if the person who acted may look at it.

    Every person may once it was published; before, only those who manage it know of it.

    Raises:
        Declined: there is none here for them.
    """
    project = project_of(turn, project_id)
    if project.published_at is None and not manages(turn, project):
        raise Declined(_UNKNOWN)
    return project


def company_name(turn: Turn, project: Project) -> str:
    """Return the name of the company that a project belongs to."""
    company = turn.session.get(Company, project.company_id)
    return company.name if company else ""


def employer_of(turn: Turn, project: Project) -> Person | None:
    """Return the contact of applicants and interns: the owner, else (when they left) their first colleague.

    None while the project has no owner and the company no people: it was imported, or they have all left.
    """
    owner = turn.session.get(Person, project.owner_id) if project.owner_id else None
    if owner is None or (owner.left_at is None and owner.erased_at is None):
        return owner
    query = (
        select(Person)
        .join(Role, Role.person_id == Person.id)
        .where(Person.programme_id == turn.programme_id, Person.company_id == project.company_id)
        .where(Role.role == "employer", Person.left_at.is_(None), Person.erased_at.is_(None))
    )
    return turn.session.scalars(query.order_by(Person.id)).first()


def cohort_ids(project: Project) -> list[int]:
    """Return the ids of the cohorts it is announced to."""
    return [cohort.id for cohort in project.cohorts]


def accepts_applications(turn: Turn, project: Project) -> bool:
    """Tell whether a student could begin an application now: it is open and its deadline lies ahead."""
    return project.status == "open" and project.deadline_at > turn.now


def may_manage(turn: Turn, project: Project) -> Person:
    """Return the person who acted, if the project is theirs to manage: owner, colleague or coordinator.

    Raises:
        Declined: the project is another person's.
    """
    if not manages(turn, project):
        raise Declined(
            text(
                "Only the people who posted this project and the coordinators can do that. "
                "If that should be you, ask {contacts}.",
                contacts=people.contacts(turn),
            )
        )
    return turn.person


def manages(turn: Turn, project: Project) -> bool:
    """Tell whether `may_manage` would agree; False in a timer's turn."""
    if turn.person_id is None:
        return False
    if "coordinator" in turn.roles or project.owner_id == turn.person_id:
        return True
    return "employer" in turn.roles and turn.person.company_id == project.company_id

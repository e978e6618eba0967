"""Which project is meant, and who may manage it."""

from __future__ import annotations

from typing import Final

from bot.chat.content import text
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.programme import people
from bot.programme.core.turn import Turn
from bot.programme.people.parts import (
    acting_for,
    asked_first,
    decides_for,
    decides_on,
    is_colleague,
    on_employers_side,
)
from storage.tables import Company, Person, Project

__all__ = [
    "accepts_applications",
    "cohort_ids",
    "company_name",
    "employer_of",
    "manages",
    "may_manage",
    "may_post",
    "may_review",
    "project_of",
    "reviews",
    "shown_project",
]

_MOST_NAMED: Final = 3
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
        if found is not None and found.programme_id == turn.programme_id and is_shown_here(turn, found):
            return found
    raise Declined(_UNKNOWN)


def is_shown_here(turn: Turn, project: Project) -> bool:
    """Tell whether a project is known where the person acts: in a company's own space only its own are."""
    return turn.space_company in {None, project.company_id}


def shown_project(turn: Turn, project_id: int | str) -> Project:
    """Return the project with this id, if the person who acted may look at it.

    Every person may once it was published; before, only those of its company and the coordinators know of it.

    Raises:
        Declined: there is none here for them.
    """
    project = project_of(turn, project_id)
    if project.published_at is None and not reviews(turn, project):
        raise Declined(_UNKNOWN)
    return project


def company_name(turn: Turn, project: Project) -> str:
    """Return the name of the company that a project belongs to."""
    company = turn.session.get(Company, project.company_id)
    return company.name if company else ""


def employer_of(turn: Turn, project: Project) -> Person | None:
    """Return the contact of applicants and interns: the person who acts as the project's owner.

    None while the project has no owner and the company no people who could decide: it was imported, or they
    have all left.
    """
    return asked_first(turn, project, "owner")


def cohort_ids(project: Project) -> list[int]:
    """Return the ids of the cohorts it is announced to."""
    return [cohort.id for cohort in project.cohorts]


def accepts_applications(turn: Turn, project: Project) -> bool:
    """Tell whether a student could begin an application now: it is open and its deadline lies ahead."""
    return project.status == "open" and project.deadline_at > turn.now


def may_manage(turn: Turn, project: Project) -> Person:
    """Return the person who acted, if the project is theirs to decide on.

    It is for its owner, the owners and stand-ins of its company, and the coordinators.

    Raises:
        Declined: the project is another person's, or the person only reviews its work.
    """
    if manages(turn, project):
        return turn.person
    if is_colleague(turn, project.company_id):
        raise _is_reviewer(turn, turn.session.get_one(Company, project.company_id))
    raise _not_theirs(turn)


def may_post(turn: Turn) -> Person:
    """Return the person who acted, if they may post projects: an employer or a coordinator.

    Raises:
        Declined: they are neither, or only review the work for their company.
    """
    person = people.require_role(turn, "employer", "coordinator")
    company = turn.session.get(Company, person.company_id) if person.company_id else None
    if "coordinator" in turn.roles or company is None or decides_for(turn, company.id):
        return person
    raise _is_reviewer(turn, company)


def may_review(turn: Turn, project: Project) -> Person:
    """Return the person who acted, if they may read the project's applicants and review its work.

    Raises:
        Declined: the project is another company's.
    """
    if not reviews(turn, project):
        raise _not_theirs(turn)
    return turn.person


def manages(turn: Turn, project: Project) -> bool:
    """Tell whether `may_manage` would agree; False in a timer's turn."""
    if turn.person_id is None:
        return False
    return "coordinator" in turn.roles or decides_on(turn, project)


def reviews(turn: Turn, project: Project) -> bool:
    """Tell whether `may_review` would agree; False in a timer's turn."""
    return manages(turn, project) or on_employers_side(turn, project)


def _not_theirs(turn: Turn) -> Declined:
    return Declined(
        text(
            "Only the people who posted this project and the coordinators can do that. "
            "If that should be you, ask {contacts}.",
            contacts=people.contacts(turn),
        )
    )


def _is_reviewer(turn: Turn, company: Company) -> Declined:
    """Refuse a reviewer what the owners of the company decide; it names the people to ask."""
    found = acting_for(turn, company, "owner")[:_MOST_NAMED]
    return Declined(
        text(
            "You review work and applications for {company}; its owners decide this. If that should be "
            "different, ask {owners}.",
            company=company.name,
            owners=people.person_names(found, "or", mention=True) if found else people.contacts(turn),
        )
    )

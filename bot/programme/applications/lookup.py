"""Lookup of applications: which is meant, whose it is, and which of a project's wait for an answer.

Locks are always taken in the same order: the project, then the application.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import ColumnElement, func, select

from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.programme import projects
from bot.programme.core.turn import Turn
from bot.programme.people import open_cases
from storage.tables import Application, Project

__all__ = [
    "TO_DECIDE",
    "UNDECIDED",
    "application_of",
    "count_undecided",
    "is_unanswered",
    "lock_application",
    "lock_managed_application",
    "lock_own_application",
    "lock_reviewed_application",
    "of_project",
    "reviewed_application",
    "unanswered",
    "undecided",
]

UNDECIDED: Final = frozenset({"admission", "submitted", "shortlisted"})
"""Statuses in which a student waits for an answer."""

TO_DECIDE: Final = UNDECIDED - {"admission"}
"""Those of them in which the employer can decide."""


def application_of(turn: Turn, application_id: int | str, *, lock: bool = False) -> Application:
    """Return the application with this id in the turn's programme.

    `lock`: no other turn decides on it until this turn ends; lock its project first (see `lock_application`).

    Raises:
        Declined: the programme has no such application.
    """
    wanted = whole_number(str(application_id))
    if wanted is not None:
        if lock:
            turn.before_writing()
        found = turn.session.get(Application, wanted, with_for_update=lock or None, populate_existing=lock)
        if found is not None and found.programme_id == turn.programme_id:
            return found
    raise Declined("I cannot find that application. `/applications` lists yours.")


def lock_application(turn: Turn, application_id: int | str) -> tuple[Project, Application]:
    """Return an application and its project, both locked until this turn ends.

    Raises:
        Declined: the programme has no such application.
    """
    project_id = application_of(turn, application_id).project_id
    project = projects.project_of(turn, project_id, lock=True)
    return project, application_of(turn, application_id, lock=True)


def lock_own_application(turn: Turn, application_id: int | str) -> tuple[Project, Application]:
    """Return an application of the person who acts, locked with its project.

    Raises:
        Declined: the programme has no such application, or it is another person's.
    """
    project, application = lock_application(turn, application_id)
    if application.person_id != turn.person.id:
        raise Declined("That application is not yours. `/applications` lists yours.")
    return project, application


def lock_managed_application(turn: Turn, application_id: int | str) -> tuple[Project, Application]:
    """Return a sent application that the person who acts may decide on, locked with its project.

    Raises:
        Declined: the programme has no such application, it is not theirs to decide, not sent yet, or paused.
    """
    found = lock_application(turn, application_id)
    projects.may_manage(turn, found[0])
    _may_read(turn, *found)
    open_cases.must_not_be_paused(turn, found[0], found[1].id)
    return found


def lock_reviewed_application(turn: Turn, application_id: int | str) -> tuple[Project, Application]:
    """Return a sent application that the person who acts may read, locked with its project.

    Raises:
        Declined: the programme has no such application, it is not theirs to read, or it is not sent yet.
    """
    found = lock_application(turn, application_id)
    _may_read(turn, *found)
    return found


def reviewed_application(turn: Turn, application_id: int | str) -> tuple[Project, Application]:
    """Return the same without a lock, to be shown.

    Raises:
        Declined: as `lock_reviewed_application`.
    """
    application = application_of(turn, application_id)
    project = projects.project_of(turn, application.project_id)
    _may_read(turn, project, application)
    return project, application


def _may_read(turn: Turn, project: Project, application: Application) -> None:
    """Refuse a person who is not of the project's company, and an application that was not sent.

    Raises:
        Declined: it is so.
    """
    projects.may_review(turn, project)
    if application.status == "admission":
        raise Declined(
            "This application has not been sent yet: a coordinator has to admit the student first."
        )
    if application.submitted_at is None:
        raise Declined("This application was never sent, so only its student can read it.")


def of_project(turn: Turn, project: Project, statuses: Collection[str] | None = None) -> list[Application]:
    """Return a project's applications in these statuses (None is all), the first sent first."""
    query = select(Application).where(*_of(turn, project))
    if statuses is not None:
        query = query.where(Application.status.in_(statuses))
    return list(turn.session.scalars(query.order_by(Application.submitted_at, Application.id)))


def unanswered(turn: Turn, project: Project) -> list[Application]:
    """Return the applications whose students wait and that have no decision on its way."""
    return _in_order(turn, _waiting(turn, project, UNDECIDED))


def undecided(turn: Turn, project: Project) -> list[Application]:
    """Return the unanswered applications that the employer can decide on: none that waits for admission."""
    return _in_order(turn, _waiting(turn, project, TO_DECIDE))


def is_unanswered(turn: Turn, project: Project) -> bool:
    """Return whether `unanswered` has any."""
    found = select(Application.id).where(*_waiting(turn, project, UNDECIDED)).limit(1)
    return turn.session.scalar(found) is not None


def count_undecided(turn: Turn, project: Project) -> int:
    """Return how many `undecided` has."""
    counted = select(func.count()).select_from(Application).where(*_waiting(turn, project, TO_DECIDE))
    return turn.session.scalar(counted) or 0


def _of(turn: Turn, project: Project) -> tuple[ColumnElement[bool], ...]:
    return Application.programme_id == turn.programme_id, Application.project_id == project.id


def _waiting(turn: Turn, project: Project, statuses: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return *_of(turn, project), Application.status.in_(statuses), Application.held.is_(None)


def _in_order(turn: Turn, conditions: Sequence[ColumnElement[bool]]) -> list[Application]:
    query = select(Application).where(*conditions).order_by(Application.submitted_at, Application.id)
    return list(turn.session.scalars(query))

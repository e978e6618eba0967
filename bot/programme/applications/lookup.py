"""Lookup of applications: which is meant, whose it is, and which of a project's wait for an answer.

Locks are always taken in the same order: the project, then the application.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import select

from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.programme import projects
from bot.programme.core.turn import Turn
from storage.tables import Application, Project

__all__ = [
    "UNDECIDED",
    "application_of",
    "lock_application",
    "lock_managed_application",
    "lock_own_application",
    "managed_application",
    "of_project",
    "unanswered",
    "undecided",
]

UNDECIDED: Final = frozenset({"admission", "submitted", "shortlisted"})
"""Statuses in which a student waits for an answer."""


def application_of(turn: Turn, application_id: int | str, *, lock: bool = False) -> Application:
    """Return the application with this id in the turn's programme.

    `lock`: no other turn decides on it until this turn ends; lock its project first (see `lock_application`).

    Raises:
        Declined: the programme has no such application.
    """
    wanted = whole_number(str(application_id))
    if wanted is not None:
        query = select(Application).where(
            Application.programme_id == turn.programme_id, Application.id == wanted
        )
        if lock:
            turn.before_writing()
            query = query.with_for_update().execution_options(populate_existing=True)
        found = turn.session.scalar(query)
        if found is not None:
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
    """Return a sent application to a project that the person who acts manages, locked with its project.

    Raises:
        Declined: the programme has no such application, it is not theirs to read, or it is not sent yet.
    """
    found = lock_application(turn, application_id)
    _may_read(turn, *found)
    return found


def managed_application(turn: Turn, application_id: int | str) -> tuple[Project, Application]:
    """Return the same without a lock, to be shown.

    Raises:
        Declined: as `lock_managed_application`.
    """
    application = application_of(turn, application_id)
    project = projects.project_of(turn, application.project_id)
    _may_read(turn, project, application)
    return project, application


def _may_read(turn: Turn, project: Project, application: Application) -> None:
    """Refuse a person who does not manage the project, and an application that was not sent.

    Raises:
        Declined: it is so.
    """
    projects.may_manage(turn, project)
    if application.status == "admission":
        raise Declined(
            "This application has not been sent yet: a coordinator has to admit the student first."
        )
    if application.submitted_at is None:
        raise Declined("This application was never sent, so only its student can read it.")


def of_project(turn: Turn, project: Project, statuses: Collection[str] | None = None) -> list[Application]:
    """Return a project's applications in these statuses (None is all), the first sent first."""
    query = select(Application).where(
        Application.programme_id == turn.programme_id, Application.project_id == project.id
    )
    if statuses is not None:
        query = query.where(Application.status.in_(statuses))
    return list(turn.session.scalars(query.order_by(Application.submitted_at, Application.id)))


def unanswered(turn: Turn, project: Project) -> list[Application]:
    """Return the applications whose students wait and that have no decision on its way."""
    return [a for a in of_project(turn, project, UNDECIDED) if a.held is None]


def undecided(turn: Turn, project: Project) -> list[Application]:
    """Return the unanswered applications that the employer can decide on: none that waits for admission."""
    return [a for a in unanswered(turn, project) if a.status != "admission"]

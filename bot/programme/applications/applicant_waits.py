"""Waits for a first applicant: from publication until applications close.

The employer is informed when half of the time is over and three days before the deadline, and a coordinator
as well when a project has closed without an applicant.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select

from bot.chat.actions import Action
from bot.chat.content import Button, Buttons, text
from bot.chat.routes import Routes, WaitRoute, WaitStep
from bot.programme import projects
from bot.programme.applications import deadlines, news
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.changes import Begun, Changed, StatusChanged
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks, waits
from bot.programme.notifications.opening_waits import AwaitedThing
from bot.programme.projects.wait_zones import employers_zone
from storage.tables import Application, Project

__all__ = ["ROUTES"]

_APPLICANTS: Final = "applicants"
_LAST: Final = "soon"
"""The step of the last reminder before the deadline."""
_SOON: Final = timedelta(days=3)
_A_DAY: Final = 24  # hours


def noun_begun(turn: Turn, begun: Begun) -> list[Action]:
    """Open the wait of a project that is born open; the first application ends it."""
    match begun.noun:
        case Project(status="open") as project:
            return _begin(turn, project)
        case Application(project_id=number):
            return _end(turn, number, "kept")
    return []


def noun_moved(turn: Turn, moved: StatusChanged) -> list[Action]:
    """Open the wait of a project that is published or goes on, and end it when it closes."""
    match moved.noun:
        case Project(status="open") as project:
            return _begin(turn, project)
        case Project() as project if moved.before == "open":
            return _closed(turn, project)
        case Application(project_id=number) if moved.before == "withdrawn":
            return _end(turn, number, "kept")
    return []


def project_changed(turn: Turn, changed: Changed) -> list[Action]:
    """Follow another deadline."""
    project = changed.noun
    if not isinstance(project, Project) or "deadline_at" not in changed.after:
        return []
    return waits.move_due(turn, _APPLICANTS, subjects.PROJECT(project.id), project.deadline_at)


def _begin(turn: Turn, project: Project) -> list[Action]:
    """Open the wait; not for a project without an owner, as no person could do anything about it."""
    if project.owner_id is None or _has_applicants(turn, project):
        return []
    subject = subjects.PROJECT(project.id)
    return waits.begin(turn, _APPLICANTS, subject, subject, project.deadline_at)


def _end(turn: Turn, project_id: int, state: str) -> list[Action]:
    subject = subjects.PROJECT(project_id)
    if waits.standing(turn, _APPLICANTS, subject) is None:
        return []
    daily_message.retract_notices(turn, subjects.NO_APPLICANTS(project_id))
    return waits.end(turn, _APPLICANTS, subject, state)


def _has_applicants(turn: Turn, project: Project) -> bool:
    query = select(exists().where(Application.project_id == project.id, Application.status != "withdrawn"))
    return bool(turn.session.scalar(query))


def _closed(turn: Turn, project: Project) -> list[Action]:
    """Say that a project closed at its deadline without an applicant; who closed it early knows."""
    if waits.standing(turn, _APPLICANTS, subjects.PROJECT(project.id)) is None:
        return []
    if deadlines.closed_early(project):
        return _end(turn, project.id, "dropped")
    ended = _end(turn, project.id, "settled")
    edit = Button("Edit the project", verbs.PROJECT_EDIT(project.id))
    to_employer = news.tell_employer(
        turn,
        project,
        keys.NO_APPLICANTS(project.id, project.deadline_at, "closed"),
        subjects.NO_APPLICANTS(project.id),
        text(
            "**{project}** has closed, and no student applied. With a later deadline I announce it again.",
            project=projects.title_part(project),
        ),
        Buttons((edit,)),
    )
    task = tasks.open_task(
        turn,
        keys.NO_APPLICANTS_TASK(project.id),
        "project.no-applicants",
        subjects.PROJECT(project.id),
        text(
            "**{project}** · {company} has closed, and no student applied. The employer is informed as well.",
            project=projects.title_part(project),
            company=projects.company_name(turn, project),
        ),
        Buttons((Button("See it", verbs.PROJECT_SHOW(project.id)),)),
    )
    return [*ended, *to_employer, *task]


def remind(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Inform the employer that no student has applied yet, while something can be done about it."""
    project = projects.project_of(turn, subjects.PROJECT.id_of(reached.about))
    if project.status != "open":
        return []
    about = subjects.NO_APPLICANTS(project.id)
    daily_message.retract_notices(turn, about)
    employer = projects.employer_of(turn, project)
    title = projects.title_part(project)
    date = news.shown_date(turn, dates.read(project, "deadline"), employer)
    words = text(
        "No student has applied for **{project}** yet. Applications close on {date}. What often helps: a "
        "shorter text, fewer hours, a fee, or a later deadline.",
        project=title,
        date=date,
    )
    if reached.step == _LAST:
        words = text(
            "Applications for **{project}** close soon, on {date}, and no student has applied. A later "
            "deadline gives them more time.",
            project=title,
            date=date,
        )
    ways = Buttons(
        (
            Button("Edit the project", verbs.PROJECT_EDIT(project.id)),
            Button("See it", verbs.PROJECT_SHOW(project.id)),
        )
    )
    key = keys.NO_APPLICANTS(project.id, project.deadline_at, reached.step)
    return news.tell_employer(turn, project, key, about, words, ways, useful_until=project.deadline_at)


def let_go(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Wait no longer a day after the deadline of a project that did not close."""
    return _end(turn, subjects.PROJECT.id_of(reached.about), "settled")


def _half_time(turn: Turn, about: str, due: datetime) -> datetime:
    project = projects.project_of(turn, subjects.PROJECT.id_of(about))
    begun = project.published_at or project.created_at
    return begun + (due - begun) / 2


def _three_days_before(turn: Turn, about: str, due: datetime) -> datetime:
    """Return three days before the deadline, or half time where that is later."""
    return max(due - _SOON, _half_time(turn, about, due))


def _found(turn: Turn, after: int, most: int) -> list[AwaitedThing]:
    """Return open projects without an applicant, for an upgrade."""
    query = select(Project).where(
        Project.programme_id == turn.programme_id,
        Project.status == "open",
        Project.owner_id.is_not(None),
        Project.id > after,
        ~exists().where(Application.project_id == Project.id, Application.status != "withdrawn"),
    )
    return [
        AwaitedThing(
            each.id,
            subject := subjects.PROJECT(each.id),
            subject,
            each.published_at or each.created_at,
            each.deadline_at,
        )
        for each in turn.session.scalars(query.order_by(Project.id).limit(most))
    ]


ROUTES: Final = Routes(
    follows={
        Begun: (noun_begun,),
        StatusChanged: (noun_moved,),
        Changed: (project_changed,),
    },
    waits={
        _APPLICANTS: WaitRoute(
            waits="employer",
            owes="students",
            steps=(
                WaitStep("half", remind, when=_half_time),
                WaitStep(_LAST, remind, when=_three_days_before),
                WaitStep("over", let_go, hours=_A_DAY),
            ),
            zone=employers_zone,
            found=_found,
        )
    },
)

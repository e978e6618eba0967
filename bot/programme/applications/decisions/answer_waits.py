"""Waits for the answer to an application: owed by the employer of its project, by the decision date.

The employer is reminded two days before and on the day, a coordinator hears when the date has passed, and
`Programme.release_days` later the applicants who still wait are released.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.content import Block, text
from bot.chat.routes import Routes, WaitRoute, WaitSides, WaitStep
from bot.programme import people, projects
from bot.programme.applications import lookup
from bot.programme.applications.decisions import decision_date, release
from bot.programme.core import dates, lifecycle, subjects
from bot.programme.core.changes import Begun, Changed, StatusChanged
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from bot.programme.notifications.opening_waits import AwaitedThing
from bot.programme.notifications.out_of_reach import moved_date
from bot.programme.people.parts import acting_for
from bot.programme.people.reason_codes import OUTAGE
from bot.programme.projects.wait_zones import employers_zone
from storage.tables import Application, Person, Project

__all__ = ["ROUTES"]

_ANSWER: Final = decision_date.ANSWER
_ENDS: Final = {"offered": "kept", "not_selected": "kept", "released": "settled", "withdrawn": "dropped"}
"""How the wait for an answer ends, by the status that the application goes to."""


def application_begun(turn: Turn, change: Begun) -> list[Action]:
    """Open the wait for an answer to an application that is sent, or waits for admission."""
    application = change.noun
    if not isinstance(application, Application) or application.status not in lookup.UNDECIDED:
        return []
    return _begin(turn, application)


def application_moved(turn: Turn, change: StatusChanged) -> list[Action]:
    """Open or end the wait for an answer; the end of an offer decides about the waiting list."""
    application = change.noun
    if not isinstance(application, Application):
        return []
    if change.after in lookup.UNDECIDED:
        return _begin(turn, application)
    if change.before in lookup.UNDECIDED:
        return waits.end(turn, _ANSWER, subjects.APPLICATION(application.id), _ENDS[change.after])
    if change.before == "offered":
        return waits.wake(turn, _ANSWER, subjects.PROJECT(application.project_id))
    return []


def _begin(turn: Turn, application: Application) -> list[Action]:
    project = projects.project_of(turn, application.project_id)
    subject, about = subjects.APPLICATION(application.id), subjects.PROJECT(project.id)
    return waits.begin(turn, _ANSWER, subject, about, project.decide_at)


def noun_changed(turn: Turn, change: Changed) -> list[Action]:
    """Hold a wait while its decision can be undone, and follow a decision date that was moved."""
    match change.noun:
        case Application(id=number) if "held" in change.after:
            follow = waits.resume if change.after["held"] is None else waits.hold
            return follow(turn, _ANSWER, subjects.APPLICATION(number))
        case Project(id=number, decide_at=due) if "decide_at" in change.after:
            return waits.move_due(turn, _ANSWER, subjects.PROJECT(number), due)
    return []


def _found(turn: Turn, after: int, most: int) -> Sequence[AwaitedThing]:
    """Return applications that wait for an answer, for an upgrade."""
    query = (
        select(Application, Project.decide_at)
        .join(Project, Project.id == Application.project_id)
        .where(
            Application.programme_id == turn.programme_id,
            Application.status.in_(lookup.UNDECIDED),
            Application.id > after,
        )
        .order_by(Application.id)
        .limit(most)
    )
    return [
        AwaitedThing(
            application.id,
            subjects.APPLICATION(application.id),
            subjects.PROJECT(application.project_id),
            application.submitted_at or application.created_at,
            due,
            held=application.held is not None,
        )
        for application, due in turn.session.execute(query)
    ]


def _project(turn: Turn, subject: str) -> Project:
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(subject))
    return projects.project_of(turn, application.project_id)


def _owing(turn: Turn, about: str, of: Sequence[str]) -> dict[str, list[Person]]:
    project = projects.project_of(turn, subjects.PROJECT.id_of(about))
    return dict.fromkeys(of, acting_for(turn, project, "owner"))


def _waiting(turn: Turn, _about: str, subject: str) -> list[Person]:
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(subject))
    return [people.person_of(turn, application.person_id)]


def _said(turn: Turn, subject: str, _due: datetime, reader: Person) -> Block:
    project = _project(turn, subject)
    return text(
        "Answers to the applicants of **{project}**: by {when}",
        project=projects.title_part(project),
        when=people.shown_date(turn, dates.read(project, "decide"), reader),
    )


def _starts(turn: Turn, subject: str) -> datetime:
    return _project(turn, subject).starts_at


def _later(turn: Turn, about: str, _of: Sequence[str], by: timedelta) -> list[Action]:
    """Let a project's decision date be so much later, but not after its start; its cards follow."""
    project = projects.project_of(turn, subjects.PROJECT.id_of(about))
    date = moved_date(dates.read(project, "decide"), by, turn.now, project.starts_at)
    moved = lifecycle.move_date(turn, project, "decide", date, OUTAGE)
    return [*moved, *decision_date.reschedule(turn, project), *projects.refresh(turn, project)]


_RULE: Final = WaitRoute(
    waits="student",
    owes="employer",
    steps=(
        WaitStep(
            "soon",
            decision_date.remind,
            days=-2,
            in_the_morning=True,
            replaces=Timer.PROMISE_SOON,
        ),
        WaitStep("day", decision_date.remind, in_the_morning=True, replaces=Timer.PROMISE_DAY),
        WaitStep("passed", decision_date.date_passed, replaces=Timer.PROMISE_PASSED),
        WaitStep("release", release.release_waiting, setting="release_days", replaces=Timer.PROMISE_RELEASE),
    ),
    zone=employers_zone,
    found=_found,
    sides=WaitSides(_owing, _waiting, _said, _later, _starts),
)

ROUTES = Routes(
    follows={
        Begun: (application_begun,),
        StatusChanged: (application_moved,),
        Changed: (noun_changed,),
    },
    timers=dict.fromkeys((step.replaces for step in _RULE.steps), waits.replaced_due),
    waits={_ANSWER: _RULE},
)

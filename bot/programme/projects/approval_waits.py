"""Waits for the approval of a project: owed by the coordinators, and never settled by a rule.

The last step comes again and again: silence publishes nothing. Each time every coordinator is asked, and the
poster reads that no coordinator has looked yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.content import Button, Buttons, text
from bot.chat.routes import Routes, Step, WaitRoute
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import StatusChanged
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, waits
from bot.programme.notifications.opening_waits import Found
from bot.programme.people.parts import is_of_employer
from bot.programme.projects.approval import decisions
from bot.programme.projects.display import title_part
from bot.programme.projects.lookup import company_name, employer_of, project_of
from storage.tables import Person, Project

__all__ = ["ROUTES"]

_APPROVAL: Final = "approval"
_ENDS: Final = {"open": "kept", "changes": "kept", "declined": "kept"}
"""How the wait for approval ends, by the status that the project goes to; else it is dropped."""


def project_moved(turn: Turn, change: StatusChanged) -> list[Action]:
    """Open the wait for the approval of a project that is put before the coordinators, or end it."""
    project = change.noun
    if not isinstance(project, Project):
        return []
    subject = subjects.PROJECT(project.id)
    if change.after == "review":
        due = waits.working_days_from(turn, turn.programme.coordinator_days)
        return waits.begin(turn, _APPROVAL, subject, subject, due)
    if change.before == "review":
        daily_message.retract_notices(turn, subjects.APPROVAL(project.id))
        return waits.end(turn, _APPROVAL, subject, _ENDS.get(change.after, "dropped"))
    return []


def ask_again(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Ask every coordinator for an approval that is late, and tell the poster that it still waits."""
    project = project_of(turn, subjects.PROJECT.id_of(reached.about))
    wait = waits.standing(turn, _APPROVAL, reached.about)
    if project.status != "review" or wait is None:
        return []
    again = waits.working_days_from(turn, turn.programme.coordinator_days)
    asked = [each for each in people.coordinators(turn) if not is_of_employer(each, project)]
    actions = waits.put_off(turn, _APPROVAL, reached.about, again)
    for coordinator in asked:
        actions += daily_message.notify(
            turn,
            coordinator,
            keys.APPROVAL_LATE(project.id, coordinator.id, reached.at),
            subjects.APPROVAL(project.id),
            text(
                "**{project}** · {company} has waited for an approval since {since}.",
                project=title_part(project),
                company=company_name(turn, project),
                since=people.shown_day(turn, wait.since, coordinator),
            ),
            decisions(project),
        )
    return [*actions, *_tell_poster(turn, project, asked, reached)]


def _tell_poster(
    turn: Turn, project: Project, asked: Sequence[Person], reached: waits.Reached
) -> list[Action]:
    poster = employer_of(turn, project)
    if poster is None:
        return []
    title = title_part(project)
    words = text("**{project}** still waits for approval: there is no coordinator here now.", project=title)
    if asked:
        words = text(
            "**{project}** still waits for approval: no coordinator has looked at it yet. I am asking "
            "{people} again.",
            project=title,
            people=people.person_names(asked),
        )
    key = keys.APPROVAL_LATE(project.id, poster.id, reached.at)
    see = Buttons((Button("See it", verbs.PROJECT_SHOW(project.id)),))
    return daily_message.notify(turn, poster, key, subjects.APPROVAL(project.id), words, see)


def _zone(turn: Turn, _about: str) -> str:
    return turn.programme.zone


def _found(turn: Turn, after: int, most: int) -> list[Found]:
    """Return projects that wait for approval, for an upgrade: their coordinators have two days from then."""
    query = select(Project).where(
        Project.programme_id == turn.programme_id, Project.status == "review", Project.id > after
    )
    due = waits.working_days_from(turn, turn.programme.coordinator_days)
    return [
        Found(each.id, subject := subjects.PROJECT(each.id), subject, each.updated_at, due)
        for each in turn.session.scalars(query.order_by(Project.id).limit(most))
    ]


ROUTES: Final = Routes(
    follows={StatusChanged: (project_moved,)},
    waits={
        _APPROVAL: WaitRoute(
            waits="employer",
            owes="coordinators",
            steps=(Step("late", ask_again),),
            zone=_zone,
            found=_found,
        )
    },
)

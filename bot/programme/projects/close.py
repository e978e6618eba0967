"""`/project close`: no more applications. Who has applied still gets an answer."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from bot.chat.actions import Action, Reply
from bot.chat.commands import CommandSpec
from bot.chat.content import Block, Button, Buttons, message, text
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed
from bot.chat.routes import Declined, Routes
from bot.programme import people
from bot.programme.core import dates, verbs
from bot.programme.core.lifecycle import move
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from bot.programme.projects import approval
from bot.programme.projects.display import state_of, title_part
from bot.programme.projects.lookup import may_manage, project_of
from bot.programme.projects.publishing import close
from bot.programme.projects.selection import ANY_PROJECT, named_project, suggest_mine
from storage.tables import Application, Project

__all__ = ["CLOSING"]

_ROLES: Final = frozenset({"employer", "coordinator"})
_NOT_SEEN: Final = frozenset({"review", "changes"})
_CAN_BE_CLOSED: Final = Project.status.in_(("open", *sorted(_NOT_SEEN)))
_WAITING: Final = ("admission", "submitted", "shortlisted")


def _project_close_command(turn: Turn, event: CommandUsed) -> list[Action]:
    require_role(turn, *_ROLES)
    typed = event.options.get("project", "")
    return _asked(turn, named_project(turn, typed, verbs.PROJECT_CLOSE, mine=True, fits=_CAN_BE_CLOSED))


def _close_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    return _asked(turn, project_of(turn, verbs.PROJECT_CLOSE.read(event).project))


def _asked(turn: Turn, project: Project) -> list[Action]:
    """Ask once more, saying what closing means here."""
    may_manage(turn, project)
    if project.status in _NOT_SEEN:
        sure = text("Take **{project}** back? It will not be published.", project=title_part(project))
        ways = (
            Button("Take it back", verbs.PROJECT_CLOSED(project.id), style="danger"),
            Button("Keep it", verbs.PROJECT_KEPT(project.id)),
        )
        return [Reply(message(sure, Buttons(ways)))]
    if project.status != "open":
        not_open = "**{project}** is not open: {state}."
        raise Declined(text(not_open, project=title_part(project), state=state_of(project)))
    asked: list[Block] = [
        text(
            "Close **{project}**? It then takes no more applications, and its cards say so.",
            project=title_part(project),
        )
    ]
    if count := _waiting(turn, project):
        asked.append(
            text(
                "The one application you have not answered stays with you, and so does your promise.",
                "The {count} applications you have not answered stay with you, and so does your promise.",
                count=count,
            )
        )
    buttons = Buttons(
        (
            Button("Close it", verbs.PROJECT_CLOSED(project.id), style="danger"),
            Button("Keep it open", verbs.PROJECT_KEPT(project.id)),
        )
    )
    return [Reply(message(*asked, buttons))]


def _project_closed_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    project = project_of(turn, verbs.PROJECT_CLOSED.read(event).project, lock=True)
    may_manage(turn, project)
    if project.status in _NOT_SEEN:
        return _taken_back(turn, project)
    actions = close(turn, project)
    last: list[Block] = [
        text("**{project}** is closed. A later deadline opens it again.", project=title_part(project))
    ]
    buttons = [Button("Edit", verbs.PROJECT_EDIT(project.id))]
    if _waiting(turn, project):
        promised = people.shown_date(turn, dates.read(project, "decide"), turn.person)
        last.append(text("You promised an answer to everyone who applied by {when}.", when=promised))
        buttons.insert(0, Button("Applicants", verbs.APPLICANTS_LIST(project.id)))
    return [Reply(message(*last, Buttons(tuple(buttons))), replace=True), *actions]


def _taken_back(turn: Turn, project: Project) -> list[Action]:
    """Give up a project that waits for approval, before any student saw it."""
    project.closed_at = turn.now
    closed = move(turn, project, "closed")
    approval.settled(turn, project)
    again = Buttons((Button("Begin another from it", verbs.PROJECT_REPEAT(project.id)),))
    said = text("**{project}** is taken back.", project=title_part(project))
    return [Reply(message(said, again), replace=True), *closed]


def _project_kept_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    project = project_of(turn, verbs.PROJECT_KEPT.read(event).project)
    may_manage(turn, project)
    said = text("**{project}** stays as it is.", project=title_part(project))
    return [Reply(message(said), replace=True)]


def _waiting(turn: Turn, project: Project) -> int:
    query = select(func.count(Application.id)).where(
        Application.programme_id == turn.programme_id,
        Application.project_id == project.id,
        Application.status.in_(_WAITING),
    )
    return turn.session.scalar(query) or 0


CLOSING: Final = Routes(
    commands=(
        (
            CommandSpec(
                ("project", "close"),
                "Take no more applications for a project",
                (ANY_PROJECT,),
                allowed=_ROLES,
                example="/project close market map",
            ),
            _project_close_command,
        ),
    ),
    buttons={
        verbs.PROJECT_CLOSE: _close_pressed,
        verbs.PROJECT_CLOSED: _project_closed_pressed,
        verbs.PROJECT_KEPT: _project_kept_pressed,
    },
    suggestions={(("project", "close"), "project"): suggest_mine},
)

"""Saving a project for later: `/project save`, `/project saved`, and one reminder before its deadline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select

from bot.chat.actions import Action, CancelTimers, Reply, SetTimer
from bot.chat.commands import CommandSpec
from bot.chat.content import Button, Buttons, message, note, say, text
from bot.chat.events import ButtonPressed, ChoiceMade, CommandUsed, TimerFired
from bot.chat.routes import Declined, Routes
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.timers import ForPerson, Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications.daily_message import before_quiet_hours, notify, retract_notices
from bot.programme.people import person_of
from bot.programme.projects.display import apply_by, student_buttons, title_part
from bot.programme.projects.listing import page_message, page_of
from bot.programme.projects.lookup import accepts_applications, project_of, shown_project
from bot.programme.projects.selection import ANY_PROJECT, named_project, suggest_open
from storage.dialects import insert
from storage.tables import Application, Project, SavedProject

__all__ = ["SAVING", "move_reminders", "reminder", "saved_subject", "savers", "stop_reminders"]

_BEFORE: Final = (timedelta(days=2), timedelta(hours=12), timedelta(hours=3))
"""How long before the deadline a saved project becomes a piece of the person's daily message: the first
of these that is ahead. Two days let the daily message before the deadline hold it."""

_SAVE: Final = insert(SavedProject).on_conflict_do_nothing()


def _project_save_command(turn: Turn, event: CommandUsed) -> list[Action]:
    saved = select(SavedProject.project_id).where(
        SavedProject.programme_id == turn.programme_id, SavedProject.person_id == turn.person.id
    )
    typed = event.options.get("project", "")
    return _saved(turn, named_project(turn, typed, verbs.PROJECT_SAVE, fits=Project.id.not_in(saved)))


def _save_pressed(turn: Turn, event: ButtonPressed | ChoiceMade) -> list[Action]:
    return _saved(turn, shown_project(turn, verbs.PROJECT_SAVE.read(event).project))


def _saved(turn: Turn, project: Project) -> list[Action]:
    person = turn.person
    if not accepts_applications(turn, project):
        raise Declined(
            text(
                "**{project}** takes no applications any more, so I did not save it.",
                project=title_part(project),
            ),
            note("`/project list` shows what is open."),
        )
    row = {
        "programme_id": turn.programme_id,
        "project_id": project.id,
        "person_id": person.id,
        "created_at": turn.now,
    }
    turn.connection.execute(_SAVE, row)
    near = _remind_at(turn, project) is None
    said = message(
        text(
            "Saved: **{project}**. Its deadline is near: {when}."
            if near
            else "Saved: **{project}**. I remind you once before the deadline, {when}.",
            project=title_part(project),
            when=apply_by(turn, project, person),
        ),
        Buttons(
            (
                Button("Apply", verbs.APPLICATION_BEGIN(project.id), style="primary"),
                Button("All saved", verbs.PROJECT_SAVED()),
                Button("Forget it", verbs.PROJECT_FORGET(project.id)),
            )
        ),
    )
    return [Reply(said), *reminder(turn, project, person.id)]


def _remind_at(turn: Turn, project: Project) -> datetime | None:
    return next((at for ago in _BEFORE if (at := project.deadline_at - ago) > turn.now), None)


def reminder(turn: Turn, project: Project, person_id: int) -> list[Action]:
    """Set a person's reminder of a saved project, before its deadline; set again, it moves."""
    at = _remind_at(turn, project)
    key = _key(project.id, person_id)
    if at is None:
        return [CancelTimers(key=key)]
    due = before_quiet_hours(turn, person_of(turn, person_id), at, project.deadline_at)
    return [
        SetTimer(
            key, due, Timer.SAVED_DEADLINE, subjects.PROJECT(project.id), ForPerson(person_id), late="send"
        )
    ]


def _key(project_id: int, person_id: int) -> str:
    return keys.SAVED_TIMER(project_id, person_id)


def move_reminders(turn: Turn, project: Project) -> list[Action]:
    """Move the reminders after a change of the deadline: they go out before the new deadline."""
    people = savers(turn, project)
    _drop(turn, project, people)
    return [act for person_id in people for act in reminder(turn, project, person_id)]


def stop_reminders(turn: Turn, project: Project) -> list[Action]:
    """Stop the reminders of a project that takes no applications any more."""
    _drop(turn, project, savers(turn, project))
    return [CancelTimers(subject=subjects.PROJECT(project.id), kind=Timer.SAVED_DEADLINE)]


def savers(turn: Turn, project: Project) -> Sequence[int]:
    """Return the ids of the people who saved a project, the first ahead."""
    query = select(SavedProject.person_id).where(
        SavedProject.programme_id == turn.programme_id, SavedProject.project_id == project.id
    )
    return turn.session.scalars(query.order_by(SavedProject.id)).all()


def _drop(turn: Turn, project: Project, people: Sequence[int]) -> None:
    """Drop the reminders in people's daily messages: they name the old date."""
    for person_id in people:
        retract_notices(turn, saved_subject(project, person_id))


def saved_subject(project: Project, person_id: int) -> str:
    """Return the subject by which the reminder of a saved project is found."""
    return subjects.SAVED(project.id, person_id)


def _saved_deadline_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Send a reminder, unless it is settled: applied, forgotten, closed."""
    person_id = event.read(ForPerson).person
    try:
        project = project_of(turn, subjects.PROJECT.id_of(event.subject))
    except Declined:
        return []
    kept = select(SavedProject.id).where(
        SavedProject.programme_id == turn.programme_id,
        SavedProject.project_id == project.id,
        SavedProject.person_id == person_id,
    )
    applied = select(Application.id).where(
        Application.project_id == project.id,
        Application.person_id == person_id,
        Application.submitted_at.is_not(None),
    )
    if (
        not accepts_applications(turn, project)
        or turn.session.scalar(applied)
        or not turn.session.scalar(kept)
    ):
        return []
    person = person_of(turn, person_id)
    if person.erased_at is not None:
        return []
    return notify(
        turn,
        person,
        keys.SAVED(project.id, person.id, project.deadline_at),
        saved_subject(project, person.id),
        text(
            "You saved **{project}**. Apply by {when}.",
            project=title_part(project),
            when=apply_by(turn, project, person),
        ),
        student_buttons(project, "apply", "details"),
        useful_until=project.deadline_at,
    )


def _project_forget_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    project = shown_project(turn, verbs.PROJECT_FORGET.read(event).project)
    gone = delete(SavedProject).where(
        SavedProject.programme_id == turn.programme_id,
        SavedProject.project_id == project.id,
        SavedProject.person_id == turn.person.id,
    )
    turn.session.execute(gone)
    _drop(turn, project, [turn.person.id])
    said = message(
        text("**{project}** is off your list. I do not remind you of it.", project=title_part(project))
    )
    return [Reply(said, replace=True), CancelTimers(key=_key(project.id, turn.person.id))]


def _saved_pressed(turn: Turn, event: CommandUsed | ButtonPressed) -> list[Action]:
    query = (
        select(Project)
        .join(SavedProject, SavedProject.project_id == Project.id)
        .where(Project.programme_id == turn.programme_id, SavedProject.person_id == turn.person.id)
        .order_by(Project.deadline_at, Project.id)
    )
    turned = verbs.PROJECT_SAVED.read(event).page if isinstance(event, ButtonPressed) else None
    page = page_of(turn, query, turned or 1)
    if not page.projects:
        said = message(
            "You have saved no project yet. Press Save on one, and I remind you before its deadline.",
            Buttons((Button("Open projects", verbs.PROJECT_LIST(1)),)),
        )
    else:
        said = page_message(turn, page, say("Saved by you"), verbs.PROJECT_SAVED)
    return [Reply(said, replace=turned is not None)]


SAVING: Final = Routes(
    commands=(
        (
            CommandSpec(
                ("project", "save"),
                "Keep a project for later, with one reminder before its deadline",
                (ANY_PROJECT,),
                example="/project save market map",
            ),
            _project_save_command,
        ),
        (
            CommandSpec(("project", "saved"), "The projects you saved", example="/project saved", reads=True),
            _saved_pressed,
        ),
    ),
    buttons={
        verbs.PROJECT_SAVE: _save_pressed,
        verbs.PROJECT_SAVED: _saved_pressed,
        verbs.PROJECT_FORGET: _project_forget_pressed,
    },
    timers={Timer.SAVED_DEADLINE: _saved_deadline_due},
    reads=frozenset({verbs.PROJECT_SAVED}),
    suggestions={(("project", "save"), "project"): suggest_open},
)

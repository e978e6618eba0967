"""Undo: a held decision is taken back before its student reads it, one or all of a project."""

from __future__ import annotations

from bot.chat.actions import Action, CancelTimers, Reply
from bot.chat.content import Button, Buttons, message, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, Routes
from bot.chat.sentences import Sentence, say
from bot.programme import projects
from bot.programme.applications import lookup, news
from bot.programme.applications.decisions import held_decisions
from bot.programme.applications.decisions.decide import DECIDABLE
from bot.programme.core import verbs
from bot.programme.core.lifecycle import change, change_each
from bot.programme.core.turn import Turn
from storage.tables import Application

__all__ = ["ROUTES"]


def decision_undo_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Take a held decision back."""
    project, application = lookup.lock_managed_application(turn, verbs.DECISION_UNDO.read(event).application)
    back = Buttons((Button("Back to the application", verbs.APPLICANT_TURN(application.id)),))
    if application.held is None:
        return [Reply(message(_past_undo(application), back), replace=True, settles=True)]
    resumed = change(turn, application, held=None)
    undone = message(
        text(
            "Undone. **{student}** has heard nothing about **{project}**.",
            student=news.name_of(turn, application),
            project=projects.title_part(project),
        ),
        back,
    )
    return [
        Reply(undone, replace=True, settles=True),
        CancelTimers(key=held_decisions.timer_key(application)),
        *resumed,
    ]


def _past_undo(application: Application) -> Sentence:
    """Return why there is nothing to take back any more."""
    if application.status in DECIDABLE | {"released"}:
        return say("It was undone already, and the student has heard nothing.")
    if application.status == "withdrawn":
        return say(
            "The application was withdrawn meanwhile, so there is nothing to undo: "
            "the student has heard nothing."
        )
    return say("It has taken effect already, so it cannot be undone. You can write to the student instead.")


def decision_undo_all_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Take every held answer of a project back, except offers."""
    project = projects.project_of(turn, verbs.DECISION_UNDO_ALL.read(event).project, lock=True)
    projects.may_manage(turn, project)
    held = [
        a
        for a in lookup.of_project(turn, project, DECIDABLE)
        if a.held is not None and a.held.status == "not_selected"
    ]
    if not held:
        raise Declined("Nothing is on its way any more: it was undone, or has taken effect already.")
    resumed = change_each(turn, held, held=None)
    undone = message(
        text(
            "Undone. No student has heard anything about **{project}**.", project=projects.title_part(project)
        )
    )
    cancelled = [CancelTimers(key=held_decisions.timer_key(a)) for a in held]
    return [Reply(undone, replace=True, settles=True), *cancelled, *resumed]


ROUTES = Routes(
    buttons={verbs.DECISION_UNDO: decision_undo_pressed, verbs.DECISION_UNDO_ALL: decision_undo_all_pressed}
)

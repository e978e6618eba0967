"""Changes of terms that no coordinator has looked at: the employer reads so, and what can be done now."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action
from bot.chat.content import Button, Buttons, note, text
from bot.chat.routes import Routes
from bot.programme import projects
from bot.programme.applications import news
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import TasksLate
from bot.programme.core.turn import Turn
from bot.programme.people.coordinators_in_turn import in_turn, truth
from bot.programme.placements.terms_changes import of_state
from storage.tables import Project

__all__ = ["ROUTES"]


def tasks_late(turn: Turn, change: TasksLate) -> list[Action]:
    """Tell the employers whose changes of terms are late."""
    found = [keys.TERMS_TASK.parse(key).project for key, _ in change.tasks if keys.TERMS_TASK.match(key)]
    return [act for each in found for act in _tell(turn, projects.project_of(turn, each))]


def _tell(turn: Turn, project: Project) -> list[Action]:
    employer = projects.employer_of(turn, project)
    if employer is None or not of_state(turn, project, "coordinator"):
        return []
    return news.tell_employer(
        turn,
        project,
        keys.TERMS_LATE(project.id, turn.source),
        subjects.TERMS(project.id),
        text(
            "The change of what is agreed in **{project}** still waits.",
            project=projects.title_part(project),
        ),
        truth(turn, in_turn(turn, project), employer),
        note("Until then what was agreed stays, and your interns are not asked."),
        Buttons((Button("Take the change back", verbs.TERMS_WITHDRAW(project.id)),)),
    )


ROUTES: Final = Routes(follows={TasksLate: (tasks_late,)})

"""Silence: a side that left its last two check-ins unanswered and shows no other sign of life.

Coordinators get one task about a student, and one about an employer with all interns of the project.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.content import Block, Button, Buttons, layout, message, text
from bot.chat.rendering.screen import in_rows
from bot.chat.sentences import Names
from bot.programme import people, projects
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.notifications.rewording import reword_task
from bot.programme.people import open_cases
from bot.programme.placements import schedule
from bot.programme.placements.lookup import sides
from bot.programme.placements.signs_of_life import acted_since
from storage.tables import CheckIn, Person, Placement, Project

__all__ = ["SILENCE", "answered", "is_silent", "recount", "report_employer", "report_student"]

SILENCE: Final = timedelta(hours=48)
"""How long a check-in may stay unanswered before it counts as silence."""

_IN_A_ROW: Final = 2
_BUTTONS: Final = 10  # interns of a task with a button each


def is_silent(turn: Turn, placement: Placement, last: Sequence[CheckIn]) -> bool:
    """Tell whether a side is silent that was asked these last check-ins of a placement.

    A person who cannot be reached was not asked, so is not silent.
    """
    if len(last) < _IN_A_ROW or any(row.answered_at for row in last):
        return False
    both, side = sides(turn, placement), last[-1].side
    person = both.student if side == "student" else both.employer
    if person is None or people.is_unreachable(turn, person):
        return False
    if open_cases.is_open(turn, placement.application_id):
        return False
    return not acted_since(turn, placement, side, last[0].asked_at)


def report_student(turn: Turn, placement: Placement) -> list[Action]:
    """Open the coordinators' task about a silent student."""
    both = sides(turn, placement)
    return tasks.open_task(
        turn,
        keys.SILENT_TASK(placement.id, "student"),
        Timer.PLACEMENT_SILENCE,
        schedule.subject(placement),
        text(
            "**{person}** (student) has not answered two check-ins in a row on **{project}**. Please get in "
            "touch.",
            person=people.person_name(both.student, mention=True),
            project=both.title,
        ),
        Buttons((Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),)),
    )


def report_employer(turn: Turn, project: Project) -> list[Action]:
    """Open the coordinators' task about a silent employer, with all interns who were asked about in vain."""
    employer, late = projects.employer_of(turn, project), _unanswered(turn, project)
    if employer is None or not late:
        return []
    return tasks.open_task(
        turn,
        keys.SILENT_EMPLOYER(project.id),
        Timer.PLACEMENT_SILENCE,
        subjects.PROJECT(project.id),
        *_about_employer(turn, project, employer, late),
    )


def answered(turn: Turn, placement: Placement, side: str) -> None:
    """Close the task about a side that has answered, or leave the placement out of it."""
    tasks.close_task(turn, keys.SILENT_TASK(placement.id, side))
    if side == "employer":
        recount(turn, sides(turn, placement).project)


def recount(turn: Turn, project: Project) -> None:
    """Let an open task about a silent employer name those interns who are still asked about in vain."""
    employer, late = projects.employer_of(turn, project), _unanswered(turn, project)
    key = keys.SILENT_EMPLOYER(project.id)
    if employer is None or not late:
        tasks.close_task(turn, key)
    else:
        reword_task(turn, key, message(*_about_employer(turn, project, employer, late)))


def _about_employer(turn: Turn, project: Project, employer: Person, late: list[Placement]) -> list[Block]:
    students = [sides(turn, each).student_name for each in late]
    see = [
        Button(layout("{student}", student=name), verbs.PLACEMENT_SHOW(each.id))
        for each, name in zip(late, students, strict=True)
    ]
    words = text(
        "**{person}** (employer) has not answered two check-ins in a row on **{project}**, about {students}. "
        "Please get in touch.",
        person=people.person_name(employer, mention=True),
        project=projects.title_part(project),
        students=Names(tuple(students)),
    )
    return [words, *in_rows(see[:_BUTTONS])]


def _unanswered(turn: Turn, project: Project) -> list[Placement]:
    """Return the placements at work of a project about which its employer is silent."""
    query = (
        select(CheckIn, Placement)
        .join(Placement, Placement.id == CheckIn.placement_id)
        .where(
            Placement.programme_id == turn.programme_id,
            Placement.project_id == project.id,
            Placement.status == "active",
            CheckIn.side == "employer",
        )
        .order_by(CheckIn.placement_id, CheckIn.step)
    )
    asked: dict[int, tuple[Placement, list[CheckIn]]] = {}
    for row, placement in turn.session.execute(query).all():
        asked.setdefault(placement.id, (placement, []))[1].append(row)
    found = []
    for placement, rows in asked.values():
        waited = [row for row in rows if row.answered_at or row.asked_at + SILENCE <= turn.now]
        newer = rows[len(waited) :]
        if not any(row.answered_at for row in newer) and is_silent(turn, placement, waited[-_IN_A_ROW:]):
            found.append(placement)
    return found

"""Waits for a kickoff: it has happened when either side says so, or when work is handed in.

Both sides are asked on the first working day after the start. Two working days later a coordinator hears, and
the student may leave: applications that were withdrawn for the place can be sent again. After ten working
days more it is not waited for; the coordinators keep their task.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, select

from bot.chat.actions import Action, Reply
from bot.chat.content import Block, Button, Buttons, layout, message, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined, Routes, WaitRoute, WaitStep
from bot.chat.sentences import Names
from bot.clock import at_local
from bot.programme import projects
from bot.programme.applications import messages, news
from bot.programme.applications.lookup import application_of
from bot.programme.applications.withdrawn import again_blocks
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.changes import Begun, Changed, StatusChanged
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks, waits
from bot.programme.notifications.opening_waits import AwaitedThing
from bot.programme.notifications.rewording import reword_task
from bot.programme.notifications.working_days import working_days_after
from bot.programme.placements import schedule, wait_sides
from bot.programme.placements.lookup import (
    lock_placement,
    milestone_of,
    placement_of,
    sides,
    who_acts,
)
from bot.programme.placements.signs_of_life import acted_since
from bot.programme.placements.wait_kinds import KICKOFF
from bot.programme.projects.wait_zones import employers_zone
from storage.tables import Milestone, Placement, Project, Submission, Wait

__all__ = ["ROUTES"]

_WORKING_DAYS: Final = 3
"""The working days after the start after which a coordinator hears."""

_LATE: Final = "late"
"""The step at which a coordinator hears."""

_LEFT: Final = 10
"""The working days after that for which it is still waited for."""

_FRIDAY: Final = 5  # of a week that begins with Monday, 1
_BUTTONS: Final = 5  # students of a task with a button each


def noun_begun(turn: Turn, begun: Begun) -> list[Action]:
    """Open the wait for the kickoff of a placement; work that is handed in ends it."""
    match begun.noun:
        case Placement() as placement:
            subject, about = schedule.subject(placement), subjects.PROJECT(placement.project_id)
            return waits.begin(turn, KICKOFF, subject, about, _due(turn, placement))
        case Submission(milestone_id=number):
            placement = placement_of(turn, milestone_of(turn, number).placement_id)
            return _end(turn, placement, "kept")
    return []


def noun_changed(turn: Turn, changed: Changed) -> list[Action]:
    """End the wait once a side has said that both talked, and follow another start."""
    placement = changed.noun
    if not isinstance(placement, Placement):
        return []
    if "talked_at" in changed.after:
        return _end(turn, placement, "kept")
    if "starts_at" in changed.after:
        return waits.move_due_of(turn, KICKOFF, schedule.subject(placement), _due(turn, placement))
    return []


def placement_moved(turn: Turn, moved: StatusChanged) -> list[Action]:
    """Wait no longer for the kickoff of a placement that is over."""
    placement = moved.noun
    return _end(turn, placement, "dropped") if isinstance(placement, Placement) else []


def _end(turn: Turn, placement: Placement, state: str) -> list[Action]:
    subject, project = schedule.subject(placement), projects.project_of(turn, placement.project_id)
    ended = waits.end(turn, KICKOFF, subject, state)
    daily_message.retract_notices(turn, subjects.KICKOFF(placement.id))
    about, task = subjects.PROJECT(project.id), keys.KICKOFF_TASK(project.id)
    if not waits.are_open(turn, KICKOFF, about):
        news.retract_news(turn, subjects.KICKOFFS(project.id))
    if late := _placements(turn, waits.through(turn, KICKOFF, about, _LATE)):
        reword_task(turn, task, message(*_task_blocks(turn, project, late)))
    else:
        tasks.close_task(turn, task)
    return ended


def _due(turn: Turn, placement: Placement) -> datetime:
    """Return by when both sides have talked (UTC): three working days after the start, or after now."""
    start = max(placement.starts_at, turn.now)
    return working_days_after(
        start, _WORKING_DAYS, employers_zone(turn, subjects.PROJECT(placement.project_id))
    )


def _placements(turn: Turn, found: Collection[str]) -> list[Placement]:
    return [placement_of(turn, number) for number in sorted(subjects.PLACEMENT.id_of(each) for each in found)]


def placement_talked_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Note that both sides have talked."""
    placement = lock_placement(turn, verbs.PLACEMENT_TALKED.read(event).placement)
    who_acts(turn, placement)
    if placement.status != "active":
        raise Declined("This placement is over, so there is no kickoff to note any more.")
    talked = [] if placement.talked_at is not None else change(turn, placement, talked_at=turn.now)
    said = text("Noted: you have talked about **{project}**.", project=sides(turn, placement).title)
    return [Reply(message(said), settles=True, keeps_others=True), *talked]


def ask(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Ask the sides that have shown no sign of life since the offer was accepted whether they have talked."""
    project = projects.project_of(turn, subjects.PROJECT.id_of(reached.about))
    found = _placements(turn, reached.subjects)
    actions: list[Action] = []
    for placement in found:
        if not acted_since(turn, placement, "student", placement.created_at):
            actions += _ask_student(turn, placement)
    silent = [each for each in found if not acted_since(turn, each, "employer", each.created_at)]
    return [*actions, *_ask_employer(turn, project, silent, reached.at)]


def _ask_student(turn: Turn, placement: Placement) -> list[Action]:
    both = sides(turn, placement)
    words = text(
        "Have you talked with **{company}** about **{project}** yet?",
        company=projects.company_name(turn, both.project),
        project=both.title,
    )
    key, about = keys.KICKOFF_ASKED(placement.id), subjects.KICKOFF(placement.id)
    return daily_message.notify(turn, both.student, key, about, words, _ways(turn, placement, "employer"))


def _ask_employer(turn: Turn, project: Project, silent: list[Placement], at: datetime) -> list[Action]:
    """Ask the employer once about all interns of a project, with a row for each of them."""
    if not silent:
        return []
    title, blocks = projects.title_part(project), list[Block]()
    if len(silent) > 1:
        blocks.append(text("Have you talked with your interns on **{project}** yet?", project=title))
    for placement in silent:
        student = sides(turn, placement).student_name
        words = text(layout("**{student}**", student=student))
        if len(silent) == 1:
            words = text(
                "Have you talked with **{student}** about **{project}** yet?", student=student, project=title
            )
        blocks += [words, _ways(turn, placement, "student")]
    key = keys.KICKOFFS_ASKED(project.id, at)
    return news.tell_employer(turn, project, key, subjects.KICKOFFS(project.id), *blocks)


def _ways(turn: Turn, placement: Placement, to: Literal["student", "employer"]) -> Buttons:
    write = messages.write_button(application_of(turn, placement.application_id), to)
    return Buttons((Button("We talked", verbs.PLACEMENT_TALKED(placement.id)), write))


def ask_coordinator(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Inform a coordinator of placements without a kickoff, and the students that they may leave."""
    project = projects.project_of(turn, subjects.PROJECT.id_of(reached.about))
    late = _placements(turn, waits.through(turn, KICKOFF, reached.about, _LATE))
    if not late:
        return []
    news.retract_news(turn, subjects.KICKOFFS(project.id))
    blocks = _task_blocks(turn, project, late)
    key, about = keys.KICKOFF_TASK(project.id), subjects.PROJECT(project.id)
    actions = tasks.open_task(turn, key, "placement.kickoff", about, *blocks)
    for placement in _placements(turn, reached.subjects):
        actions += _tell_student(turn, placement)
    return actions


def let_go(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Wait no longer for a kickoff; that no side said that it happened is no sign that it did not."""
    return [act for each in reached.subjects for act in waits.end(turn, KICKOFF, each, "settled")]


def _task_blocks(turn: Turn, project: Project, late: list[Placement]) -> list[Block]:
    """Return the task about a project's placements that have begun without a kickoff."""
    students = [sides(turn, each).student_name for each in late]
    buttons = [
        Button(layout("{student}", student=name), verbs.PLACEMENT_SHOW(each.id))
        for each, name in zip(late, students, strict=True)
    ]
    return [
        text(
            "**{project}** · {company} has begun, and no side has said that they talked: {students}. Please "
            "get in touch.",
            project=projects.title_part(project),
            company=projects.company_name(turn, project),
            students=Names(tuple(students)),
        ),
        Buttons(tuple(buttons[:_BUTTONS])),
    ]


def _tell_student(turn: Turn, placement: Placement) -> list[Action]:
    both, about = sides(turn, placement), subjects.KICKOFF(placement.id)
    daily_message.retract_notices(turn, about)
    words: list[Block] = [
        text(
            "**{project}** began on {date}, and no side has said that you talked. I am asking the "
            "coordinators. If you do not want to wait, you can end it; that is no fault of yours.",
            project=both.title,
            date=news.shown_day(turn, dates.read(placement, "starts"), both.student),
        ),
        *again_blocks(turn, both.student, placement.created_at),
        Buttons(
            (
                Button("We talked", verbs.PLACEMENT_TALKED(placement.id)),
                Button("End it early", verbs.PLACEMENT_END(placement.id)),
            )
        ),
    ]
    return daily_message.notify(turn, both.student, keys.KICKOFF_LATE(placement.id), about, *words)


def _asked_at(turn: Turn, about: str, due: datetime) -> datetime:
    """Return the morning, two working days before a coordinator hears, on which both sides are asked."""
    zone = ZoneInfo(employers_zone(turn, about))
    day, left = due.astimezone(zone).date(), _WORKING_DAYS - 1
    while left:
        day -= timedelta(days=1)
        left -= day.isoweekday() <= _FRIDAY
    return at_local(day, schedule.DAWN, zone)


def _found(turn: Turn, after: int, most: int) -> Sequence[AwaitedThing]:
    """Return placements of which it is not known that both sides talked, for an upgrade.

    Work that was handed in says that they did. What has begun has three working days from now.
    """
    known = select(Wait.id).where(
        Wait.programme_id == turn.programme_id,
        Wait.kind == KICKOFF,
        Wait.subject == subjects.PLACEMENT.begin() + cast(Placement.id, String),
    )
    handed_in = (
        select(Submission.id)
        .join(Milestone, Milestone.id == Submission.milestone_id)
        .where(Milestone.placement_id == Placement.id)
    )
    query = select(Placement).where(
        Placement.programme_id == turn.programme_id,
        Placement.status == "active",
        Placement.talked_at.is_(None),
        Placement.id > after,
        ~known.exists(),
        ~handed_in.exists(),
    )
    return [
        AwaitedThing(
            each.id,
            schedule.subject(each),
            subjects.PROJECT(each.project_id),
            each.created_at,
            _due(turn, each),
        )
        for each in turn.session.scalars(query.order_by(Placement.id).limit(most))
    ]


ROUTES: Final = Routes(
    buttons={verbs.PLACEMENT_TALKED: placement_talked_pressed},
    follows={Begun: (noun_begun,), StatusChanged: (placement_moved,), Changed: (noun_changed,)},
    waits={
        KICKOFF: WaitRoute(
            waits="student",
            owes="employer",
            steps=(
                WaitStep("ask", ask, when=_asked_at),
                WaitStep(_LATE, ask_coordinator),
                WaitStep("over", let_go, working_days=_LEFT),
            ),
            zone=employers_zone,
            found=_found,
            sides=wait_sides.KICKOFF,
        )
    },
)

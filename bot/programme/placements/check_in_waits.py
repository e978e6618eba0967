"""Waits for the answer to a check-in: owed by the side that was asked.

A side that leaves two in a row unanswered, and shows no other sign of life, is asked again, and a coordinator
is informed. An answer that does not come before the next check-in is not waited for any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.content import text
from bot.chat.routes import Routes, WaitRoute, WaitStep
from bot.programme import people, projects
from bot.programme.core import keys, subjects
from bot.programme.core.changes import StatusChanged
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, waits
from bot.programme.notifications.opening_waits import AwaitedThing, not_fired
from bot.programme.placements import check_ins, schedule, silence, wait_sides
from bot.programme.placements.lookup import placement_of, sides
from bot.programme.placements.wait_kinds import CHECK_IN, CHECK_INS
from storage.tables import CheckIn, Placement, Project, timers

__all__ = ["ROUTES", "silent"]

_TWO_DAYS: Final = int(silence.SILENCE.total_seconds()) // 3600  # in hours


def silent(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Ask a side again that left two check-ins in a row unanswered, and inform a coordinator."""
    numbers = [subjects.CHECK_IN.id_of(each) for each in reached.subjects]
    query = (
        select(CheckIn)
        .join(Placement, Placement.id == CheckIn.placement_id)
        .where(CheckIn.programme_id == turn.programme_id, CheckIn.id.in_(numbers))
        .where(Placement.status == "active")
    )
    actions: list[Action] = []
    of_projects: dict[int, Project] = {}
    for row in turn.session.scalars(query.order_by(CheckIn.placement_id, CheckIn.step)).all():
        placement = placement_of(turn, row.placement_id)
        rows = [each for each in check_ins.check_ins(turn, placement) if each.side == row.side]
        last = [each for each in rows if each.step in {row.step - 1, row.step}]
        if not silence.is_silent(turn, placement, last):
            continue
        actions += _ask_again(turn, placement, row)
        if row.side == "student":
            actions += silence.report_student(turn, placement)
        else:
            of_projects[placement.project_id] = sides(turn, placement).project
    return [*actions, *(act for each in of_projects.values() for act in silence.report_employer(turn, each))]


def _ask_again(turn: Turn, placement: Placement, row: CheckIn) -> list[Action]:
    """Ask a side that did not answer its last check-ins; an employer reads once of all interns."""
    both, side = sides(turn, placement), row.side
    lead = text(
        "You have not answered my last two questions about **{project}**. Is everything all right?",
        project=both.title,
    )
    if side == "employer":
        lead = text(
            "You have not answered my last two questions about **{student}** in **{project}**. Is everything "
            "all right?",
            student=both.student_name,
            project=both.title,
        )
    person = both.student if side == "student" else both.employer
    if person is None:
        return []
    key, buttons = (
        keys.SILENT(placement.id, row.step, side),
        check_ins.answer_buttons(turn, placement, row.step, side),
    )
    return daily_message.notify(turn, person, key, schedule.subject(placement), lead, buttons)


def placement_moved(turn: Turn, moved: StatusChanged) -> list[Action]:
    """Leave a placement that is over out of what coordinators read of its silent employer."""
    if isinstance(moved.noun, Placement):
        silence.recount(turn, sides(turn, moved.noun).project)
    return []


def let_go(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Wait no longer for an answer that did not come before the next check-in."""
    return [
        act
        for kind in (CHECK_IN, CHECK_INS)
        for each in reached.subjects
        for act in waits.end(turn, kind, each, "settled")
    ]


def _zone(turn: Turn, about: str) -> str:
    return people.zone_of(turn, sides(turn, placement_of(turn, subjects.PLACEMENT.id_of(about))).student)


def _found(turn: Turn, after: int, most: int) -> list[AwaitedThing]:
    """Return check-ins without an answer, for an upgrade; silence that was noticed is not noticed again."""
    query = (
        select(CheckIn, Placement)
        .join(Placement, Placement.id == CheckIn.placement_id)
        .where(
            CheckIn.programme_id == turn.programme_id,
            CheckIn.answered_at.is_(None),
            CheckIn.id > after,
            Placement.status == "active",
        )
        .order_by(CheckIn.id)
        .limit(most)
    )
    found = turn.session.execute(query).all()
    asked = [keys.SILENCE(placement.id, row.step) for row, placement in found]
    kept = select(timers.c.key).where(not_fired(turn), timers.c.key.in_(asked))
    pending = set(turn.connection.scalars(kept))
    return [
        AwaitedThing(
            row.id,
            subjects.CHECK_IN(row.id),
            schedule.subject(placement),
            row.asked_at,
            check_ins.answered_by(turn, placement, row),
            step=int(keys.SILENCE(placement.id, row.step) not in pending),
        )
        for row, placement in found
    ]


def _employers_zone(turn: Turn, about: str) -> str:
    employer = projects.employer_of(turn, projects.project_of(turn, subjects.PROJECT.id_of(about)))
    return people.zone_of(turn, employer) if employer else turn.programme.zone


def _none_found(_turn: Turn, _after: int, _most: int) -> Sequence[AwaitedThing]:
    """Return nothing: what employers were asked before goes on as it was asked."""
    return ()


ROUTES: Final = Routes(
    timers={Timer.PLACEMENT_SILENCE: waits.replaced_due},
    follows={StatusChanged: (placement_moved,)},
    waits={
        CHECK_INS: WaitRoute(
            waits="coordinators",
            owes="employer",
            steps=(WaitStep("silent", silent, hours=_TWO_DAYS, of_since=True), WaitStep("over", let_go)),
            zone=_employers_zone,
            found=_none_found,
            sides=wait_sides.CHECK_IN,
        ),
        CHECK_IN: WaitRoute(
            waits="coordinators",
            owes="both",
            steps=(
                WaitStep("silent", silent, hours=_TWO_DAYS, of_since=True, replaces=Timer.PLACEMENT_SILENCE),
                WaitStep("over", let_go),
            ),
            zone=_zone,
            found=_found,
            sides=wait_sides.CHECK_IN,
        ),
    },
)

"""Waits for the answer to a check-in: owed by the side that was asked.

A side that leaves two in a row unanswered, and shows no other sign of life, is asked again, and a coordinator
is informed. An answer that does not come before the next check-in is not waited for any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.content import Button, Buttons, text
from bot.chat.routes import Routes, WaitRoute, WaitStep
from bot.programme import people
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks, waits
from bot.programme.notifications.opening_waits import AwaitedThing
from bot.programme.placements import check_ins, schedule
from bot.programme.placements.lookup import placement_of, sides
from bot.programme.placements.signs_of_life import acted_since
from bot.programme.placements.wait_kinds import CHECK_IN
from storage.tables import CheckIn, Placement, timers

__all__ = ["ROUTES", "silent"]

_TWO_DAYS: Final = int(check_ins.SILENCE.total_seconds()) // 3600  # in hours


def silent(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Ask a side again that left two check-ins in a row unanswered, and inform a coordinator."""
    placement = placement_of(turn, subjects.PLACEMENT.id_of(reached.about))
    if placement.status != "active":
        return []
    rows = check_ins.check_ins(turn, placement)
    actions: list[Action] = []
    for row in rows:
        if subjects.CHECK_IN(row.id) not in reached.subjects:
            continue
        last = [c for c in rows if c.side == row.side and c.step in {row.step - 1, row.step}]
        if len(last) > 1 and not any(c.answered_at for c in last):
            actions += _ask_again(turn, placement, last)
    return actions


def _ask_again(turn: Turn, placement: Placement, last: Sequence[CheckIn]) -> list[Action]:
    """Ask a side that did not answer its last check-ins, unless it shows that it is there."""
    both, side, step = sides(turn, placement), last[-1].side, last[-1].step
    person = both.student if side == "student" else both.employer
    if person is None or people.is_unreachable(turn, person):  # a person who was not asked is not silent
        return []
    if acted_since(turn, placement, side, last[0].asked_at):
        return []
    lead = text(
        "You have not answered my last two questions about **{project}**. Is everything all right?",
        project=both.title,
    )
    missed = (
        "**{person}** (student) has not answered two check-ins in a row on **{project}**. Please get in "
        "touch."
    )
    if side == "employer":
        lead = text(
            "You have not answered my last two questions about **{student}** in **{project}**. Is everything "
            "all right?",
            student=both.student_name,
            project=both.title,
        )
        missed = (
            "**{person}** (employer) has not answered two check-ins in a row on **{project}**. Please get in "
            "touch."
        )
    key, subject = keys.SILENT(placement.id, step, side), schedule.subject(placement)
    buttons = check_ins.answer_buttons(turn, placement, step, side)
    return [
        *daily_message.notify(turn, person, key, subject, lead, buttons),
        *tasks.open_task(
            turn,
            keys.SILENT_TASK(placement.id, side),
            Timer.PLACEMENT_SILENCE,
            subject,
            text(missed, person=people.person_name(person, mention=True), project=both.title),
            Buttons((Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),)),
        ),
    ]


def let_go(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Wait no longer for an answer that did not come before the next check-in."""
    return [act for each in reached.subjects for act in waits.end(turn, CHECK_IN, each, "settled")]


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
    kept = select(timers.c.key).where(
        timers.c.programme_id == turn.programme_id, timers.c.key.in_(asked), timers.c.state == "pending"
    )
    pending = set(turn.connection.scalars(kept))
    return [
        AwaitedThing(
            row.id,
            subjects.CHECK_IN(row.id),
            schedule.subject(placement),
            row.asked_at,
            check_ins.answered_by(turn, placement, row),
            through=keys.SILENCE(placement.id, row.step) not in pending,
        )
        for row, placement in found
    ]


ROUTES: Final = Routes(
    timers={Timer.PLACEMENT_SILENCE: waits.replaced_due},
    waits={
        CHECK_IN: WaitRoute(
            waits="coordinators",
            owes="both",
            steps=(
                WaitStep("silent", silent, hours=_TWO_DAYS, of_since=True, replaces=Timer.PLACEMENT_SILENCE),
                WaitStep("over", let_go),
            ),
            zone=_zone,
            found=_found,
        )
    },
)

"""Earlier dates: the student is asked about less time than agreed, and without an answer the date stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from msgspec import Struct

from bot.chat.actions import Action, Post, Reply, SetTimer
from bot.chat.content import Button, Buttons, message, text
from bot.chat.events import TimerFired
from bot.chat.local_day import When, ends_at
from bot.programme import people, projects
from bot.programme.applications import news
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.people import open_cases
from bot.programme.placements import late_messages
from bot.programme.placements.lookup import is_done, milestone_of, placement_of, sides, title_of
from storage.tables import Milestone, Placement

__all__ = ["ask", "earlier_due"]

_LOOK_AGAIN: Final = timedelta(days=1)
"""The time after which it is looked whether a case is over in which the student is not asked."""


class _Wanted(Struct, frozen=True):
    """The payload of the timer of a question that waits: the earlier date, as `dates.stamp` writes it."""

    due: str


def ask(turn: Turn, placement: Placement, milestone: Milestone, due: When, why: str) -> list[Action]:
    """Ask the student about an earlier date; while a case is open they are asked after it."""
    said = text(
        "That is earlier than you agreed, so I am asking **{student}**. Until there is a yes, the date "
        "stays.",
        student=sides(turn, placement).student_name,
    )
    reply = Reply(message(said), settles=True, keeps_others=True)
    if open_cases.is_open(turn, placement.application_id):
        return [reply, _later(turn, milestone, dates.stamp(due))]
    return [reply, _question(turn, placement, milestone, due, why)]


def earlier_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Ask the student what was not asked in a case, unless it is still open or the date can move no more."""
    wanted = event.read(_Wanted).due
    milestone = milestone_of(turn, subjects.DATE.parse(event.subject).milestone)
    placement = placement_of(turn, milestone.placement_id)
    if open_cases.is_open(turn, placement.application_id):
        return [_later(turn, milestone, wanted)]
    due = dates.of_stamp(wanted, people.zone_of(turn, sides(turn, placement).student))
    over = placement.status != "active" or is_done(milestone)
    if due is None or over or not turn.now < ends_at(due) < milestone.due_at:
        return []
    return [_question(turn, placement, milestone, due, "")]


def _later(turn: Turn, milestone: Milestone, wanted: str) -> SetTimer:
    return SetTimer(
        keys.EARLIER_TIMER(milestone.id, wanted, turn.source),
        turn.now + _LOOK_AGAIN,
        Timer.MILESTONE_EARLIER,
        subjects.DATE(milestone.id),
        _Wanted(wanted),
    )


def _question(turn: Turn, placement: Placement, milestone: Milestone, due: When, why: str) -> Post:
    both = sides(turn, placement)
    stamp = dates.stamp(due)
    words = text(
        "{company} would like to have **{deliverable}** in **{project}** earlier: by {date} instead of "
        "{before}. Unless you agree, the date stays.",
        company=projects.company_name(turn, both.project),
        deliverable=title_of(milestone),
        project=both.title,
        date=news.shown_date(turn, due, both.student),
        before=news.shown_date(turn, dates.read(milestone, "due"), both.student),
    )
    ways = Buttons(
        (
            Button("Agree", verbs.DATE_EARLIER(milestone.id, stamp)),
            Button("Keep the date", verbs.DATE_STAYS(milestone.id, stamp)),
        )
    )
    reason = text("The reason: {reason}", reason=why) if why else None
    return Post(
        people.address(turn, both.student),
        message(words, reason, ways),
        # The same date can be asked for again after a no.
        keys.EARLIER(milestone.id, stamp, turn.source),
        deadline=ends_at(due),
        kind=late_messages.DATE,
        subject=late_messages.date_of(milestone, due),
        writer=turn.person_id if why else None,
    )

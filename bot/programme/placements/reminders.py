"""Reminders of a placement's dates for the student, and messages to all when a date has passed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.chat.actions import Action
from bot.chat.content import Block, Button, Buttons, layout, message, note, text
from bot.chat.local_day import Day, When
from bot.programme.applications import news
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, moved_days, tasks, waits
from bot.programme.notifications.rewording import reword_notices
from bot.programme.placements import not_handed_in, schedule
from bot.programme.placements.lookup import milestones, placement_of, sides, title_of
from storage.tables import Milestone, Placement

__all__ = [
    "DAYS_BEFORE",
    "ask_coordinator",
    "date_passed",
    "last_call",
    "move_date_news",
    "remind",
    "retract_date_news",
]

DAYS_BEFORE: Final = {"week": 7, "day": 1}
"""The days before a date on whose mornings the student is reminded, by the steps of the wait."""


def remind(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Remind the student in the next daily message, the morning a week or a day before a date."""
    days = DAYS_BEFORE[reached.step]
    actions: list[Action] = []
    for placement, due, left in _due(turn, reached):
        actions += _remind(turn, keys.REMINDER_NEWS(placement.id, due, days), placement, due, left)
    return actions


def last_call(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Remind the student three hours before a date, or before quiet hours that last past the date.

    Reminders of several dates at the same time are a single message.
    """
    actions: list[Action] = []
    for placement, due, left in _due(turn, reached):
        actions += _remind(turn, keys.LAST_CALL_NEWS(placement.id, due), placement, due, left, soon=True)
    return actions


def _remind(
    turn: Turn, key: str, placement: Placement, due: datetime, left: list[Milestone], *, soon: bool = False
) -> list[Action]:
    student, subject = sides(turn, placement).student, _about(placement, due)
    blocks = _blocks(turn, key, placement, left)
    return daily_message.notify(turn, student, key, subject, *blocks, useful_until=due, soon=soon)


def _blocks(turn: Turn, key: str, placement: Placement, left: list[Milestone]) -> list[Block]:
    """Return what a piece of news about a date says, by its key, of the deliverables that are open for it."""
    match keys.head_of(key):
        case Timer.PLACEMENT_REMINDER:
            return _reminder(turn, placement, left)
        case Timer.PLACEMENT_LAST_CALL:
            last = note("If you cannot make it, say so now: moving a date is fine, silence is not.")
            return [*_reminder(turn, placement, left), last]
        case _ if keys.OVERDUE_OF.parse(key).to == "student":
            return _missed(turn, placement, left)
        case _:
            return _missed_by(turn, placement, left)


def date_passed(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Inform both sides of a date that has passed without the work."""
    actions: list[Action] = []
    for placement, due, left in _due(turn, reached):
        actions += _tell_student(turn, placement, due, left)
        actions += _tell_employer(turn, placement, due, left)
    return actions


def ask_coordinator(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Inform a coordinator, a day after both sides, of a date that has passed without the work."""
    found = _due(turn, reached)
    return [act for placement, due, left in found for act in _tell_coordinator(turn, placement, due, left)]


def _tell_student(turn: Turn, placement: Placement, due: datetime, left: list[Milestone]) -> list[Action]:
    key, subject = keys.OVERDUE_OF(placement.id, due, "student"), _about(placement, due)
    blocks = _blocks(turn, key, placement, left)
    return daily_message.notify(turn, sides(turn, placement).student, key, subject, *blocks)


def _missed(turn: Turn, placement: Placement, left: list[Milestone]) -> list[Block]:
    both = sides(turn, placement)
    return [
        text(
            "The date for **{project}** has passed: {date}.",
            project=both.title,
            date=news.shown_date(turn, _said(left), both.student),
        ),
        *_titles(left),
        text("Hand in what you have, or ask for another date."),
        not_handed_in.rule(turn, left[0].due_at, both.student),
        Buttons(
            (
                Button("Hand in", verbs.PLACEMENT_HAND_IN(placement.id), style="primary"),
                Button("Ask for another date", verbs.PLACEMENT_DATE(placement.id)),
            )
        ),
    ]


def _tell_employer(turn: Turn, placement: Placement, due: datetime, left: list[Milestone]) -> list[Action]:
    key, subject = keys.OVERDUE_OF(placement.id, due, "employer"), _about(placement, due)
    blocks = _blocks(turn, key, placement, left)
    return news.tell_employer(turn, sides(turn, placement).project, key, subject, *blocks)


def _missed_by(turn: Turn, placement: Placement, left: list[Milestone]) -> list[Block]:
    both = sides(turn, placement)
    lead = text(
        "**{student}** has not handed in all of **{project}**, which was due by {date}.",
        student=both.student_name,
        project=both.title,
        date=news.shown_date(turn, _said(left), both.employer),
    )
    see = Button("See the placement", verbs.PLACEMENT_SHOW(placement.id), style="primary")
    return [lead, *_titles(left), not_handed_in.rule(turn, left[0].due_at, both.employer), Buttons((see,))]


def _tell_coordinator(turn: Turn, placement: Placement, due: datetime, left: list[Milestone]) -> list[Action]:
    both = sides(turn, placement)
    return tasks.open_task(
        turn,
        _overdue(placement, due),
        Timer.PLACEMENT_OVERDUE,
        schedule.subject(placement),
        text(
            "**{student}** is late with **{project}**: not all that was due by {date} is handed in, and no "
            "other date is agreed.",
            student=both.student_name,
            project=both.title,
            date=news.shown_date(turn, _said(left), None),
        ),
        Buttons((Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),)),
    )


def retract_date_news(turn: Turn, placement: Placement, due: datetime) -> None:
    """Settle the news of a date after work came in or the date moved: it names what is still open for it."""
    if placement.status == "active" and (left := _open_for(turn, placement, due)):
        about = _about(placement, due)
        reword_notices(turn, about, lambda key: message(*_blocks(turn, key, placement, left)))
        project = sides(turn, placement).project
        news.reword_for_employer(turn, project, about, *_missed_by(turn, placement, left))
        return
    news.retract_news(turn, _about(placement, due))
    tasks.close_task(turn, _overdue(placement, due))


def move_date_news(turn: Turn, placement: Placement, moved: Mapping[datetime, datetime]) -> None:
    """Let news of dates that wait to be read follow their days to where those end now."""
    for before, after in moved.items():
        moved_days.move_subject(turn, _about(placement, before), _about(placement, after))


def _about(placement: Placement, due: datetime) -> str:
    """Return the subject by which the news of a date is found."""
    return subjects.DUE(placement.id, due)


def _overdue(placement: Placement, due: datetime) -> str:
    return keys.OVERDUE_TASK(placement.id, due)


def _open_for(turn: Turn, placement: Placement, due: datetime) -> list[Milestone]:
    return [m for m in milestones(turn, placement) if m.status == "open" and m.due_at == due]


def _due(turn: Turn, reached: waits.Reached) -> list[tuple[Placement, datetime, list[Milestone]]]:
    """Return the dates that have come to a step, each with the deliverables that are still open for it."""
    placement = placement_of(turn, subjects.PLACEMENT.id_of(reached.about))
    if placement.status != "active":
        return []
    came = set(reached.subjects)
    ours = [each for each in milestones(turn, placement) if subjects.MILESTONE(each.id) in came]
    found = [(due, _open_for(turn, placement, due)) for due in sorted({each.due_at for each in ours})]
    return [(placement, due, left) for due, left in found if left]


def _reminder(turn: Turn, placement: Placement, left: list[Milestone]) -> list[Block]:
    both = sides(turn, placement)
    return [
        text(
            "**{project}** is due by {date}.",
            project=both.title,
            date=news.shown_date(turn, _said(left), both.student),
        ),
        *_titles(left),
        Buttons(
            (
                Button("Hand in", verbs.PLACEMENT_HAND_IN(placement.id), style="primary"),
                Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),
            )
        ),
    ]


def _said(left: list[Milestone]) -> When:
    """Return the date for which these milestones are open, a Day where it is for any of them."""
    given = [dates.read(each, "due") for each in left]
    return next((each for each in given if isinstance(each, Day)), given[0])


def _titles(left: list[Milestone]) -> list[Block]:
    return [text(layout("- {deliverable}", deliverable=title_of(milestone))) for milestone in left]

"""Answers to handed-in work: it is accepted, or sent back with what should change."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from bot.chat.actions import Action, OpenForm, Post, Reply
from bot.chat.content import Button, Buttons, message, say, text
from bot.chat.events import ButtonPressed
from bot.chat.forms import Ask, Form, form_of
from bot.chat.local_day import Day, ends_at
from bot.chat.routes import Completed, Declined
from bot.programme import people
from bot.programme.applications import news
from bot.programme.applications.news import retract_news
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.lifecycle import change, move
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.placements import late_messages, schedule
from bot.programme.placements.closing import complete
from bot.programme.placements.deliverables import review_reminders
from bot.programme.placements.deliverables.submissions import (
    TITLE,
    handed_in_short,
    in_short,
    uncovered,
    with_notice,
)
from bot.programme.placements.early_fee import reviewed_blocks
from bot.programme.placements.lookup import (
    is_done,
    latest,
    lock_placement,
    milestone_of,
    milestones,
    must_not_be_paused,
    placement_of,
    sides,
    title_of,
    unwanted_words,
    who_acts,
)
from storage.tables import Milestone, Person, Placement, Submission

__all__ = ["accept", "changes_form", "changes_submitted", "milestone_changes_pressed"]

_TIME_FOR_CHANGES: Final = timedelta(days=3)
"""The least time a student has for changes, whatever the date was."""


_ROUNDS: Final = 2
"""How many times changes are asked for before a coordinator is informed."""


class Changes(BaseModel):
    """The form of what an employer asks to be changed."""

    feedback: Annotated[
        str,
        Field(min_length=5, max_length=2000),
        Ask("What should change, and what is good already?", "What should change", "long"),
    ]


def _to_decide(
    turn: Turn, milestone_id: int | str, *, lock: bool = True
) -> tuple[Placement, Milestone, Submission]:
    """Return a handed-in milestone for a person who may decide on it.

    A form is made without a lock, as help names drafts where nothing can be locked.

    Raises:
        Declined: the work is not theirs to decide on, or nothing is handed in.
    """
    number = milestone_of(turn, milestone_id).placement_id
    placement = lock_placement(turn, number) if lock else placement_of(turn, number)
    milestone = milestone_of(turn, milestone_id, lock=lock)
    if who_acts(turn, placement) == "student":
        raise Declined("The employer decides whether the work is accepted.")
    must_not_be_paused(turn, placement)
    submission = latest(turn, milestone)
    waits_for_it = milestone.status == "handed_in" or review_reminders.is_reviewable(turn, submission)
    if not waits_for_it or submission is None:
        raise Declined("There is nothing to decide here now. `/placement` shows the work as it is now.")
    return placement, milestone, submission


def _must_wait(placement: Placement, milestone: Milestone) -> None:
    if placement.status != "active":
        raise Declined(
            "The placement is over, so no changes can be asked for any more. You can still accept the work."
        )
    if milestone.status == "settled":
        raise Declined(
            "This work is settled, since no answer came in time, so no changes can be asked for any more. "
            "You can still accept it, or write to the student."
        )


def _decided(turn: Turn, milestone: Milestone) -> None:
    """Close the requests for an answer to work that has its answer."""
    retract_news(turn, subjects.MILESTONE(milestone.id))
    tasks.close_task(turn, keys.REVIEW_TASK(milestone.id))
    tasks.close_task(turn, keys.CHANGES_TASK(milestone.id))


def accept(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Accept a deliverable for the employer; after the last deliverable complete the placement."""
    placement, milestone, submission = _to_decide(turn, verbs.MILESTONE_ACCEPT.read(event).milestone)
    if not review_reminders.has_seen(event, submission):
        return [_newer(placement, milestone, submission)]
    counted = milestone.status == "settled"
    moved = [*move(turn, submission, "accepted"), *move(turn, milestone, "accepted")]
    _decided(turn, milestone)
    both, counts = sides(turn, placement), [] if counted else reviewed_blocks(turn, placement)
    said = Reply(
        message(text("Accepted: **{deliverable}**.", deliverable=title_of(milestone)), *counts), settles=True
    )
    if placement.status == "active" and all(is_done(m) for m in milestones(turn, placement)):
        return [said, *moved, *complete(turn, placement)]
    told = Post(
        people.address(turn, both.student),
        message(
            text(
                "Your work was accepted: **{deliverable}** in **{project}**.",
                deliverable=title_of(milestone),
                project=both.title,
            ),
            *counts,
        ),
        keys.ACCEPTED(milestone.id),
        kind=late_messages.WORK,
        subject=late_messages.work_of(turn, milestone),
    )
    goes_on = schedule.schedule(turn, placement) if placement.status == "active" else []
    return [said, *moved, told, *goes_on]


def milestone_changes_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the employer what should change."""
    placement, milestone, submission = _to_decide(turn, verbs.MILESTONE_CHANGES.read(event).milestone)
    _must_wait(placement, milestone)
    if not review_reminders.has_seen(event, submission):
        return [_newer(placement, milestone, submission)]
    return [OpenForm("changes", str(milestone.id))]


def _newer(placement: Placement, milestone: Milestone, submission: Submission) -> Reply:
    """Return the newest version with its question: a version that was not read cannot be decided on."""
    said = text(
        "There is a newer version of **{deliverable}** by now, so nothing is decided yet. This is version "
        "{version}:",
        deliverable=title_of(milestone),
        version=submission.version,
    )
    words = handed_in_short(placement, submission)
    return Reply(message(said, *words, review_reminders.deciding(submission)), settles=True)


def changes_form(turn: Turn, subject: str) -> Form:
    """Return the form of what should change about the work of a milestone."""
    placement, milestone, _ = _to_decide(turn, subject, lock=False)
    _must_wait(placement, milestone)
    title = say("Changes: {deliverable}", deliverable=title_of(milestone, most=TITLE))
    form = form_of(Changes, form_id="changes", title=title, submit="Ask for changes")
    return with_notice(turn, placement, form)


def _days_ahead(turn: Turn, student: Person) -> Day:
    """Return a day of the student's that leaves time for changes."""
    zone = people.zone_of(turn, student)
    return Day(turn.now.astimezone(ZoneInfo(zone)).date() + _TIME_FOR_CHANGES, zone)


def changes_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Send the work back to the student with what should change, and with some days for it."""
    placement, milestone, submission = _to_decide(turn, done.subject)
    _must_wait(placement, milestone)
    submission.feedback = str(done.values["feedback"])
    submission.feedback_by_id = turn.person_id
    both = sides(turn, placement)
    due = max(dates.read(milestone, "due"), _days_ahead(turn, both.student), key=ends_at)
    last = max(dates.read(placement, "due"), due, key=ends_at)
    moved = [
        *move(turn, submission, "changes"),
        *move(turn, milestone, "open"),
        *change(turn, milestone, **dates.columns("due", due)),
        *change(turn, placement, **dates.columns("due", last)),
    ]
    _decided(turn, milestone)
    until = news.shown_date(turn, due, turn.person)
    said = text("The new version is due by {date}.", date=until)
    heard = daily_message.when_read(turn, [both.student])
    told = _ask_for_changes(turn, placement, milestone, submission)
    again = _tell_coordinator(turn, placement, milestone)
    return [
        Reply(message(said, heard), settles=True),
        *moved,
        told,
        *schedule.schedule(turn, placement),
        *again,
    ]


def _tell_coordinator(turn: Turn, placement: Placement, milestone: Milestone) -> list[Action]:
    """Inform a coordinator of a deliverable for which changes are asked again and again."""
    both, asked = sides(turn, placement), _rounds(turn, milestone)
    if asked < _ROUNDS:
        return []
    return tasks.open_task(
        turn,
        keys.CHANGES_TASK(milestone.id),
        "placement.changes",
        subjects.PLACEMENT(placement.id),
        text(
            "The employer asks again for changes of **{deliverable}** of **{student}** in **{project}** "
            "(times so far: {number}). Please see with both sides whether that is still what was agreed.",
            deliverable=title_of(milestone),
            project=both.title,
            student=both.student_name,
            number=asked,
        ),
        Buttons((Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),)),
    )


def _rounds(turn: Turn, milestone: Milestone) -> int:
    """Return how many times changes of a deliverable were asked for."""
    query = select(func.count()).where(
        Submission.programme_id == turn.programme_id,
        Submission.milestone_id == milestone.id,
        Submission.status == "changes",
    )
    return int(turn.session.scalar(query) or 0)


def _ask_for_changes(turn: Turn, placement: Placement, milestone: Milestone, submission: Submission) -> Post:
    both, unwanted = sides(turn, placement), unwanted_words(turn, placement)
    until = news.shown_date(turn, dates.read(milestone, "due"), both.student)
    words = message(
        text(
            "Changes are asked for **{deliverable}** in **{project}**."
            if unwanted
            else "Changes are asked for **{deliverable}** in **{project}**:",
            deliverable=title_of(milestone),
            project=both.title,
        ),
        *(uncovered(placement) if unwanted else in_short(placement, submission.feedback)),
        text("The new version is due by {date}.", date=until),
        Buttons(
            (
                Button("Hand in again", verbs.MILESTONE_HAND_IN(milestone.id), style="primary"),
                Button("Ask for another date", verbs.MILESTONE_DATE(milestone.id)),
            )
        ),
    )
    key, about = keys.CHANGES(milestone.id, submission.version), late_messages.work_of(turn, milestone)
    to = people.address(turn, both.student)
    return Post(to, words, key, kind=late_messages.WORK, subject=about)

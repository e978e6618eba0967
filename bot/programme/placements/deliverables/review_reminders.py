"""Review reminders: handed-in work that waits is brought to the employer again, then to a coordinator."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from msgspec import Struct

from bot.chat.actions import Action, SetTimer
from bot.chat.content import Button, Buttons, text
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.numbers import whole_number
from bot.programme import projects
from bot.programme.applications import messages
from bot.programme.applications.lookup import application_of
from bot.programme.applications.news import retract_news, tell_employer
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.placements import schedule
from bot.programme.placements.lookup import latest, milestone_of, placement_of, sides, title_of
from storage.tables import Milestone, Placement, Submission

__all__ = ["deciding", "has_seen", "on_card", "placement_review_due", "wait_for_word"]

_REVIEW_TIME: Final = timedelta(days=3)
"""How long handed-in work waits before the employer is asked again, and after that before a coordinator is
informed.
"""


class _Handed(Struct, frozen=True):
    """The payload of a review's timer: a version of the work, and how often the employer was asked."""

    milestone: int
    version: int
    asked: int


def deciding(work: Submission, *, card: bool = False) -> Buttons:
    """Return the buttons that accept this version of the work or ask for changes.

    `card`: the buttons are on the card of the placement.
    """
    accept = (work.milestone_id, "card", work.version) if card else (work.milestone_id, work.version)
    changes = verbs.MILESTONE_CHANGES(work.milestone_id, work.version)
    return Buttons(
        (
            Button("Accept", verbs.MILESTONE_ACCEPT(*accept), style="primary"),
            Button("Ask for changes", changes),
        )
    )


def on_card(event: ButtonPressed) -> bool:
    """Return whether a pressed button that decides on work is on the placement's card."""
    return "card" in verbs.MILESTONE_ACCEPT.read(event).version


def has_seen(event: ButtonPressed, newest: Submission) -> bool:
    """Return whether the pressed button is under the newest version of the work.

    A button from before versions were named in it counts as newest.
    """
    named = verbs.MILESTONE_ACCEPT.read(event).version
    last = whole_number(named[-1]) if named else None
    return last is None or last >= newest.version


def wait_for_word(turn: Turn, placement: Placement, milestone: Milestone, version: int) -> SetTimer:
    """Return the timer that checks whether this version has been answered."""
    return _timer(turn, placement, milestone, version, asked=0)


def _timer(turn: Turn, placement: Placement, milestone: Milestone, version: int, asked: int) -> SetTimer:
    return SetTimer(
        key=keys.REVIEW_TIMER(milestone.id, version, asked),
        due_at=turn.now + _REVIEW_TIME,
        kind=Timer.PLACEMENT_REVIEW,
        subject=schedule.subject(placement),
        payload=_Handed(milestone.id, version, asked),
    )


def placement_review_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Ask the employer again about work that still waits; the second time open a coordinator's task."""
    placement = placement_of(turn, subjects.PLACEMENT.id_of(event.subject))
    handed = event.read(_Handed)
    milestone = milestone_of(turn, handed.milestone)
    newest = latest(turn, milestone)
    waits = placement.status == "active" and milestone.status == "handed_in"
    if not waits or newest is None or newest.version != handed.version:
        return []
    both = sides(turn, placement)
    if handed.asked or both.employer is None:
        item = tasks.open_task(
            turn,
            keys.REVIEW_TASK(milestone.id),
            Timer.PLACEMENT_REVIEW,
            schedule.subject(placement),
            text(
                "**{deliverable}** of **{student}** in **{project}** was handed in, and the employer has "
                "not answered. Please get in touch.",
                deliverable=title_of(milestone),
                student=both.student_name,
                project=both.title,
            ),
            Buttons((Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),)),
        )
        return [*item, *_tell_student(turn, placement, milestone, newest)]
    subject = subjects.MILESTONE(milestone.id)
    retract_news(turn, subject)
    words = text(
        "**{deliverable}** of **{student}** in **{project}** waits for your review: accept it, or say what "
        "should change.",
        deliverable=title_of(milestone),
        student=both.student_name,
        project=both.title,
    )
    key = keys.REVIEW(milestone.id, handed.version)
    again = tell_employer(turn, both.project, key, subject, words, deciding(newest), part="reviewer")
    return [*again, _timer(turn, placement, milestone, handed.version, asked=1)]


def _tell_student(turn: Turn, placement: Placement, milestone: Milestone, work: Submission) -> list[Action]:
    """Inform the student that the wait is not their fault: the work is in, and who looks after it."""
    both = sides(turn, placement)
    application = application_of(turn, placement.application_id)
    return daily_message.notify(
        turn,
        both.student,
        keys.REVIEW_SILENCE(milestone.id, work.version),
        subjects.MILESTONE(milestone.id),
        text(
            "**{company}** has not answered about **{deliverable}** in one day. You need not wait for it: "
            "what you handed in counts as handed in, and you can go on. It has no review yet; the "
            "coordinators know, and look after it.",
            "**{company}** has not answered about **{deliverable}** in {count} days. You need not wait for "
            "it: what you handed in counts as handed in, and you can go on. It has no review yet; the "
            "coordinators know, and look after it.",
            company=projects.company_name(turn, both.project),
            deliverable=title_of(milestone),
            count=(turn.now - work.created_at).days,
        ),
        Buttons(
            (
                messages.write_button(application, "employer"),
                messages.write_button(application, "coordinators"),
            )
        ),
    )

"""Reviews of handed-in work: the employer is reminded, a coordinator too, then it is settled without one.

Silence settles, it never testifies: settled work counts as handed in, not reviewed. For a while it can still
be accepted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.chat.actions import Action, Reply
from bot.chat.content import Button, Buttons, Moment, PersonName, Plain, Sentence, Text, text
from bot.chat.events import ButtonPressed
from bot.chat.numbers import whole_number
from bot.chat.sentences import ShownDay
from bot.programme import people, projects
from bot.programme.applications import messages, offer_time
from bot.programme.applications.lookup import application_of
from bot.programme.applications.news import retract_news, shown_day, tell_employer
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.lifecycle import move
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks, waits
from bot.programme.people import evidence
from bot.programme.placements import schedule
from bot.programme.placements.closing import complete
from bot.programme.placements.early_fee import reviewed_blocks
from bot.programme.placements.lookup import (
    Sides,
    answered_on,
    is_done,
    latest,
    lock_placement,
    milestone_of,
    milestones,
    placement_of,
    sides,
    title_of,
)
from bot.programme.placements.wait_kinds import REVIEW
from storage.tables import Milestone, Placement, Submission

__all__ = [
    "deciding",
    "due_of",
    "has_seen",
    "is_reviewable",
    "on_card",
    "remind",
    "remind_again",
    "settle",
]

_LAST: Final = timedelta(days=3)
"""The time that the last deliverable has more."""

_REVIEWABLE: Final = timedelta(days=30)
"""The time after its settlement in which work can still be accepted."""

_A_DAY: Final = timedelta(days=1)

_LONGEST: Final = timedelta(days=30)
"""The time that work waits longer where the employer's side is not there, or cannot be reached."""


def due_of(turn: Turn, placement: Placement, milestone: Milestone) -> datetime:
    """Return by when an answer to work is owed that is handed in now (UTC), outside the employer's night."""
    last = max(milestones(turn, placement), key=lambda each: (each.due_at, each.position))
    more = _LAST if last.id == milestone.id else timedelta(0)
    due = turn.now + timedelta(days=turn.programme.review_days) + more
    employer = sides(turn, placement).employer
    return due if employer is None else offer_time.awake(turn, employer, due)


def is_reviewable(turn: Turn, work: Submission | None) -> bool:
    """Tell whether settled work can still be accepted."""
    settled = None if work is None else work.settled_at
    return (
        settled is not None
        and work is not None
        and work.status == "settled"
        and turn.now < settled + _REVIEWABLE
    )


def deciding(work: Submission, *, card: bool = False, late: bool = False) -> Buttons:
    """Return the buttons that accept this version of the work or ask for changes.

    `card`: the buttons are on the card of the placement. `late`: it is settled, so it can only be accepted.
    """
    accept = (work.milestone_id, "card", work.version) if card else (work.milestone_id, work.version)
    yes = Button("Accept", verbs.MILESTONE_ACCEPT(*accept), style="primary")
    changes = verbs.MILESTONE_CHANGES(work.milestone_id, work.version)
    return Buttons((yes,) if late else (yes, Button("Ask for changes", changes)))


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


def remind(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Remind the employer of work that waits for an answer."""
    actions: list[Action] = []
    for placement, milestone, work in _waiting(turn, reached):
        actions += _ask_again(turn, placement, milestone, work, keys.REVIEW(milestone.id, work.version))
    return actions


def remind_again(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Remind the employer once more, and inform a coordinator."""
    actions: list[Action] = []
    for placement, milestone, work in _waiting(turn, reached):
        key = keys.REVIEW_AGAIN(milestone.id, work.version)
        actions += _ask_again(turn, placement, milestone, work, key, last=True)
        actions += _open_task(turn, placement, milestone)
    return actions


def _waiting(turn: Turn, reached: waits.Reached) -> list[tuple[Placement, Milestone, Submission]]:
    """Return the work that has come to a step, but for what a report is open about: no clock runs there."""
    placement = placement_of(turn, subjects.PLACEMENT.id_of(reached.about))
    if evidence.is_held(turn, placement.application_id):
        return []
    found = [milestone_of(turn, subjects.MILESTONE.id_of(each)) for each in reached.subjects]
    handed = [(placement, each, latest(turn, each)) for each in found if each.status == "handed_in"]
    return [(its, each, work) for its, each, work in handed if work is not None]


def _ask_again(
    turn: Turn, placement: Placement, milestone: Milestone, work: Submission, key: str, *, last: bool = False
) -> list[Action]:
    both, subject = sides(turn, placement), subjects.MILESTONE(milestone.id)
    wait = waits.standing(turn, REVIEW, subject)
    retract_news(turn, subject)
    due = answered_on(turn, placement, wait.due_at if wait is not None else turn.now, both.employer)
    named = (title_of(milestone), both.student_name, both.title)
    words = _asked_last(*named, due) if last else _asked(*named, due)
    ways = deciding(work, late=placement.status != "active")
    return tell_employer(turn, both.project, key, subject, words, ways, part="reviewer")


def _asked(
    deliverable: Plain | Sentence, student: PersonName, project: Plain, due: ShownDay | Moment
) -> Text:
    return text(
        "**{deliverable}** of **{student}** in **{project}** waits for your review: accept it, or say what "
        "should change. Without an answer it is settled on {when}, and counts as not reviewed.",
        deliverable=deliverable,
        student=student,
        project=project,
        when=due,
    )


def _asked_last(
    deliverable: Plain | Sentence, student: PersonName, project: Plain, due: ShownDay | Moment
) -> Text:
    return text(
        "**{deliverable}** of **{student}** in **{project}** still waits for your review, and I do not ask "
        "again. Without an answer it is settled on {when}, and counts as not reviewed.",
        deliverable=deliverable,
        student=student,
        project=project,
        when=due,
    )


def _open_task(turn: Turn, placement: Placement, milestone: Milestone) -> list[Action]:
    both = sides(turn, placement)
    return tasks.open_task(
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


def settle(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Settle work that got no answer; put off what could not be answered."""
    placement = lock_placement(turn, subjects.PLACEMENT.id_of(reached.about))
    both = sides(turn, placement)
    if evidence.is_held(turn, placement.application_id) or _may_come_back(turn, both, reached):
        put_off = turn.now + _A_DAY
        return [act for each in reached.subjects for act in waits.put_off(turn, REVIEW, each, put_off)]
    actions: list[Action] = []
    for each, milestone, work in _waiting(turn, reached):
        actions += _settle(turn, each, milestone, work)
    if placement.status == "active" and all(is_done(each) for each in milestones(turn, placement)):
        # No person acted, so no answer is given.
        actions += [act for act in complete(turn, placement) if not isinstance(act, Reply)]
    elif placement.status == "active":
        actions += schedule.schedule(turn, placement)
    for milestone in _of(turn, reached):
        newest = latest(turn, milestone)
        if newest is not None and newest.settled_at == turn.now:
            actions += _tell(turn, both, placement, milestone, newest)
    return actions


def _may_come_back(turn: Turn, both: Sides, reached: waits.Reached) -> bool:
    """Tell whether an employer who is not there, or cannot be reached, still has time to answer."""
    if both.employer is not None and not people.is_unreachable(turn, both.employer):
        return False
    began = min(row.since for row in waits.standing_of(turn, REVIEW, reached.subjects).values())
    return bool(turn.now < began + timedelta(days=turn.programme.review_days) + _LONGEST)


def _of(turn: Turn, reached: waits.Reached) -> list[Milestone]:
    return [milestone_of(turn, subjects.MILESTONE.id_of(each)) for each in reached.subjects]


def _settle(turn: Turn, placement: Placement, milestone: Milestone, work: Submission) -> list[Action]:
    work.settled_at = turn.now
    retract_news(turn, subjects.MILESTONE(milestone.id))
    tasks.close_task(turn, keys.REVIEW_TASK(milestone.id))
    del placement
    return [*move(turn, work, "settled"), *move(turn, milestone, "settled")]


def _tell(
    turn: Turn, both: Sides, placement: Placement, milestone: Milestone, work: Submission
) -> list[Action]:
    """Inform both sides that work is settled without a review, and what each can still do."""
    to_employer = tell_employer(
        turn,
        both.project,
        keys.REVIEW_SETTLED(milestone.id, work.version),
        subjects.MILESTONE(milestone.id),
        text(
            "**{deliverable}** of **{student}** in **{project}** is settled, because no answer came. You can "
            "still accept it until {when}: **{student}** would learn from it.",
            deliverable=title_of(milestone),
            student=both.student_name,
            project=both.title,
            when=shown_day(turn, turn.now + _REVIEWABLE, both.employer),
        ),
        *reviewed_blocks(turn, placement),
        deciding(work, late=True),
        part="reviewer",
    )
    return [*_tell_student(turn, both, placement, milestone, work), *to_employer]


def _tell_student(
    turn: Turn, both: Sides, placement: Placement, milestone: Milestone, work: Submission
) -> list[Action]:
    application = application_of(turn, placement.application_id)
    return daily_message.notify(
        turn,
        both.student,
        keys.REVIEW_SILENCE(milestone.id, work.version),
        subjects.DATE(milestone.id),
        text(
            "**{company}** has not answered in one day about **{deliverable}** in **{project}**. As agreed, "
            "you need not wait: it is settled. It has no review yet, and your record says so.",
            "**{company}** has not answered in {count} days about **{deliverable}** in **{project}**. As "
            "agreed, you need not wait: it is settled. It has no review yet, and your record says so.",
            project=both.title,
            company=projects.company_name(turn, both.project),
            deliverable=title_of(milestone),
            count=(turn.now - work.created_at).days,
        ),
        *reviewed_blocks(turn, placement),
        Buttons(
            (
                messages.write_button(application, "employer"),
                messages.write_button(application, "coordinators"),
            )
        ),
    )

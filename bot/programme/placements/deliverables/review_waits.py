"""Waits for the review of handed-in work: owed by the employer, said with the placement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select

from bot.chat.actions import Action
from bot.chat.routes import Routes, WaitRoute, WaitStep
from bot.programme.core import subjects
from bot.programme.core.changes import Begun, StatusChanged
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from bot.programme.notifications.opening_waits import AwaitedThing
from bot.programme.placements import wait_sides
from bot.programme.placements.deliverables import review_reminders
from bot.programme.placements.lookup import employers_zone, milestone_of, placement_of
from bot.programme.placements.wait_kinds import REVIEW
from storage.tables import Milestone, Placement, Submission

__all__ = ["ROUTES"]

_ENDS: Final = {"accepted": "kept", "open": "kept", "settled": "settled"}
"""How the wait for a review ends, by the status that the deliverable goes to; open is changes asked."""

_FIRST, _SECOND = 2, 5  # days after the work was handed in


def submission_begun(turn: Turn, change: Begun) -> list[Action]:
    """Open the wait for a review of work that is handed in; a newer version begins it again."""
    work = change.noun
    if not isinstance(work, Submission):
        return []
    milestone = milestone_of(turn, work.milestone_id)
    placement = placement_of(turn, milestone.placement_id)
    subject, about = subjects.MILESTONE(milestone.id), subjects.PLACEMENT(placement.id)
    before = waits.end(turn, REVIEW, subject, "dropped")
    due = review_reminders.due_of(turn, placement, milestone)
    return [*before, *waits.begin(turn, REVIEW, subject, about, due)]


def noun_moved(turn: Turn, change: StatusChanged) -> list[Action]:
    """End the wait for a review of work that has its answer, or is settled; an early end ends none."""
    match change.noun:
        case Milestone(id=number) if change.before == "handed_in":
            return waits.end(turn, REVIEW, subjects.MILESTONE(number), _ENDS[change.after])
        case Placement(id=number, status="ended"):
            # The timers of a placement that ends are cancelled.
            return waits.schedule(turn, REVIEW, subjects.PLACEMENT(number))
    return []


def _found(turn: Turn, after: int, most: int) -> Sequence[AwaitedThing]:
    """Return work that waits for a review, for an upgrade.

    The rule is new to both sides: whatever has waited for long, the second reminder says it first.
    """
    query = (
        select(Milestone, func.max(Submission.created_at))
        .join(Submission, Submission.milestone_id == Milestone.id)
        .where(
            Milestone.programme_id == turn.programme_id,
            Milestone.status == "handed_in",
            Milestone.id > after,
        )
        .group_by(Milestone.id)
        .order_by(Milestone.id)
        .limit(most)
    )
    newest = turn.now - timedelta(days=_SECOND) + timedelta(minutes=1)
    found = []
    for milestone, handed_in in turn.session.execute(query):
        placement = placement_of(turn, milestone.placement_id)
        since = max(handed_in, newest)
        due = review_reminders.due_of(turn, placement, milestone) - (turn.now - since)
        subject, about = subjects.MILESTONE(milestone.id), subjects.PLACEMENT(placement.id)
        found.append(AwaitedThing(milestone.id, subject, about, since, due))
    return found


_RULE: Final = WaitRoute(
    waits="student",
    owes="employer",
    steps=(
        WaitStep("first", review_reminders.remind, days=_FIRST, of_since=True),
        WaitStep("second", review_reminders.remind_again, days=_SECOND, of_since=True),
        WaitStep("settle", review_reminders.settle, replaces=Timer.PLACEMENT_REVIEW),
    ),
    zone=employers_zone,
    found=_found,
    sides=wait_sides.REVIEW,
)

ROUTES = Routes(
    follows={Begun: (submission_begun,), StatusChanged: (noun_moved,)},
    timers={Timer.PLACEMENT_REVIEW: waits.replaced_due},
    waits={REVIEW: _RULE},
)

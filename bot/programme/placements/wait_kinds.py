"""The kinds of waits of a placement, and how they end when it is over or a deliverable goes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.programme.core import subjects
from bot.programme.core.turn import Turn
from bot.programme.notifications import waits
from storage.tables import CheckIn, Milestone, Placement

__all__ = [
    "CHECK_IN",
    "CHECK_INS",
    "DATE",
    "HAND_IN",
    "KICKOFF",
    "REVIEW",
    "check_in_kind",
    "drop_of",
    "end_with",
]

HAND_IN: Final = "hand_in"
"""Work that the student is to hand in, for the first time or after changes were asked for."""

REVIEW: Final = "review"
"""An answer to work that was handed in."""

DATE: Final = "date"
"""An answer to a student who asks for another date."""

CHECK_IN: Final = "check_in"
"""A student's answer to the question how it goes; those of employers, too, that were asked earlier."""

CHECK_INS: Final = "check_ins"
"""An employer's answers to the question how the interns of a project are doing."""

KICKOFF: Final = "kickoff"
"""A first talk of both sides."""


def end_with(turn: Turn, placement: Placement) -> list[Action]:
    """End what is waited for in a placement that is over.

    Work that was handed in before an early end is reviewed or settled like any other.
    """
    about = subjects.PLACEMENT(placement.id)
    dropped = [act for kind in (HAND_IN, DATE, CHECK_IN) for act in waits.drop(turn, kind, about)]
    asked = select(CheckIn.id).where(
        CheckIn.programme_id == turn.programme_id,
        CheckIn.placement_id == placement.id,
        CheckIn.side == "employer",
        CheckIn.answered_at.is_(None),
    )
    of_employer = [subjects.CHECK_IN(number) for number in turn.session.scalars(asked)]
    return [*dropped, *(act for each in of_employer for act in waits.end(turn, CHECK_INS, each, "dropped"))]


def check_in_kind(side: str) -> str:
    """Return the kind of the wait for a side's answer to a check-in."""
    return CHECK_INS if side == "employer" else CHECK_IN


def drop_of(turn: Turn, milestone: Milestone) -> list[Action]:
    """End what is waited for of a deliverable that is not wanted any more."""
    subject = subjects.MILESTONE(milestone.id)
    return [act for kind in (HAND_IN, DATE) for act in waits.end(turn, kind, subject, "dropped")]

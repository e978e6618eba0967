"""Dates of a placement that cannot move: both sides read so, and silence moves none of them."""

from __future__ import annotations

from bot.programme.applications import terms
from bot.programme.core.turn import Turn
from storage.tables import Milestone, Placement

__all__ = ["is_fixed"]


def is_fixed(turn: Turn, placement: Placement, milestone: Milestone) -> bool:
    """Return whether the date of a deliverable cannot move by what was agreed; the end is another date."""
    part = "due" if milestone.due_at == placement.due_at else "deliverables"
    return part in (terms.terms_of(turn, placement).fixed or ())

"""The first step of a placement: after it, either side may end the work without a reason."""

from __future__ import annotations

from bot.chat.content import Text, text
from bot.programme.applications import terms
from bot.programme.core.turn import Turn
from bot.programme.placements.lookup import latest, milestones
from storage.tables import Placement

__all__ = ["needs_no_reason", "no_reason"]


def needs_no_reason(turn: Turn, placement: Placement) -> bool:
    """Return whether the work may end without a reason: work for an agreed first step was handed in."""
    agreed = {each.title for each in terms.terms_of(turn, placement).deliverables if each.first_step}
    steps = (each for each in milestones(turn, placement) if each.title in agreed)
    return any(latest(turn, each) is not None for each in steps)


def no_reason() -> Text:
    """Return what is said in the place of a reason."""
    return text("No reason was given. After the first step, none is needed.")

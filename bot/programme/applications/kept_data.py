"""Data that was to be erased and was kept as evidence: it is erased when nothing holds it any more."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.programme.applications import lookup, outcomes
from bot.programme.core.changes import ErasureDue
from bot.programme.core.turn import Turn
from bot.programme.people import evidence
from storage.tables import Erasure

__all__ = ["erase_what_waited"]


def erase_what_waited(turn: Turn, application_id: int) -> list[Action]:
    """Erase what was to be erased about an application, unless another report or case keeps it."""
    if evidence.is_held(turn, application_id):
        return []
    waited = evidence.erasures_of(turn, application_id)
    for erasure in waited:
        erasure.done_at = turn.now
    turn.session.flush()
    return [act for erasure in waited for act in _erase(turn, erasure)]


def _erase(turn: Turn, erasure: Erasure) -> list[Action]:
    application = lookup.application_of(turn, erasure.application_id, lock=True)
    if erasure.what == "person":
        return turn.follow(ErasureDue(erasure))
    if erasure.what == "application":
        outcomes.erase(turn, application)
    elif application.status == "withdrawn":
        outcomes.erase_answers(turn, application)
    return []

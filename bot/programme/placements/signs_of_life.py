"""Signs of life: what a side of a placement did, by which it needs no question whether all is well."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select

from bot.programme.core import subjects
from bot.programme.core.turn import Turn
from bot.programme.people.parts import acting_for
from bot.programme.placements.lookup import milestones
from storage.tables import Alias, HistoryRow, Letter, Placement

__all__ = ["acted_since"]


def acted_since(turn: Turn, placement: Placement, side: str, since: datetime) -> bool:
    """Tell whether a side (student, employer) handed in, asked, wrote or decided after an instant (UTC)."""
    people = _people(turn, placement, side)
    wrote = select(Letter.id).where(
        Letter.programme_id == turn.programme_id,
        Letter.application_id == placement.application_id,
        Letter.sender_id.in_(people),
        Letter.created_at > since,
    )
    if turn.session.scalar(wrote.limit(1)) is not None:
        return True
    work = [subjects.MILESTONE(each.id) for each in milestones(turn, placement)]
    about = [subjects.PLACEMENT(placement.id), *work]
    aliases = select(Alias.id).where(Alias.programme_id == turn.programme_id, Alias.person_id.in_(people))
    acted = select(HistoryRow.id).where(
        HistoryRow.programme_id == turn.programme_id,
        or_(HistoryRow.subject.in_(about), HistoryRow.parent.in_(about)),
        HistoryRow.at > since,
        HistoryRow.alias_id.in_(aliases),
    )
    return turn.session.scalar(acted.limit(1)) is not None


def _people(turn: Turn, placement: Placement, side: str) -> list[int]:
    if side == "student":
        return [placement.person_id]
    parts = acting_for(turn, placement, "reviewer"), acting_for(turn, placement, "owner")
    return sorted({each.id for found in parts for each in found})

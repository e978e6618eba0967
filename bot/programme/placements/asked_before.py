"""Dates that students asked for before deliverables had a column for them, found in the news of that time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import String, cast, select

from bot.chat.local_day import ends_at
from bot.programme import people
from bot.programme.core import dates, keys, subjects
from bot.programme.core.turn import Turn
from storage.dialects import begins
from storage.tables import HistoryRow, Milestone, Notice, Placement, outbox

__all__ = ["take_up"]


def take_up(turn: Turn, after: int, most: int) -> list[tuple[Milestone, Placement]]:
    """Return at most so many deliverables with a higher id whose date is asked for, and note that on them.

    The history has the question already. What was answered, moved or is over is left out.
    """
    found: list[tuple[Milestone, Placement]] = []
    for milestone, placement in _asked(turn, after):
        stamp = _open_question(turn, milestone, placement)
        if stamp is not None:
            milestone.asked_due = stamp
            found.append((milestone, placement))
        if len(found) == most:
            break
    turn.session.flush()
    return found


def _asked(turn: Turn, after: int) -> Iterator[tuple[Milestone, Placement]]:
    """Yield open deliverables about which an employer had such news, by their ids."""
    news = select(Notice.id).where(
        Notice.programme_id == turn.programme_id,
        Notice.subject == subjects.DATE.begin() + cast(Milestone.id, String),
        Notice.state != "dropped",
    )
    query = (
        select(Milestone, Placement)
        .join(Placement, Placement.id == Milestone.placement_id)
        .where(
            Milestone.programme_id == turn.programme_id,
            Milestone.status == "open",
            Milestone.asked_due.is_(None),
            Milestone.due_at > turn.now,
            Milestone.id > after,
            Placement.status == "active",
            news.exists(),
        )
    )
    for row in turn.session.execute(query.order_by(Milestone.id)).all():
        yield row.Milestone, row.Placement


def _open_question(turn: Turn, milestone: Milestone, placement: Placement) -> str | None:
    """Return the date that the newest news asks for, as a stamp; None where it has its answer, or is over."""
    query = select(Notice.key, Notice.created_at).where(
        Notice.programme_id == turn.programme_id, Notice.subject == subjects.DATE(milestone.id)
    )
    for key, asked_at in turn.session.execute(query.order_by(Notice.id.desc())).all():
        asked = keys.DATE.match(key)
        if asked is None:
            continue
        student = people.person_of(turn, placement.person_id)
        wanted = dates.of_stamp(asked.due, people.zone_of(turn, student))
        if wanted is None or ends_at(wanted) <= milestone.due_at or _is_answered(turn, milestone, asked_at):
            return None
        return str(asked.due)
    return None


def _is_answered(turn: Turn, milestone: Milestone, asked_at: datetime) -> bool:
    """Tell whether the date was kept or moved since it was asked for."""
    kept = select(outbox.c.id).where(
        outbox.c.programme_id == turn.programme_id,
        begins(outbox.c.key, keys.KEPT.begin(milestone.id)),
        outbox.c.created_at >= asked_at,
    )
    moved = select(HistoryRow.id).where(
        HistoryRow.programme_id == turn.programme_id,
        HistoryRow.subject == subjects.MILESTONE(milestone.id),
        HistoryRow.what == "due",
        HistoryRow.at > asked_at,
    )
    return any(turn.connection.execute(query.limit(1)).first() is not None for query in (kept, moved))

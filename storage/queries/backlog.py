"""What is owed and what is late, over all programmes: what health checks and metrics ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.tables import outbox, timers

__all__ = ["Backlog", "read_backlog"]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits at an instant.

    Attributes:
        outbox: how many messages are in each state.
        owed_since: when the message that is due longest fell due, UTC; None when none is due. One that a
            platform asked to wait with, or that is on its way, is not counted: it is not late by our doing.
        timers_overdue: how many timers are due; `timer_since`: when the first of them fell due, UTC.
    """

    outbox: dict[str, int]
    owed_since: datetime | None
    timers_overdue: int
    timer_since: datetime | None

    def waited(self, now: datetime) -> tuple[float, float]:
        """Seconds that the oldest message and the oldest timer have been due; 0 where none is."""
        since = (self.owed_since, self.timer_since)
        oldest, timer = ((now - at).total_seconds() if at else 0.0 for at in since)
        return max(oldest, 0.0), max(timer, 0.0)


def read_backlog(connection: Connection, now: datetime) -> Backlog:
    """Count messages by state, and find what is due at `now` and not done."""
    states = connection.execute(select(outbox.c.state, func.count()).group_by(outbox.c.state)).all()
    held = select(outbox.c.destination).where(outbox.c.lease_until > now)
    due = (outbox.c.state == "pending") & (outbox.c.due_at <= now) & outbox.c.destination.not_in(held)
    late = (timers.c.state == "pending") & (timers.c.due_at <= now)
    overdue, first = connection.execute(select(func.count(), func.min(timers.c.due_at)).where(late)).one()
    return Backlog(
        outbox=dict(states),
        owed_since=connection.scalar(select(func.min(outbox.c.due_at)).where(due)),
        timers_overdue=overdue,
        timer_since=first,
    )

"""The unsent and the late work of all programmes: what health checks and metrics read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from storage.tables import lanes, outbox, timers
from storage.tables.turns import UNSETTLED

__all__ = ["LATE", "Backlog", "read_backlog"]

LATE: Final = timedelta(seconds=60)
"""The time that a due row may wait before it is late."""

_NEWEST: Final = 1000
"""Messages among which the last sent message is looked for: newer messages have greater ids."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """The work that waits at an instant.

    Attributes:
        outbox: how many messages are in each unsettled state, 0 where none is. Settled ones are not counted:
            they are the whole ledger.
        owed_since: by platform, when the message that is due longest fell due, UTC. A message that a platform
            asked to wait with, or whose lane has another on its way, is not counted: the bot does not cause
            its delay.
        sent_at: by platform, when a message was last sent, UTC; only where something is late.
        timers_overdue: how many timers are due; `timer_since`: when the first of them fell due, UTC.
    """

    outbox: dict[str, int]
    owed_since: Mapping[str, datetime]
    sent_at: Mapping[str, datetime]
    timers_overdue: int
    timer_since: datetime | None

    def waited(self, now: datetime) -> tuple[float, float]:
        """Return the seconds that the oldest message and the oldest timer have been due; 0 where none is."""
        since = (min(self.owed_since.values(), default=None), self.timer_since)
        oldest, timer = ((now - at).total_seconds() if at else 0.0 for at in since)
        return max(oldest, 0.0), max(timer, 0.0)

    def stood_still(self, now: datetime) -> float:
        """Return the seconds for which a platform had due messages and was sent none; 0 if none had to wait.

        A person with many waiting messages waits longer than others, while the bot does all it can.
        """
        still = (now - max(at, self.sent_at.get(platform, at)) for platform, at in self.owed_since.items())
        return max((each.total_seconds() for each in still), default=0.0)


_STATES: Final = ("pending", "sending", "failed", "unknown", "held")
_UNSETTLED: Final = select(outbox.c.state, func.count()).where(UNSETTLED).group_by(outbox.c.state)


def read_backlog(connection: Connection, now: datetime) -> Backlog:
    """Count messages by state, and find what is due at `now` and not done."""
    states = connection.execute(_UNSETTLED).all()
    sending = select(outbox.c.destination).where(outbox.c.lease_until > now)
    waiting = select(lanes.c.destination).where(lanes.c.not_before > now)
    query = (
        select(outbox.c.destination, func.min(outbox.c.due_at))
        .where(outbox.c.state == "pending", outbox.c.due_at <= now)
        .where(outbox.c.destination.not_in(sending), outbox.c.destination.not_in(waiting))
        .group_by(outbox.c.destination)
    )
    owed: dict[str, datetime] = {}
    for destination, due in connection.execute(query):
        platform = _platform(destination)
        owed[platform] = min(due, owed.get(platform, due))
    late = (timers.c.state == "pending") & (timers.c.due_at <= now)
    overdue, first = connection.execute(select(func.count(), func.min(timers.c.due_at)).where(late)).one()
    is_late = any(now - due > LATE for due in owed.values())
    sent = _last_sent(connection) if is_late else {}
    return Backlog(dict.fromkeys(_STATES, 0) | dict(states), owed, sent, overdue, first)


def _last_sent(connection: Connection) -> dict[str, datetime]:
    query = select(outbox.c.destination, outbox.c.sent_at).where(outbox.c.state == "sent")
    found: dict[str, datetime] = {}
    for destination, at in connection.execute(query.order_by(outbox.c.id.desc()).limit(_NEWEST)):
        platform = _platform(destination)
        if at is not None:
            found[platform] = max(at, found.get(platform, at))
    return found


def _platform(destination: str) -> str:
    """Return the platform of a destination, which begins with its name (bot/chat/events.py)."""
    return destination.partition("/")[0]

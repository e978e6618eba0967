"""Waits for work and for kickoffs that had come to the end of a ladder which has another step now."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from storage.types import JSON, UTCDateTime

revision = "0060"
down_revision = "0059"
phase = "expand"

_LAST = {"hand_in": 5, "kickoff": 2}
"""The number of the new last step of each kind."""

_LATER = timedelta(days=14)
"""The time after the upgrade in which they are still waited for, as no person has read of an end before."""


def upgrade() -> None:
    """Let the new step come two weeks after the upgrade, with a timer for all that are said together."""
    connection = op.get_bind()
    names = ("programme_id", "kind", "about", "state", "step", "due_at")
    waits = sa.table("waits", *(sa.column(name) for name in names), sa.column("next_at", UTCDateTime()))
    at = datetime.now(UTC).replace(microsecond=0) + _LATER  # noqa: TID251 - the time of the upgrade
    for kind, last in _LAST.items():
        ended = (
            waits.c.kind == kind,
            waits.c.state == "open",
            waits.c.step == last,
            waits.c.next_at.is_(None),
            waits.c.due_at.is_not(None),
        )
        together = sa.select(waits.c.programme_id, waits.c.about).where(*ended).distinct()
        rows = [_timer(number, kind, about, at) for number, about in connection.execute(together)]
        connection.execute(sa.update(waits).where(*ended).values(next_at=at))
        if rows:
            connection.execute(_timers().insert(), rows)


def _timers() -> sa.TableClause:
    names = ("programme_id", "key", "kind", "subject", "late", "state", "attempts")
    typed = (sa.column("due_at", UTCDateTime()), sa.column("payload", JSON))
    return sa.table("timers", *(sa.column(name) for name in names), *typed)


def _timer(programme: int, kind: str, about: str, at: datetime) -> dict[str, object]:
    return {
        "programme_id": programme,
        "key": f"wait:{kind}:{about.partition(':')[2]}:over:{at.isoformat()}",
        "kind": f"wait.{kind}",
        "subject": about,
        "late": "send",
        "state": "pending",
        "attempts": 0,
        "due_at": at,
        "payload": {},
    }

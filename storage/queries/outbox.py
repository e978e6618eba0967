"""The outbox: a row per message owed, and what became of it. The delivery ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, text, update

from storage.statements import insert
from storage.tables import outbox

__all__ = [
    "by_key",
    "by_reference",
    "claim",
    "hold_lane",
    "next_due",
    "orphan",
    "owe",
    "put_newer",
    "settle",
    "withdraw",
]

# One claimer at a time per PostgreSQL database, so that two never take rows of one destination.
_CLAIM_LOCK = text("SELECT pg_advisory_xact_lock(7301650)")

_OWE = insert(outbox).on_conflict_do_nothing()
_other = outbox.alias()
_free = (
    select(1)
    .where(
        _other.c.destination == outbox.c.destination,
        _other.c.state == "sending",
        _other.c.lease_until >= bindparam("now"),
    )
    .exists()
)
_COLUMNS = (
    outbox.c.id,
    outbox.c.programme_id,
    outbox.c.key,
    outbox.c.destination,
    outbox.c.operation,
    outbox.c.target,
    outbox.c.message,
    outbox.c.state,
    outbox.c.attempts,
    outbox.c.due_at,
)
_DUE = (
    select(*_COLUMNS)
    .where(outbox.c.state == "pending", outbox.c.due_at <= bindparam("now"), ~_free)
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
)
_STALE = (
    select(*_COLUMNS)
    .where(outbox.c.state == "sending", outbox.c.lease_until < bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
)
_TAKE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(state="sending", lease_until=bindparam("until"), attempts=outbox.c.attempts + 1)
)
_ORPHAN = update(outbox).where(outbox.c.state == "sending").values(lease_until=bindparam("before"))
_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(
        state=bindparam("to"),
        reference=bindparam("reference"),
        sent_at=bindparam("sent_at"),
        error=bindparam("error"),
        due_at=bindparam("due_at"),
        lease_until=None,
    )
)
_HOLD = (
    update(outbox)
    .where(
        outbox.c.destination == bindparam("lane"),
        outbox.c.state == "pending",
        outbox.c.due_at < bindparam("until"),
    )
    .values(due_at=bindparam("until"))
)
_NEXT = select(func.min(outbox.c.due_at)).where(outbox.c.state == "pending")
_NEXT_STALE = select(func.min(outbox.c.lease_until)).where(outbox.c.state == "sending")
_BY_KEY = select(outbox).where(
    outbox.c.programme_id == bindparam("programme_id"), outbox.c.key == bindparam("key")
)
_BY_REFERENCE = (
    select(outbox.c.programme_id, outbox.c.key)
    .where(outbox.c.reference == bindparam("reference"), outbox.c.operation == "send")
    .limit(1)
)
_NEWER = (
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.state == "pending",
        outbox.c.target == bindparam("of"),
        outbox.c.operation == "edit",
    )
    .values(message=bindparam("content"))
)
_NEWER_UNSENT = (
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.state == "pending",
        outbox.c.key == bindparam("of"),
        outbox.c.operation == "send",
        outbox.c.attempts == 0,
    )
    .values(message=bindparam("content"))
)
_WITHDRAW = (
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.key == bindparam("of"),
        outbox.c.state == "pending",
    )
    .values(state="withdrawn")
)


def owe(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert messages owed; one whose (programme_id, key) stands already is left as it is."""
    connection.execute(_OWE, [{"state": "pending", "attempts": 0, "target": None, **row} for row in rows])


def put_newer(connection: Connection, programme_id: int, target: str, message: object) -> bool:
    """Put newer content into the unsent send or edit of `target`; False when none is unsent."""
    values = {"programme": programme_id, "of": target, "content": message}
    if connection.execute(_NEWER_UNSENT, values).rowcount:
        return True
    return bool(connection.execute(_NEWER, values).rowcount)


def withdraw(connection: Connection, programme_id: int, key: str) -> bool:
    """Take back an unsent message; False when it is sent, on its way or unknown."""
    return bool(connection.execute(_WITHDRAW, {"programme": programme_id, "of": key}).rowcount)


def claim(connection: Connection, now: datetime, until: datetime, most: int) -> list[Row[*tuple[Any, ...]]]:
    """Take due rows for sending, leased until `until` (UTC), in order per destination.

    A returned row whose `state` is "sending" was taken before by somebody who never reported: its fate
    is unknown. Destinations that somebody is sending to are left alone.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_CLAIM_LOCK)
    rows = list(connection.execute(_STALE, {"now": now, "most": most}))
    stuck = {row.destination for row in rows}
    due = connection.execute(_DUE, {"now": now, "most": most - len(rows)}) if len(rows) < most else ()
    rows += [row for row in due if row.destination not in stuck]
    if rows:
        connection.execute(_TAKE, [{"row_id": row.id, "until": until} for row in rows])
    return rows


def orphan(connection: Connection, now: datetime) -> None:
    """Let go of every message that is on its way: whoever was sending it is gone. Its fate is unknown."""
    connection.execute(_ORPHAN, {"before": now - timedelta(microseconds=1)})


def settle(connection: Connection, outcomes: Sequence[dict[str, Any]]) -> None:
    """Store what became of claimed rows: row_id, to (state), reference, sent_at, error, due_at."""
    if outcomes:
        connection.execute(_SETTLE, list(outcomes))


def hold_lane(connection: Connection, destination: str, until: datetime) -> None:
    """Hold every pending message of a destination until `until` (UTC), so that order stays."""
    connection.execute(_HOLD, {"lane": destination, "until": until})


def next_due(connection: Connection) -> datetime | None:
    """When the next message falls due, or a lease runs out, UTC."""
    found = (connection.execute(_NEXT).scalar(), connection.execute(_NEXT_STALE).scalar())
    return min((instant for instant in found if instant), default=None)


def by_key(connection: Connection, programme_id: int, key: str) -> Row[*tuple[Any, ...]] | None:
    """The row with this key."""
    return connection.execute(_BY_KEY, {"programme_id": programme_id, "key": key}).first()


def by_reference(connection: Connection, reference: str) -> Row[*tuple[Any, ...]] | None:
    """The programme_id and key under which the message `reference` was sent, if it is ours."""
    return connection.execute(_BY_REFERENCE, {"reference": reference}).first()

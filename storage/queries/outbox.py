"""The outbox: a row per message owed, and what became of it. The delivery ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, text, update

from storage.prepared import Prepared, Row
from storage.statements import insert, word
from storage.tables import outbox
from storage.tables.turns import IN_PARTS

__all__ = [
    "by_key",
    "by_reference",
    "claim",
    "next_due",
    "orphan",
    "owe",
    "owe_again",
    "put_newer",
    "settle",
    "withdraw",
]

# One claimer at a time per PostgreSQL database, so that two never take rows of one destination.
_CLAIM_LOCK = text("SELECT pg_advisory_xact_lock(7301650)")

# How many messages in several parts are looked through for one of their parts, the newest first.
_PARTED = 1000

_OWE = Prepared(
    insert(outbox).on_conflict_do_nothing().inline(),
    *("programme_id", "key", "destination", "operation", "target", "message"),
    *("created_at", "due_at", "state", "attempts"),
)
_other = outbox.alias()
_waits = select(_other.c.destination).where(
    _other.c.state.in_((word("pending"), word("sending"))), _other.c.lease_until.is_not(None)
)
_busy = _waits.where(_other.c.lease_until > bindparam("now"))
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
    outbox.c.sent_at,
)
_DUE = Prepared(
    select(*_COLUMNS)
    .where(
        outbox.c.state == word("pending"),
        outbox.c.due_at <= bindparam("now"),
        outbox.c.destination.not_in(_busy),
    )
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    # A turn that changes a message or takes it back at this moment is waited for, and seen.
    .with_for_update()
)
_STALE = Prepared(
    select(*_COLUMNS)
    .where(outbox.c.state == word("sending"), outbox.c.lease_until <= bindparam("now"))
    .order_by(outbox.c.due_at, outbox.c.id)
    .limit(bindparam("most"))
    # Whoever reports on one after all may do so.
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="sending",
        lease_until=bindparam("until"),
        attempts=outbox.c.attempts + 1,
        sent_at=func.coalesce(outbox.c.sent_at, bindparam("now", type_=outbox.c.sent_at.type)),
    )
)
_ORPHAN = Prepared(
    update(outbox).where(outbox.c.state == word("sending")).values(lease_until=bindparam("before"))
)
_SETTLE = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"))
    .values(
        state=bindparam("to"),
        reference=bindparam("reference"),
        sent_at=bindparam("sent_at"),
        error=bindparam("error"),
        attempts=bindparam("tries"),
        lease_until=bindparam("wait_until"),
    )
)
_NEXT = Prepared(
    select(func.min(outbox.c.due_at)).where(
        outbox.c.state == word("pending"), outbox.c.destination.not_in(_waits)
    )
)
_NEXT_FREE = Prepared(
    select(func.min(outbox.c.lease_until)).where(
        outbox.c.state.in_((word("pending"), word("sending"))), outbox.c.lease_until.is_not(None)
    )
)
_BY_KEY = Prepared(
    select(
        *(outbox.c.id, outbox.c.destination, outbox.c.state, outbox.c.sent_at, outbox.c.reference),
        *(outbox.c.attempts, outbox.c.lease_until),
    ).where(outbox.c.programme_id == bindparam("programme_id"), outbox.c.key == bindparam("key"))
)
_BY_REFERENCE = Prepared(
    select(outbox.c.programme_id, outbox.c.key)
    .where(outbox.c.reference == bindparam("reference"), outbox.c.operation == "send")
    .limit(1)
)
_IN_PARTS = Prepared(
    select(outbox.c.programme_id, outbox.c.key, outbox.c.reference)
    .where(IN_PARTS, outbox.c.operation == "send")
    .order_by(outbox.c.id.desc())
    .limit(_PARTED)
)
_AGAIN = Prepared(
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.key == bindparam("of"),
        outbox.c.state == word("failed"),
        outbox.c.operation == "send",
    )
    .values(state="pending", message=bindparam("content"), due_at=bindparam("due"), attempts=0, error=None)
)
_NEWER = Prepared(
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.state == word("pending"),
        outbox.c.target == bindparam("of"),
        outbox.c.operation == "edit",
    )
    .values(message=bindparam("content"))
)
_NEWER_UNSENT = Prepared(
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.state.in_((word("pending"), word("held"))),
        outbox.c.key == bindparam("of"),
        outbox.c.operation == "send",
        outbox.c.attempts == 0,
    )
    .values(message=bindparam("content"))
)
_WITHDRAW = Prepared(
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.key == bindparam("of"),
        outbox.c.state.in_((word("pending"), word("held"))),
    )
    .values(state="withdrawn", lease_until=None)
)


def owe(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert messages owed; one whose (programme_id, key) stands already is left as it is."""
    _OWE.run_many(connection, [{"state": "pending", "attempts": 0, "target": None, **row} for row in rows])


def put_newer(connection: Connection, programme_id: int, target: str, message: object) -> bool:
    """Put newer content into the unsent send or edit of `target`; False when none is unsent."""
    values = {"programme": programme_id, "of": target, "content": message}
    return bool(_NEWER_UNSENT.run(connection, values) or _NEWER.run(connection, values))


def owe_again(connection: Connection, programme_id: int, key: str, message: object, due: datetime) -> bool:
    """Owe a refused message again with newer content, due at `due` (UTC); False unless it was refused."""
    values = {"programme": programme_id, "of": key, "content": message, "due": due}
    return bool(_AGAIN.run(connection, values))


def withdraw(connection: Connection, programme_id: int, key: str) -> bool:
    """Take back an unsent message; False when it is sent, on its way or unknown."""
    return bool(_WITHDRAW.run(connection, {"programme": programme_id, "of": key}))


def hold(connection: Connection, programme_id: int, beginnings: Sequence[str]) -> None:
    """Keep back what is unsent for the destinations that begin so, until it is given back."""
    _move(connection, programme_id, beginnings, "pending", "held")


def give_back(connection: Connection, programme_id: int, beginnings: Sequence[str]) -> None:
    """Owe again what was kept back for the destinations that begin so."""
    _move(connection, programme_id, beginnings, "held", "pending")


def hold_lost(connection: Connection, programme_id: int, key: str) -> None:
    """Keep back a message that was refused because nothing can be sent to its space now."""
    lost = (outbox.c.programme_id == programme_id, outbox.c.key == key, outbox.c.state == "failed")
    connection.execute(update(outbox).where(*lost).values(state="held"))


def _move(connection: Connection, programme_id: int, beginnings: Sequence[str], state: str, to: str) -> None:
    for beginning in beginnings:
        there = outbox.c.destination.startswith(beginning, autoescape=True)
        if not beginning.endswith("/"):  # an account, whole
            there = outbox.c.destination == beginning
        connection.execute(
            update(outbox)
            .where(outbox.c.programme_id == programme_id, outbox.c.state == state, there)
            .values(state=to, lease_until=None)
        )


def claim(connection: Connection, now: datetime, until: datetime, most: int) -> list[Row]:
    """Take due rows for sending, leased until `until` (UTC), in order per destination.

    Destinations that somebody is sending to, or that asked to be left alone for a while, are left alone.
    A returned row with `attempts` may have been sent before: somebody took it and never reported, or an
    error hid what became of it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_CLAIM_LOCK)
    rows = _STALE.rows(connection, {"now": now, "most": most})
    stuck = {row.destination for row in rows}
    due = _DUE.rows(connection, {"now": now, "most": most - len(rows)}) if len(rows) < most else []
    rows += [row for row in due if row.destination not in stuck]
    if rows:
        connection.execute(_TAKE, {"ids": [row.id for row in rows], "until": until, "now": now})
    return rows


def orphan(connection: Connection, now: datetime) -> None:
    """Let go of every message that is on its way: whoever was sending it is gone. Its fate is unknown."""
    _ORPHAN.run(connection, {"before": now})


def settle(connection: Connection, outcomes: Sequence[dict[str, Any]]) -> None:
    """Store what became of claimed rows: row_id, to (state), reference, sent_at, error, tries, wait_until.

    `tries`: how often it may have been sent so far. `wait_until` (UTC, or None), for one that is pending
    again: its whole destination is left alone until then, so that order stays.
    """
    if outcomes:
        _SETTLE.run_many(connection, outcomes)


def next_due(connection: Connection) -> datetime | None:
    """When the next message falls due, or a destination that waits can be tried again, UTC."""
    found = (_NEXT.value(connection), _NEXT_FREE.value(connection))
    return min((instant for instant in found if instant), default=None)


def by_key(connection: Connection, programme_id: int, key: str) -> Row | None:
    """The row with this key: id, destination, state, sent_at, reference, attempts, lease_until."""
    return _BY_KEY.first(connection, {"programme_id": programme_id, "key": key})


def by_reference(connection: Connection, reference: str) -> Row | None:
    """The programme_id and key under which the message `reference` was sent, if it is ours.

    It may be one of several that a platform made of ours: a reference with commas between their ids.
    """
    found = _BY_REFERENCE.first(connection, {"reference": reference})
    if found is not None:
        return found
    place, _, part = reference.rpartition("#")
    parted = (row for row in _IN_PARTS.rows(connection) if row.reference.startswith(f"{place}#"))
    return next((row for row in parted if part in row.reference.rpartition("#")[2].split(",")), None)

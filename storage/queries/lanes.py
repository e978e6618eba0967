"""Lanes: which message of the outbox goes next, which sends began, their results, and which lanes must wait.

A destination has two lanes: new messages, and changes of delivered messages (with finds). In each, one
message is on its way at a time, in order; neither waits for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, select, text, union_all, update

from storage.dialects import among, insert, literal
from storage.prepared import Prepared, Row
from storage.tables import lanes, outbox
from storage.tables.turns import UNSETTLED

__all__ = ["begin", "claim", "has_to_wait", "next_due", "reclaim_orphans", "record_outcomes", "set_back"]

# One claimer at a time per PostgreSQL database, so that two never take rows of the same lane.
_CLAIM_LOCK = text("SELECT pg_advisory_xact_lock(7301650)")

_NEWS, _REPAIRS = "send", "edit"
_Lane = tuple[str, str]
_Take = Callable[[Sequence[Row]], None]
_Waits = Callable[[Row], object]
_other = outbox.alias()
_COLUMNS = (
    *(outbox.c.id, outbox.c.programme_id, outbox.c.key, outbox.c.destination, outbox.c.operation),
    *(outbox.c.target, outbox.c.message, outbox.c.state, outbox.c.attempts, outbox.c.due_at),
    *(outbox.c.sent_at, outbox.c.created_at, outbox.c.kind, outbox.c.subject),
    *(outbox.c.was_held, outbox.c.awaited_until, outbox.c.cause),
)


def _of_lane(kind: str, operation: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that a row is in the lanes of this kind, in words that `ix_outbox_due` serves."""
    return operation == literal(_NEWS) if kind == _NEWS else operation.in_((literal("edit"), literal("find")))


def _busy(kind: str, *, at_all: bool) -> ColumnElement[bool]:
    """Return the condition that the row's lane has a message on its way, or must wait (now, or at all)."""
    sending = select(_other.c.destination).where(
        _other.c.state == literal("sending"),
        _of_lane(kind, _other.c.operation),
        _other.c.lease_until.is_not(None),
    )
    waiting = select(lanes.c.destination).where(lanes.c.operation == literal(kind))
    if not at_all:
        sending = sending.where(_other.c.lease_until > bindparam("now"))
        waiting = waiting.where(lanes.c.not_before > bindparam("now"))
    return outbox.c.destination.in_(union_all(sending, waiting))


_oldest = select(*_COLUMNS).order_by(outbox.c.due_at, outbox.c.id).limit(bindparam("most"))
_waiting = {
    kind: (outbox.c.state == literal("pending"), _of_lane(kind, outbox.c.operation))
    for kind in (_NEWS, _REPAIRS)
}
_DUE: Final = {
    kind: Prepared(
        _oldest.where(*waiting, outbox.c.due_at <= bindparam("now"), ~_busy(kind, at_all=False))
        # A turn that changes a message or withdraws it at this moment is waited for, and seen.
        .with_for_update()
    )
    for kind, waiting in _waiting.items()
}
_STALE = Prepared(
    _oldest.where(outbox.c.state == literal("sending"), outbox.c.lease_until <= bindparam("now"))
    # A sender that reports on such a row after all may do so.
    .with_for_update(skip_locked=True)
)
_over = select(lanes.c.id).where(lanes.c.not_before <= bindparam("now")).with_for_update(skip_locked=True)
_CLEAR = Prepared(delete(lanes).where(lanes.c.id.in_(_over)))
_taken = update(outbox).where(among(outbox.c.id, "ids"))
_RESERVE = Prepared(_taken.values(state="sending", lease_until=bindparam("until")))
_BEGUN = {
    "state": "sending",
    "lease_until": bindparam("until"),
    "attempts": outbox.c.attempts + 1,
    "sent_at": func.coalesce(outbox.c.sent_at, bindparam("now", type_=outbox.c.sent_at.type)),
}
_BEGIN_NOW = Prepared(_taken.values(_BEGUN))
_one = update(outbox).where(outbox.c.id == bindparam("row_id"))
_BEGIN = Prepared(
    _one.where(outbox.c.state == literal("sending"), outbox.c.lease_until == bindparam("reserved"))
    .values(_BEGUN)
    .returning(outbox.c.message)
)
_ORPHAN = Prepared(
    update(outbox)
    .where(UNSETTLED, outbox.c.state == literal("sending"))
    .values(lease_until=bindparam("before"))
)
_SETTLE = Prepared(
    _one.values(
        state=bindparam("to"),
        reference=bindparam("reference"),
        sent_at=bindparam("sent_at"),
        error=bindparam("error"),
        attempts=bindparam("tries"),
        due_at=bindparam("due"),
        lease_until=None,
    )
)
_new = insert(lanes)
_WAIT = Prepared(
    _new.on_conflict_do_update(
        index_elements=[lanes.c.destination, lanes.c.operation],
        set_={"not_before": _new.excluded.not_before},
    ).inline(),
    *("destination", "operation", "not_before"),
)
_leased = (outbox.c.state == literal("sending"), outbox.c.lease_until.is_not(None))
_NEXT = Prepared(
    union_all(
        *(
            select(func.min(outbox.c.due_at)).where(*waiting, ~_busy(kind, at_all=True))
            for kind, waiting in _waiting.items()
        ),
        select(func.min(outbox.c.lease_until)).where(*_leased),
        select(func.min(lanes.c.not_before)),
    )
)
_AT_ONCE = Prepared(
    update(outbox)
    .where(
        outbox.c.state == literal("pending"),
        outbox.c.due_at > bindparam("now"),
        outbox.c.due_at == outbox.c.created_at,
    )
    .values(due_at=bindparam("at"))
)
_LEASES = Prepared(
    update(outbox)
    .where(outbox.c.state == literal("sending"), outbox.c.lease_until > bindparam("most"))
    .values(lease_until=bindparam("until"))
)


def claim(
    connection: Connection,
    now: datetime,
    until: datetime,
    most: int,
    *,
    waits: _Waits = lambda _row: None,
    mine: Collection[int] = (),
) -> list[Row]:
    """Take the first due row of each lane, leased until `until` (UTC): new messages first, then changes.

    Lanes in which a message is on its way, or that a platform asked to leave alone for a while, are skipped.
    The claim is recorded as the beginning of each row's send, unless `waits` says of a row that its send
    begins later: then `begin` records it. `mine` are the ids of rows that the caller is serving already; the
    caller continues with them, whatever the clock says of their leases. A returned row with `attempts` may
    have been sent before: a send began and no result was reported, or an error hid the result.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_CLAIM_LOCK)
    _CLEAR.run(connection, {"now": now})
    stale = _STALE.rows(connection, {"now": now, "most": most})
    firsts: dict[_Lane, Row] = {}
    for row in sorted(stale, key=lambda row: row.id not in mine):
        firsts.setdefault(_lane(row), row)
    found = [row for row in firsts.values() if row.id not in mine]
    take = partial(_take, connection, now, until, waits)
    take(found)
    if len(stale) < most:  # else a lane's stale row may not have been seen yet, and comes before what is due
        for kind in (_NEWS, _REPAIRS):
            found += _claim_due(connection, kind, set(firsts), now, most - len(found), take)
    return found


def _claim_due(
    connection: Connection, kind: str, known: set[_Lane], now: datetime, most: int, take: _Take
) -> list[Row]:
    """Take at most `most` first due rows of the lanes of one kind; `known` lanes are served already."""
    found: list[Row] = []
    while len(found) < most:
        due = _DUE[kind].rows(connection, {"now": now, "most": most})
        fresh: list[Row] = []
        for row in due:
            if _lane(row) not in known and len(found) + len(fresh) < most:
                known.add(_lane(row))
                fresh.append(row)
        take(fresh)
        found += fresh
        if len(due) < most or not fresh:
            break
    return found


def _lane(row: Row) -> _Lane:
    return row.destination, _lane_of(row.operation)


def _lane_of(operation: str) -> str:
    return _NEWS if operation == _NEWS else _REPAIRS


def _take(connection: Connection, now: datetime, until: datetime, waits: _Waits, rows: Sequence[Row]) -> None:
    later = [row.id for row in rows if waits(row)]
    begun = [row.id for row in rows if row.id not in later]
    for statement, ids in ((_RESERVE, later), (_BEGIN_NOW, begun)):
        if ids:
            statement.run(connection, {"ids": ids, "until": until, "now": now})


def begin(
    connection: Connection, row_id: int, reserved: datetime, now: datetime, until: datetime
) -> Any | None:  # noqa: ANN401 - a message as JSON
    """Record that the send of a row claimed until `reserved` begins; return its message as it is now.

    Return None when another process has taken the row since, or it was withdrawn. The row is leased until
    `until` (UTC).
    """
    asked = {"row_id": row_id, "reserved": reserved, "now": now, "until": until}
    return _BEGIN.value(connection, asked)


def reclaim_orphans(connection: Connection, now: datetime) -> None:
    """Release every message that is on its way: the process that was sending it is gone."""
    _ORPHAN.run(connection, {"before": now})


def record_outcomes(connection: Connection, outcomes: Sequence[dict[str, Any]]) -> None:
    """Store the results of claimed rows: row_id, to (state), reference, sent_at, error, tries, due, wait.

    `tries`: how often the message may have been sent so far. `due`: when it falls due, if it is pending
    again. `wait`: (destination, operation, instant in UTC) of a lane that is left alone until then, or None.
    """
    _SETTLE.run_many(connection, outcomes)
    waits = (each["wait"] for each in outcomes if each["wait"])
    rows = [
        {"destination": to, "operation": _lane_of(kind), "not_before": until} for to, kind, until in waits
    ]
    _WAIT.run_many(connection, rows)


def next_due(connection: Connection) -> datetime | None:
    """Return when the next message falls due, or a waiting lane can be tried again, UTC."""
    return min((instant for (instant,) in _NEXT.rows(connection) if instant), default=None)


def has_to_wait(connection: Connection, destination: str) -> bool:
    """Return whether new messages for a destination have to wait: its lane is left alone for a while."""
    news = (lanes.c.destination == destination, lanes.c.operation == _NEWS)
    return connection.execute(select(lanes.c.id).where(*news)).first() is not None


def set_back(
    connection: Connection, now: datetime, by: timedelta, lease: timedelta, longest: timedelta
) -> None:
    """Shorten the waits after the clock was set back by `by` to `now`, so that nothing waits longer for that.

    What was due at once is due now, a lane waits as much longer as it would have, at most `longest`, and
    no lease lasts longer than `lease`. What was planned for an instant keeps that instant.
    """
    _AT_ONCE.run(connection, {"now": now, "at": now})
    _LEASES.run(connection, {"most": now + lease, "until": now + lease})
    for row in connection.execute(select(lanes.c.id, lanes.c.not_before)).all():
        earlier = min(row.not_before - by, now + longest)
        if earlier != row.not_before:
            connection.execute(update(lanes).where(lanes.c.id == row.id).values(not_before=earlier))

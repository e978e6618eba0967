"""Timers: rows that fall due. Setting a timer again moves it; a done timer stays done unless it moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, not_, select, update

from storage.dialects import among, insert, literal
from storage.prepared import Prepared, Row
from storage.tables import timers

__all__ = ["cancel", "claim", "due", "finish", "next_due", "postpone", "remind", "sweep", "take"]

_NEXT = Prepared(select(func.min(timers.c.due_at)).where(timers.c.state == literal("pending")))
_pending = select(*(column for column in timers.c if column.name not in {"state", "done_at"})).where(
    timers.c.state == literal("pending")
)
_due = (
    _pending.where(timers.c.due_at <= bindparam("now"))
    .order_by(timers.c.due_at, timers.c.id)
    .limit(bindparam("most"))
)
_CLAIM = Prepared(_due.with_for_update(skip_locked=True))
_DUE = Prepared(_due)
_TAKE = Prepared(_pending.where(timers.c.id == bindparam("row_id")).with_for_update())
_FINISH = Prepared(
    update(timers).where(among(timers.c.id, "ids")).values(state="done", done_at=bindparam("now"))
)
_POSTPONE = Prepared(
    update(timers)
    .where(
        timers.c.id == bindparam("row_id"),
        timers.c.state == literal("pending"),
        timers.c.due_at == bindparam("was"),
    )
    .values(due_at=bindparam("until"), attempts=timers.c.attempts + 1, state=bindparam("to"))
)
_OVER = (
    select(timers.c.id)
    .where(timers.c.state.in_((literal("done"), literal("cancelled"))), timers.c.due_at < bindparam("before"))
    .order_by(timers.c.due_at)
    .limit(bindparam("most"))
)
_SWEEP = Prepared(delete(timers).where(timers.c.id.in_(_OVER.scalar_subquery())))
_SET = ("kind", "subject", "due_at", "payload", "late", "state", "attempts")
_new = insert(timers).inline()
_REMIND = Prepared(
    _new.on_conflict_do_update(
        index_elements=[timers.c.programme_id, timers.c.key],
        set_={**{name: _new.excluded[name] for name in _SET}, "done_at": None},
        where=not_(and_(timers.c.state == literal("done"), timers.c.due_at == _new.excluded.due_at)),
    ),
    *("programme_id", "key", *_SET),
)


def remind(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Set timers by (programme_id, key), or move those that exist.

    A timer that is done at the very same instant stays done; another instant makes it pending again.
    """
    _REMIND.run_many(connection, [{"state": "pending", "attempts": 0, **row} for row in rows])


def cancel(
    connection: Connection, programme_id: int, *, subject: str = "", kind: str = "", key: str = ""
) -> None:
    """Cancel the pending timers with this subject and kind, or this key ("" matches every value)."""
    asked = {timers.c.subject: subject, timers.c.kind: kind, timers.c.key: key}
    conditions = [column == value for column, value in asked.items() if value]
    if not conditions:
        raise ValueError("cancelling every timer of a programme is never meant")
    pending = (timers.c.programme_id == programme_id, timers.c.state == literal("pending"))
    connection.execute(update(timers).where(*pending, *conditions).values(state="cancelled"))


def claim(connection: Connection, now: datetime, most: int) -> list[Row]:
    """Return the due timers, the oldest first, at most `most`; locked until the transaction ends.

    A row has id, programme_id, key, kind, subject, due_at, payload, late and attempts.
    """
    return _CLAIM.rows(connection, {"now": now, "most": most})


def due(connection: Connection, now: datetime, most: int) -> list[Row]:
    """Return the same as `claim`, without a lock: for who only reads."""
    return _DUE.rows(connection, {"now": now, "most": most})


def take(connection: Connection, row_id: int) -> Row | None:
    """Return a pending timer, locked; None when it is no longer pending."""
    return _TAKE.first(connection, {"row_id": row_id})


def finish(connection: Connection, ids: list[int], now: datetime) -> None:
    """Mark timers as done."""
    if ids:
        _FINISH.run(connection, {"ids": ids, "now": now})


def postpone(connection: Connection, row: Row, until: datetime, *, give_up: bool) -> None:
    """Try a failed timer again at `until` (UTC), or give it up for good.

    A timer that has fired or moved since it was claimed, unknown to a caller that lost the confirmation of
    the commit, is left as it is.
    """
    to = "failed" if give_up else "pending"
    _POSTPONE.run(connection, {"row_id": row.id, "was": row.due_at, "until": until, "to": to})


def next_due(connection: Connection) -> datetime | None:
    """Return when the next timer falls due, UTC."""
    return _NEXT.value(connection)


def sweep(connection: Connection, before: datetime, most: int) -> int:
    """Delete at most `most` done or cancelled timers that were due before an instant; return how many.

    A failed timer stays, for the operator to see.
    """
    return _SWEEP.run(connection, {"before": before, "most": most})

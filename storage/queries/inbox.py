"""The inbox: each event has one effect, and each answer that is due is given or becomes a message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from storage.dialects import insert, literal
from storage.prepared import Prepared, Row
from storage.tables import inbox

__all__ = [
    "answer_to",
    "bring_forward",
    "known",
    "mark_given",
    "mark_late",
    "next_due",
    "owed_since",
    "receive",
    "store_answer",
    "sweep",
]

_RECEIVE = Prepared(
    insert(inbox).on_conflict_do_nothing().returning(inbox.c.id),
    *("platform", "event_id", "programme_id", "actor", "received_at", "answer_state"),
)
_KNOWN = Prepared(
    select(inbox.c.id, inbox.c.answer, inbox.c.answer_state, inbox.c.programme_id).where(
        inbox.c.platform == bindparam("platform"), inbox.c.event_id == bindparam("event_id")
    )
)
_ANSWER = Prepared(
    select(inbox.c.answer).where(inbox.c.id == bindparam("row_id"), inbox.c.actor == bindparam("actor"))
)
_STORE = Prepared(
    update(inbox)
    .where(inbox.c.id == bindparam("row_id"))
    .values(
        answer=bindparam("answer"),
        answer_state=bindparam("answer_state"),
        answer_until=bindparam("answer_until"),
    )
)
_STATE = Prepared(
    update(inbox)
    .where(inbox.c.id == bindparam("row_id"), inbox.c.answer_state == literal("owed"))
    .values(answer_state=bindparam("state"))
)
_NEXT = Prepared(select(func.min(inbox.c.answer_until)).where(inbox.c.answer_state == literal("owed")))
_OWED = Prepared(
    select(inbox.c.id, inbox.c.programme_id, inbox.c.actor, inbox.c.answer)
    .where(inbox.c.answer_state == literal("owed"), inbox.c.answer_until <= bindparam("now"))
    .order_by(inbox.c.answer_until, inbox.c.id)
    .limit(100)
)
_HURRY = Prepared(
    update(inbox)
    .where(inbox.c.answer_state == literal("owed"), inbox.c.answer_until > bindparam("until"))
    .values(answer_until=bindparam("until"))
)
_LATE = Prepared(
    update(inbox)
    .where(inbox.c.id == bindparam("row_id"), inbox.c.answer_state == literal("owed"))
    .values(answer_until=bindparam("now"))
)
_WORDS = (
    select(inbox.c.id)
    .where(
        inbox.c.answer.is_not(None),
        inbox.c.answer_state != literal("owed"),
        inbox.c.received_at < bindparam("words_before"),
    )
    .order_by(inbox.c.received_at)
    .limit(bindparam("most"))
)
_ERASE = Prepared(
    update(inbox).where(inbox.c.id.in_(_WORDS.scalar_subquery())).values(answer=bindparam("nothing"))
)
# Ids are assigned in the order of arrival, so the oldest rows need no separate index.
_OLDEST = select(inbox.c.id).order_by(inbox.c.id).limit(bindparam("most"))
_DELETE = Prepared(
    delete(inbox).where(
        inbox.c.id.in_(_OLDEST.scalar_subquery()),
        inbox.c.received_at < bindparam("rows_before"),
        inbox.c.answer_state != literal("owed"),
    )
)


def receive(connection: Connection, row: dict[str, Any]) -> int | None:
    """Insert an inbox row; return its id, or None when this event is already known."""
    return _RECEIVE.value(connection, {"answer_state": "none", **row})


def known(connection: Connection, platform: str, event_id: str) -> Row | None:
    """Return the row of an event that was received before: id, answer, answer_state, programme_id."""
    return _KNOWN.first(connection, {"platform": platform, "event_id": event_id})


def store_answer(connection: Connection, row_id: int, answer: object, until: datetime | None) -> None:
    """Store the answer of an event; with `until` (UTC) it is pending until it is reported as given."""
    state = "owed" if until else "none"
    _STORE.run(connection, {"row_id": row_id, "answer": answer, "answer_state": state, "answer_until": until})


def answer_to(connection: Connection, row_id: int, actor: str) -> Any:  # noqa: ANN401 - what was stored
    """Return the stored answer of this actor's event; None for any other actor, or when it is erased."""
    return _ANSWER.value(connection, {"row_id": row_id, "actor": actor})


def mark_given(connection: Connection, ids: Sequence[int], state: str = "given") -> None:
    """Mark pending answers as given (or as posted: they became messages)."""
    _STATE.run_many(connection, [{"row_id": row_id, "state": state} for row_id in ids])


def next_due(connection: Connection) -> datetime | None:
    """Return when the next pending answer becomes too late to give, UTC."""
    return _NEXT.value(connection)


def owed_since(connection: Connection, now: datetime) -> list[Row]:
    """Return the rows of answers that were not given in time: id, programme_id, actor, answer."""
    return _OWED.rows(connection, {"now": now})


def mark_late(connection: Connection, row_id: int, now: datetime) -> None:
    """Mark an answer as late: its time is over now (UTC), so it becomes a message."""
    _LATE.run(connection, {"row_id": row_id, "now": now})


def bring_forward(connection: Connection, until: datetime) -> None:
    """Let no pending answer wait longer than until `until` (UTC): the process that was to give it is gone."""
    _HURRY.run(connection, {"until": until})


def sweep(connection: Connection, words_before: datetime, rows_before: datetime, most: int) -> int:
    """Erase the answers of events received before `words_before`, and delete the rows before `rows_before`.

    At most `most` of each are taken; the number of both is returned. Pending answers stay.
    """
    erased = _ERASE.run(connection, {"words_before": words_before, "most": most, "nothing": None})
    return erased + _DELETE.run(connection, {"rows_before": rows_before, "most": most})

"""Messages that wait for their reader: held back, shown elsewhere, reworded, or dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from storage.tables import outbox

__all__ = [
    "about",
    "answer",
    "drop",
    "due_later",
    "is_any_about",
    "is_followed",
    "of",
    "of_ids",
    "of_keys",
    "put_off",
    "reword",
    "send_to",
    "with_keys",
]

_UNSENT = ("pending", "held", "failed")

AnyRow = Row[*tuple[Any, ...]]


def of_keys(connection: Connection, programme_id: int, keys: Sequence[str]) -> Sequence[AnyRow]:
    """Return the messages with these keys, in the order in which they are to be sent."""
    return _found(connection, outbox.c.programme_id == programme_id, outbox.c.key.in_(keys))


def of_ids(connection: Connection, programme_id: int, ids: Sequence[int]) -> Sequence[AnyRow]:
    """Return the messages with these ids, the oldest first."""
    return _found(connection, outbox.c.programme_id == programme_id, outbox.c.id.in_(ids))


def with_keys(connection: Connection, keys: Sequence[str]) -> Sequence[AnyRow]:
    """Return the messages with these keys, of any programme: only to see what became of them."""
    found = select(outbox.c.state, outbox.c.destination).where(outbox.c.key.in_(keys))
    return connection.execute(found).all()


def of(connection: Connection, programme_id: int, destinations: Sequence[str]) -> Sequence[AnyRow]:
    """Return the messages held back for these destinations (str(UserRef) or str(Place)), the oldest first."""
    there = outbox.c.destination.in_(destinations)
    return _found(connection, outbox.c.programme_id == programme_id, outbox.c.state == "held", there)


def about(connection: Connection, programme_id: int, kind: str, subject: str) -> Sequence[AnyRow]:
    """Return the messages of a kind about a subject that were refused or held back, the oldest first."""
    return _found(connection, *_kept_about(programme_id, kind, subject))


def is_any_about(connection: Connection, programme_id: int, kind: str, subject: str) -> bool:
    """Tell whether `about` would return any; nothing is locked."""
    there = select(outbox.c.id).where(*_kept_about(programme_id, kind, subject))
    return connection.execute(there.limit(1)).first() is not None


def _kept_about(programme_id: int, kind: str, subject: str) -> tuple[ColumnElement[bool], ...]:
    kept = outbox.c.state.in_(("held", "failed"))
    return (outbox.c.programme_id == programme_id, kept, outbox.c.kind == kind, outbox.c.subject == subject)


def due_later(
    connection: Connection, programme_id: int, now: datetime, destinations: Collection[str] | None
) -> Sequence[AnyRow]:
    """Return the untried messages that were to wait beyond `now`; None for `destinations` means all."""
    waits = (outbox.c.state == "pending", outbox.c.operation == "send", outbox.c.attempts == 0)
    later = (outbox.c.due_at > now, outbox.c.due_at > outbox.c.created_at)
    there = () if destinations is None else (outbox.c.destination.in_(destinations),)
    return _found(connection, outbox.c.programme_id == programme_id, *waits, *later, *there)


def put_off(connection: Connection, row_id: int, due: datetime) -> None:
    """Let an unsent message wait until `due` (UTC)."""
    connection.execute(update(outbox).where(outbox.c.id == row_id).values(due_at=due))


def _found(connection: Connection, *conditions: ColumnElement[bool]) -> Sequence[AnyRow]:
    return connection.execute(select(outbox).where(*conditions).order_by(outbox.c.id).with_for_update()).all()


def is_followed(connection: Connection, programme_id: int, key: str) -> bool:
    """Return whether a later message of the same kind and subject waits for the same destination."""
    this, later = outbox.alias("this"), outbox.alias("later")
    query = select(later.c.id).where(
        this.c.programme_id == programme_id,
        this.c.key == key,
        later.c.programme_id == programme_id,
        later.c.kind == this.c.kind,
        later.c.subject == this.c.subject,
        later.c.destination == this.c.destination,
        later.c.state.in_(_UNSENT),
        later.c.id > this.c.id,
    )
    return connection.execute(query.limit(1)).first() is not None


def answer(connection: Connection, ids: Sequence[int], now: datetime) -> set[int]:
    """Mark unsent messages as shown in an answer instead; return the ids of those that were unsent.

    A message that is on its way, or was sent meanwhile, stays as it is.
    """
    shown = (
        update(outbox)
        .where(outbox.c.id.in_(ids), outbox.c.state.in_(_UNSENT))
        .values(state="answered", sent_at=now, lease_until=None, awaited_until=None)
        .returning(outbox.c.id)
    )
    return set(connection.execute(shown).scalars())


def send_to(connection: Connection, ids: Sequence[int], destination: str) -> None:
    """Queue held messages again, to this destination; their maker is asked first whether they still hold."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(ids))
        .values(state="pending", destination=destination, was_held=True, lease_until=None)
    )


def reword(connection: Connection, row_id: int, message: object) -> None:
    """Give an unsent message new words."""
    connection.execute(update(outbox).where(outbox.c.id == row_id).values(message=message))


def drop(connection: Connection, row_id: int) -> None:
    """Drop an unsent message that no longer holds."""
    let_go = {"state": "withdrawn", "lease_until": None, "error": "it no longer held"}
    connection.execute(update(outbox).where(outbox.c.id == row_id).values(**let_go))

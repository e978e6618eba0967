"""The outbox, which is the delivery ledger: a row per message to send, with its result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from storage.dialects import among, insert, literal
from storage.prepared import Prepared, Row
from storage.tables import outbox
from storage.tables.turns import IN_PARTS, KEPT, UNSETTLED

__all__ = [
    "by_key",
    "by_reference",
    "content_of",
    "enqueue",
    "enqueue_again",
    "hold",
    "hold_lost",
    "release_held",
    "replace_unsent",
    "says_now",
    "send_again",
    "sweep",
    "withdraw",
]

# Multi-part messages among which a part is looked for, at most, the newest first.
_PARTED = 1000

_OWE = Prepared(
    insert(outbox).on_conflict_do_nothing().inline(),
    *("programme_id", "key", "destination", "operation", "target", "message"),
    *("created_at", "due_at", "state", "attempts", "kind", "subject", "writer_id", "awaited_until", "cause"),
)
_UNSAID = {"state": "pending", "attempts": 0, "target": None}
_OF_NO_KIND = {"kind": None, "subject": None, "writer_id": None, "awaited_until": None, "cause": None}
_BY_KEY = Prepared(
    select(
        *(outbox.c.id, outbox.c.destination, outbox.c.state, outbox.c.sent_at, outbox.c.reference),
        *(outbox.c.attempts, outbox.c.lease_until, outbox.c.target),
    ).where(outbox.c.programme_id == bindparam("programme_id"), outbox.c.key == bindparam("key"))
)
_CONTENT = Prepared(
    select(outbox.c.state, outbox.c.message).where(
        outbox.c.programme_id == bindparam("programme_id"), outbox.c.key == bindparam("key")
    )
)
_SAYS_NOW = Prepared(
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.key == bindparam("of"),
        outbox.c.operation == "send",
        outbox.c.state == literal("sent"),
    )
    .values(message=bindparam("content"))
)
_SEND_AGAIN = Prepared(
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.key == bindparam("of"),
        outbox.c.operation == "send",
        outbox.c.state == literal("sent"),
    )
    .values(
        state="pending",
        target=bindparam("why"),
        message=bindparam("content"),
        due_at=bindparam("now"),
        attempts=0,
        reference=None,
        sent_at=None,
        lease_until=None,
    )
)
_BY_REFERENCE = Prepared(
    select(outbox.c.programme_id, outbox.c.key, outbox.c.destination)
    .where(outbox.c.reference == bindparam("reference"), outbox.c.operation == "send")
    .limit(1)
)
_IN_PARTS = Prepared(
    select(outbox.c.programme_id, outbox.c.key, outbox.c.destination, outbox.c.reference)
    .where(IN_PARTS, outbox.c.operation == "send")
    .order_by(outbox.c.id.desc())
    .limit(_PARTED)
)
_POST_AGAIN = Prepared(
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.key == bindparam("of"),
        outbox.c.state == literal("failed"),
        outbox.c.operation == "send",
    )
    .values(state="pending", due_at=bindparam("due"), error=None)
)
_NEWER = Prepared(
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        UNSETTLED,
        outbox.c.state.in_((literal("pending"), literal("held"))),
        outbox.c.target == bindparam("of"),
        outbox.c.operation == "edit",
    )
    .values(message=bindparam("content"))
)
_NEWER_UNSENT = Prepared(
    update(outbox)
    .where(
        outbox.c.programme_id == bindparam("programme"),
        outbox.c.state.in_((literal("pending"), literal("held"), literal("sending"))),
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
        or_(
            outbox.c.state.in_((literal("pending"), literal("held"))),
            and_(outbox.c.state == literal("sending"), outbox.c.attempts == 0),
        ),
    )
    .values(state="withdrawn", lease_until=None)
)
_OVER = (
    select(outbox.c.id)
    .where(
        KEPT,
        outbox.c.created_at < bindparam("before"),
        # One that waited long was read only lately.
        func.coalesce(outbox.c.sent_at, outbox.c.created_at) < bindparam("before"),
    )
    .order_by(outbox.c.created_at)
    .limit(bindparam("most"))
)
_EMPTY = Prepared(
    update(outbox)
    .where(outbox.c.id.in_(_OVER.scalar_subquery()))
    .values(message=bindparam("nothing"), emptied=True)
)


def enqueue(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert messages to send; a message whose (programme_id, key) exists already is left as it is."""
    _OWE.run_many(connection, [{**_UNSAID, **_OF_NO_KIND, **row} for row in rows])


def replace_unsent(
    connection: Connection, programme_id: int, target: str, message: object, *, sent: bool = False
) -> bool:
    """Put newer content into the unsent send or edit of `target`; False when none is unsent.

    `sent`: the message itself is known to be sent, so only a change of it can be unsent.
    """
    values = {"programme": programme_id, "of": target, "content": message}
    return bool((not sent and _NEWER_UNSENT.run(connection, values)) or _NEWER.run(connection, values))


def enqueue_again(connection: Connection, programme_id: int, key: str, due: datetime) -> bool:
    """Queue a refused message again, due at `due` (UTC); False unless it was refused.

    Its newer content is a change of it: an earlier send may have arrived with the content that it has.
    """
    return bool(_POST_AGAIN.run(connection, {"programme": programme_id, "of": key, "due": due}))


def withdraw(connection: Connection, programme_id: int, key: str) -> bool:
    """Withdraw an unsent message; return False when it is sent, on its way or unknown."""
    return bool(_WITHDRAW.run(connection, {"programme": programme_id, "of": key}))


def hold(connection: Connection, programme_id: int, destinations: Sequence[str]) -> None:
    """Hold the unsent messages for these destinations until they are released."""
    _move(connection, programme_id, destinations, "pending", "held")


def release_held(connection: Connection, programme_id: int, destinations: Sequence[str]) -> None:
    """Queue again the messages that were held for these destinations."""
    _move(connection, programme_id, destinations, "held", "pending")


def hold_lost(connection: Connection, programme_id: int, key: str) -> None:
    """Hold a message that was refused because nothing can be sent to its space now."""
    lost = (outbox.c.programme_id == programme_id, outbox.c.key == key, outbox.c.state == "failed")
    # A refused send does not count as begun; one that began before it is still looked for.
    connection.execute(update(outbox).where(*lost).values(state="held"))


def _move(
    connection: Connection, programme_id: int, destinations: Sequence[str], state: str, to: str
) -> None:
    there = (outbox.c.state == state, among(outbox.c.destination, "destinations"))
    moved = update(outbox).where(outbox.c.programme_id == programme_id, UNSETTLED, *there)
    values = {"state": to, "lease_until": None, "was_held": True}
    connection.execute(moved.values(values), {"destinations": list(destinations)})


def by_key(connection: Connection, programme_id: int, key: str) -> Row | None:
    """Return this key's row: id, destination, state, sent_at, reference, attempts, lease_until, target."""
    return _BY_KEY.first(connection, {"programme_id": programme_id, "key": key})


def content_of(connection: Connection, programme_id: int, key: str) -> Row | None:
    """Return the state of the message with this key, and its content when it was queued, as it is stored."""
    return _CONTENT.first(connection, {"programme_id": programme_id, "key": key})


def says_now(connection: Connection, programme_id: int, key: str, message: object) -> None:
    """Store with a sent message its content after a change, for the next code that changes it."""
    _SAYS_NOW.run(connection, {"programme": programme_id, "of": key, "content": message})


def send_again(
    connection: Connection, programme_id: int, key: str, message: object, edit_id: int, now: datetime
) -> None:
    """Queue the message with this key once more, with the content of its change that was refused.

    `edit_id`, the id of that change, distinguishes it from the message as it was first sent.
    """
    values = {"programme": programme_id, "of": key, "content": message, "now": now, "why": f"again:{edit_id}"}
    _SEND_AGAIN.run(connection, values)


def by_reference(connection: Connection, reference: str) -> Row | None:
    """Return the programme_id, key and destination of the message `reference`, if the bot sent it.

    The reference may be one of several that a platform made of one message: then commas separate their ids.
    """
    found = _BY_REFERENCE.first(connection, {"reference": reference})
    if found is not None:
        return found
    place, _, part = reference.rpartition("#")
    parted = (row for row in _IN_PARTS.rows(connection) if row.reference.startswith(f"{place}#"))
    return next((row for row in parted if part in row.reference.rpartition("#")[2].split(",")), None)


def sweep(connection: Connection, before: datetime, most: int, nothing: object) -> int:
    """Put `nothing` in the place of what settled messages said that were sent before an instant (UTC).

    The oldest `most` are taken; one that was never sent counts from when it was queued. Return how many.
    """
    return _EMPTY.run(connection, {"before": before, "most": most, "nothing": nothing})

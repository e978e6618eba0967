"""Messages in doubt: a send of them began, and nobody knows whether they arrived.

A person settles each: it is posted again, or it is there. Whatever would change one waits for that.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from storage.dialects import word
from storage.prepared import Prepared, Row
from storage.queries import outbox
from storage.tables import outbox as rows
from storage.tables.turns import UNSETTLED

__all__ = [
    "doubt_again",
    "in_doubt",
    "is_sought",
    "known_at",
    "post_again",
    "release_edits",
    "stands_at",
    "take_as_sent",
]

# How many messages of a place are known, and among how many rows: more than any adapter looks through.
_NEWEST = 200
_ROWS_BACK = 50_000

_of_message = (rows.c.programme_id == bindparam("programme"), rows.c.target == bindparam("of"))
_RELEASE = Prepared(
    update(rows)
    .where(*_of_message, rows.c.state == word("held"), rows.c.operation == "edit")
    .values(state="pending")
)
_doubtful = (rows.c.programme_id == bindparam("programme"), UNSETTLED, rows.c.state == word("unknown"))
_IN_DOUBT = Prepared(
    select(
        *(rows.c.id, rows.c.key, rows.c.destination, rows.c.message, rows.c.kind, rows.c.subject),
        func.coalesce(rows.c.sent_at, rows.c.created_at).label("tried_at"),
    )
    .where(*_doubtful, rows.c.operation == "send")
    .order_by(rows.c.id)
)
_POST_AGAIN = Prepared(
    update(rows)
    .where(*_doubtful, rows.c.id == bindparam("row_id"))
    .values(state="pending", attempts=0, sent_at=None, error=None, due_at=bindparam("now"))
    .returning(rows.c.key)
)
_THERE = Prepared(
    update(rows)
    .where(*_doubtful, rows.c.id == bindparam("row_id"))
    .values(state="sent", error=None)
    .returning(rows.c.key, rows.c.destination, rows.c.message)
)
_NOT_THERE = Prepared(
    update(rows)
    .where(
        rows.c.programme_id == bindparam("programme"),
        rows.c.id == bindparam("row_id"),
        rows.c.operation == "send",
        rows.c.state == word("sent"),
        rows.c.reference.is_(None),
    )
    .values(state="unknown")
)
_STANDS = Prepared(
    update(rows)
    .where(
        rows.c.programme_id == bindparam("programme"),
        rows.c.key == bindparam("of"),
        rows.c.reference.is_(None),
    )
    .values(state="sent", reference=bindparam("reference"))
)
_SOUGHT = Prepared(
    select(rows.c.id).where(
        *_of_message,
        rows.c.operation == "find",
        rows.c.state.in_((word("pending"), word("sending"))),
    )
)
_KNOWN_AT = Prepared(
    select(rows.c.reference)
    .where(
        rows.c.destination == bindparam("destination"),
        rows.c.reference.is_not(None),
        rows.c.operation == "send",
        rows.c.id > bindparam("after"),
    )
    .order_by(rows.c.id.desc())
    .limit(bindparam("most"))
)


def in_doubt(connection: Connection, programme_id: int) -> list[Row]:
    """The messages of which nobody knows whether they arrived: id, key, destination, message, tried_at."""
    return _IN_DOUBT.rows(connection, {"programme": programme_id})


def post_again(connection: Connection, programme_id: int, row_id: int, now: datetime) -> bool:
    """Owe a message in doubt once more, as if it had never been sent; False when it is in doubt no more."""
    row = _POST_AGAIN.first(connection, {"programme": programme_id, "row_id": row_id, "now": now})
    if row is None:
        return False
    release_edits(connection, programme_id, row.key)
    return True


def take_as_sent(connection: Connection, programme_id: int, row_id: int, now: datetime) -> bool:
    """Let a message in doubt count as sent, and have it looked for; False when it is in doubt no more.

    What changes it waits until it is found.
    """
    row = _THERE.first(connection, {"programme": programme_id, "row_id": row_id})
    if row is None:
        return False
    find = {
        "programme_id": programme_id,
        "key": f"find:{row_id}:{now.isoformat()}",
        "destination": row.destination,
        "operation": "find",
        "target": row.key,
        "message": row.message,
        "created_at": now,
        "due_at": now,
    }
    outbox.owe(connection, [find])
    return True


def doubt_again(connection: Connection, programme_id: int, row_id: int) -> bool:
    """Let a message that was taken as sent be in doubt again; False when it was found meanwhile."""
    return bool(_NOT_THERE.run(connection, {"programme": programme_id, "row_id": row_id}))


def stands_at(connection: Connection, programme_id: int, key: str, reference: str) -> None:
    """A message whose place was not known was found; what changes it goes on."""
    _STANDS.run(connection, {"programme": programme_id, "of": key, "reference": reference})
    release_edits(connection, programme_id, key)


def is_sought(connection: Connection, programme_id: int, key: str) -> bool:
    """Whether the message of this key is being looked for."""
    return _SOUGHT.first(connection, {"programme": programme_id, "of": key}) is not None


def release_edits(connection: Connection, programme_id: int, key: str) -> None:
    """What would change the message of this key, and waited for word of it, goes on."""
    _RELEASE.run(connection, {"programme": programme_id, "of": key})


def known_at(connection: Connection, destination: str, row_id: int) -> frozenset[str]:
    """The ids of the newest messages of ours that are known to stand in a place, of all but this row."""
    asked = {"destination": destination, "after": row_id - _ROWS_BACK, "most": _NEWEST}
    references = (row.reference for row in _KNOWN_AT.rows(connection, asked))
    return frozenset(part for each in references for part in each.rpartition("#")[2].split(","))

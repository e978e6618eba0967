"""Messages in doubt: a send of them began, and it is unknown whether they arrived.

A person settles each: it is posted again, or it is there. Changes of such a message wait for that.
"""

from __future__ import annotations

from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select, update

from storage.dialects import literal
from storage.prepared import Prepared, Row
from storage.queries import outbox
from storage.tables import outbox as rows
from storage.tables.turns import UNSETTLED

__all__ = [
    "RESTORED",
    "Known",
    "doubt_again",
    "in_doubt",
    "is_sought",
    "known_at",
    "post_again",
    "release_edits",
    "store_place",
    "take_as_sent",
]

# The newest messages of a place to return, and the rows to search: more than any adapter looks through.
_NEWEST = 200
_ROWS_BACK = 50_000

_of_message = (rows.c.programme_id == bindparam("programme"), UNSETTLED, rows.c.target == bindparam("of"))
_RELEASE = Prepared(
    update(rows)
    .where(*_of_message, rows.c.state == literal("held"), rows.c.operation == "edit")
    .values(state="pending")
)
_doubtful = (rows.c.programme_id == bindparam("programme"), UNSETTLED, rows.c.state == literal("unknown"))
RESTORED = "restored"
"""The error of a message that is in doubt because a backup was restored: it is looked for first."""

_finds = rows.alias("finds")
_is_sought = (func.coalesce(rows.c.error, "") == RESTORED) & select(_finds.c.id).where(
    _finds.c.programme_id == rows.c.programme_id,
    _finds.c.target == rows.c.key,
    _finds.c.target.is_not(None),
    _finds.c.operation == "find",
    _finds.c.state.in_((literal("pending"), literal("sending"))),
).exists()
_IN_DOUBT = Prepared(
    select(
        *(rows.c.id, rows.c.key, rows.c.destination, rows.c.message, rows.c.kind, rows.c.subject),
        func.coalesce(rows.c.sent_at, rows.c.created_at).label("tried_at"),
    )
    .where(*_doubtful, rows.c.operation == "send", ~_is_sought)
    .order_by(rows.c.id)
)
_POST_AGAIN = Prepared(
    update(rows)
    .where(*_doubtful, rows.c.id == bindparam("row_id"))
    .values(
        state="pending",
        target=bindparam("why"),
        attempts=0,
        sent_at=None,
        error=None,
        due_at=bindparam("now"),
    )
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
        rows.c.state == literal("sent"),
        rows.c.reference.is_(None),
    )
    .values(state="unknown")
)
_FOUND_AT = Prepared(
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
        rows.c.state.in_((literal("pending"), literal("sending"))),
    )
)
_KNOWN_AT = Prepared(
    select(rows.c.reference, rows.c.sent_at)
    .where(
        rows.c.destination == bindparam("destination"),
        rows.c.reference.is_not(None),
        rows.c.operation == "send",
        rows.c.id > bindparam("after"),
    )
    .order_by(rows.c.id.desc())
    .limit(bindparam("most"))
)


class Known(NamedTuple):
    """This bot's newest known messages in a place, by their ids.

    `since` is the newest of them whose send began before that of the message which is looked for.
    """

    ids: frozenset[str] = frozenset()
    since: str = ""


def in_doubt(connection: Connection, programme_id: int) -> list[Row]:
    """Return the messages that may have arrived or not: id, key, destination, message, tried_at.

    One that is looked for first, after a restore, is not among them until that has ended.
    """
    return _IN_DOUBT.rows(connection, {"programme": programme_id})


def post_again(connection: Connection, programme_id: int, row_id: int, now: datetime) -> bool:
    """Queue a message in doubt as a new message; False when it is no longer in doubt.

    The platform must not take it for the first one, which may have arrived: it may bring newer words.
    """
    why = f"again:{now.isoformat()}"
    asked = {"programme": programme_id, "row_id": row_id, "now": now, "why": why}
    row = _POST_AGAIN.first(connection, asked)
    if row is None:
        return False
    release_edits(connection, programme_id, row.key)
    return True


def take_as_sent(connection: Connection, programme_id: int, row_id: int, now: datetime) -> bool:
    """Count a message in doubt as sent, and have it looked for; False when it is no longer in doubt.

    Its changes wait until it is found.
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
    outbox.enqueue(connection, [find])
    return True


def doubt_again(connection: Connection, programme_id: int, row_id: int) -> bool:
    """Put a message that was taken as sent in doubt again; return False when it was found meanwhile."""
    return bool(_NOT_THERE.run(connection, {"programme": programme_id, "row_id": row_id}))


def store_place(connection: Connection, programme_id: int, key: str, reference: str) -> None:
    """Store where a message was found whose place was unknown; its changes continue."""
    _FOUND_AT.run(connection, {"programme": programme_id, "of": key, "reference": reference})
    release_edits(connection, programme_id, key)


def is_sought(connection: Connection, programme_id: int, key: str) -> bool:
    """Return whether the message of this key is being looked for."""
    return _SOUGHT.first(connection, {"programme": programme_id, "of": key}) is not None


def release_edits(connection: Connection, programme_id: int, key: str) -> None:
    """Release the changes of the message of this key that waited for its result."""
    _RELEASE.run(connection, {"programme": programme_id, "of": key})


def known_at(connection: Connection, destination: str, row_id: int, began: datetime | None) -> Known:
    """Return this bot's newest known messages in a place besides this row, whose send began at `began`."""
    asked = {"destination": destination, "after": row_id - _ROWS_BACK, "most": _NEWEST}
    found = [
        (row.sent_at, row.reference.rpartition("#")[2].split(","))
        for row in _KNOWN_AT.rows(connection, asked)
    ]
    before = [(sent_at, parts[-1]) for sent_at, parts in found if began and sent_at and sent_at < began]
    since = max(before, default=(began, ""), key=itemgetter(0))[1]
    return Known(frozenset(part for _, parts in found for part in parts), since)

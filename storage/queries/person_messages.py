"""The messages, the news and the timers of one person on one day, without their words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, func, literal, or_, select

from storage.dialects import among
from storage.prepared import Prepared, Row
from storage.tables import Notice, outbox, timers
from storage.tables.turns import KEPT, UNSETTLED

__all__ = ["fired_on_day", "news_of_day", "of_day"]

_HELD_BACK: Final = timedelta(days=7)
"""How long before a day a message that was sent on it may have been written."""

_COLUMNS = (
    *(outbox.c.id, outbox.c.key, outbox.c.destination, outbox.c.created_at, outbox.c.due_at),
    *(outbox.c.state, outbox.c.sent_at, outbox.c.was_held, outbox.c.cause),
)
_TO_THEM = (
    # As a sum, so that SQLite does not read all of the programme by the index of its keys.
    outbox.c.programme_id + 0 == bindparam("programme"),
    outbox.c.operation == "send",
    among(outbox.c.destination, "accounts"),
)
# What is kept, by the index of its instants; and what is not settled, which never grows with the ledger.
_SETTLED = Prepared(
    select(*_COLUMNS).where(
        *_TO_THEM,
        KEPT,
        outbox.c.created_at >= bindparam("since"),
        outbox.c.created_at < bindparam("ends"),
        func.coalesce(outbox.c.sent_at, outbox.c.created_at) >= bindparam("begins"),
        or_(
            outbox.c.sent_at.is_(None),
            outbox.c.sent_at < bindparam("ends"),
            outbox.c.created_at >= bindparam("begins"),
        ),
    )
)
_WAITING = Prepared(select(*_COLUMNS).where(*_TO_THEM, UNSETTLED, outbox.c.created_at < bindparam("ends")))
_NEWS = Prepared(
    select(Notice.id, Notice.key, Notice.state, Notice.created_at)
    .where(
        Notice.programme_id == bindparam("programme"),
        Notice.person_id == bindparam("person"),
        Notice.created_at >= bindparam("begins"),
        Notice.created_at < bindparam("ends"),
    )
    .order_by(Notice.id)
)
_FIRED = Prepared(
    select(timers.c.id, timers.c.kind, timers.c.due_at, timers.c.done_at)
    .where(
        timers.c.programme_id == bindparam("programme"),
        among(timers.c.subject, "subjects"),
        timers.c.state == literal("done"),
        timers.c.done_at >= bindparam("begins"),
        timers.c.done_at < bindparam("ends"),
    )
    .order_by(timers.c.done_at, timers.c.id)
)


def of_day(
    connection: Connection, programme_id: int, accounts: Sequence[str], begins: datetime, ends: datetime
) -> list[Row]:
    """Return the messages to these accounts that were written or sent on a day, or wait since then.

    The day is from `begins` up to `ends` (UTC). They are in the order in which they were written: id, key,
    destination, created_at, due_at, state, sent_at, was_held, cause.
    """
    asked = {"programme": programme_id, "accounts": list(accounts), "begins": begins, "ends": ends}
    settled = _SETTLED.rows(connection, {**asked, "since": begins - _HELD_BACK})
    waiting = _WAITING.rows(connection, {name: asked[name] for name in ("programme", "accounts", "ends")})
    return sorted([*settled, *waiting], key=lambda row: (row.created_at, row.id))


def news_of_day(
    connection: Connection, programme_id: int, person_id: int, begins: datetime, ends: datetime
) -> list[Row]:
    """Return the pieces for a person's daily message that came up on a day: id, key, state, created_at."""
    asked = {"programme": programme_id, "person": person_id, "begins": begins, "ends": ends}
    return _NEWS.rows(connection, asked)


def fired_on_day(
    connection: Connection, programme_id: int, subjects: Sequence[str], begins: datetime, ends: datetime
) -> list[Row]:
    """Return the timers about these subjects that fired on a day: id, kind, due_at, done_at."""
    asked = {"programme": programme_id, "subjects": list(subjects), "begins": begins, "ends": ends}
    return _FIRED.rows(connection, asked)

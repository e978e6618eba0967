"""The messages and timers that are owed, programme by programme: what an operator looks at first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, Table, func, select

from storage.queries.backlog import LATE
from storage.tables import Programme, outbox, timers
from storage.tables.turns import UNSETTLED

__all__ = ["Owed", "read_owed"]


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed of one kind in one programme, at an instant.

    Attributes:
        programme_id, programme: whose it is, by id and name.
        what: "message" or "timer".
        state: "due" (to be done now), "late" (due for more than a minute), "later" (due at a later instant),
            "on its way", "held", "in doubt" or "failed".
        count: how many there are. `oldest`: when the oldest of them was due, UTC; `row_id`: its id.
    """

    programme_id: int
    programme: str
    what: str
    state: str
    count: int
    oldest: datetime
    row_id: int


_STATES: Final = {"sending": "on its way", "held": "held", "unknown": "in doubt", "failed": "failed"}
"""How the states of a row that is not pending are called."""


def read_owed(connection: Connection, now: datetime, programme_id: int | None = None) -> list[Owed]:
    """Return what is owed at `now` (UTC): by programme, messages before timers, the most urgent first."""
    programmes = connection.execute(select(Programme.id, Programme.name))
    names = {row.id: row.name for row in programmes}
    found = [*_messages(connection, now), *_timers(connection, now)]
    order = ["late", "due", "in doubt", "failed", "held", "on its way", "later"]
    kept = [each for each in found if programme_id in {None, each[0]}]
    kept.sort(key=lambda each: (each[0], each[1], order.index(each[2])))
    return [Owed(each[0], names.get(each[0], ""), *each[1:]) for each in kept]


_Counted = tuple[int, str, str, int, datetime, int]


def _messages(connection: Connection, now: datetime) -> Iterator[_Counted]:
    owed: list[ColumnElement[bool]] = [UNSETTLED]  # type: ignore[list-item]  # a text is a condition too
    for state, name in _STATES.items():
        yield from _counted(connection, outbox, [*owed, outbox.c.state == state], "message", name)
    pending = [*owed, outbox.c.state == "pending"]
    yield from _by_due(connection, outbox, pending, "message", now)


def _timers(connection: Connection, now: datetime) -> Iterator[_Counted]:
    yield from _counted(connection, timers, [timers.c.state == "failed"], "timer", "failed")
    yield from _by_due(connection, timers, [timers.c.state == "pending"], "timer", now)


def _by_due(
    connection: Connection,
    table: Table,
    pending: Sequence[ColumnElement[bool]],
    what: str,
    now: datetime,
) -> Iterator[_Counted]:
    due = table.c.due_at
    for name, condition in (
        ("late", due <= now - LATE),
        ("due", (due > now - LATE) & (due <= now)),
        ("later", due > now),
    ):
        yield from _counted(connection, table, [*pending, condition], what, name)


def _counted(
    connection: Connection,
    table: Table,
    conditions: Sequence[ColumnElement[bool]],
    what: str,
    state: str,
) -> Iterator[_Counted]:
    """Yield, for each programme that has some, how many rows there are and the oldest of them."""
    oldest = func.min(table.c.due_at)
    query = select(table.c.programme_id, func.count(), oldest).where(*conditions)
    for programme_id, count, at in connection.execute(query.group_by(table.c.programme_id)).all():
        its = select(func.min(table.c.id)).where(
            *conditions, table.c.programme_id == programme_id, table.c.due_at == at
        )
        yield programme_id, what, state, count, at, connection.execute(its).scalar_one()

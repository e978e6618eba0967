"""Waits: opened and ended by the subject, looked for by what they are said with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, func, select, text, update

from storage.dialects import among, insert, literal
from storage.prepared import Prepared, Row
from storage.tables import Wait

__all__ = [
    "abouts",
    "advance",
    "drop",
    "due",
    "end",
    "hold",
    "next_step",
    "of_subject",
    "of_subjects",
    "of_those",
    "open_wait",
    "said_with",
    "shift",
]

_ROW: Final = (
    *(Wait.id, Wait.kind, Wait.subject, Wait.about, Wait.waits, Wait.since, Wait.due_at),
    *(Wait.step, Wait.next_at, Wait.state),
)
_NOT_OVER: Final = Wait.state.in_((literal("open"), literal("held")))
_OF_KIND: Final = and_(Wait.programme_id == bindparam("programme"), Wait.kind == bindparam("of_kind"))
_OF_SUBJECT: Final = and_(_OF_KIND, Wait.subject == bindparam("of"), _NOT_OVER)
_OPEN_ABOUT: Final = and_(_OF_KIND, Wait.about == bindparam("of"), _NOT_OVER, Wait.state == literal("open"))

_OPEN: Final = Prepared(
    insert(Wait)
    .on_conflict_do_nothing(
        index_elements=[Wait.programme_id, Wait.kind, Wait.subject],
        index_where=text("state IN ('open', 'held')"),
    )
    .returning(Wait.id),
    *("programme_id", "kind", "subject", "about", "waits"),
    *("since", "due_at", "step", "next_at", "state", "ended_at"),
)
_END: Final = Prepared(
    update(Wait)
    .where(_OF_SUBJECT)
    .values(state=bindparam("to"), ended_at=bindparam("now"), next_at=None)
    .returning(Wait.about)
)
_DROP: Final = Prepared(
    update(Wait)
    .where(_OF_KIND, Wait.about == bindparam("of"), _NOT_OVER)
    .values(state=literal("dropped"), ended_at=bindparam("now"), next_at=None)
)
_HOLD: Final = Prepared(update(Wait).where(_OF_SUBJECT).values(state=literal("held")).returning(Wait.about))
_ADVANCE: Final = Prepared(
    update(Wait)
    .where(Wait.id == bindparam("row_id"), _NOT_OVER)
    .values(
        step=bindparam("to_step"),
        next_at=bindparam("at"),
        due_at=bindparam("by"),
        state=bindparam("to_state"),
    )
)
_SHIFT: Final = Prepared(
    update(Wait)
    .where(Wait.id == bindparam("row_id"), _NOT_OVER)
    .values(since=bindparam("begun"), due_at=bindparam("by"), next_at=bindparam("at"))
)
_ONE: Final = Prepared(select(*_ROW).where(_OF_SUBJECT))
_SEVERAL: Final = Prepared(select(*_ROW).where(_OF_KIND, among(Wait.subject, "several"), _NOT_OVER))
_SAID_WITH: Final = Prepared(
    select(*_ROW)
    .where(
        Wait.programme_id == bindparam("programme"),
        among(Wait.kind, "kinds"),
        among(Wait.about, "abouts"),
        _NOT_OVER,
        Wait.due_at.is_not(None),
    )
    .order_by(Wait.due_at, Wait.id)
)
_FIRST: Final = Prepared(
    select(Wait.step, Wait.next_at)
    .where(_OPEN_ABOUT, Wait.next_at.is_not(None))
    .order_by(Wait.next_at, Wait.step)
    .limit(1)
)
_DUE: Final = Prepared(
    select(*_ROW)
    .where(_OPEN_ABOUT, Wait.next_at <= bindparam("now"))
    .order_by(Wait.step, Wait.id)
    .with_for_update(of=Wait)
)
_ABOUTS: Final = Prepared(
    select(Wait.about, func.max(Wait.due_at).label("due_at")).where(_OF_KIND, _NOT_OVER).group_by(Wait.about)
)
_ABOUT: Final = Prepared(
    select(*_ROW).where(_OF_KIND, Wait.about == bindparam("of"), _NOT_OVER).order_by(Wait.id)
)


def open_wait(connection: Connection, row: dict[str, Any]) -> bool:
    """Store a wait; return False where one of its kind for the same subject is not over."""
    return _OPEN.first(connection, {"state": "open", "ended_at": None, **row}) is not None


def end(connection: Connection, programme: int, kind: str, of: str, to: str, now: datetime) -> str | None:
    """End the wait of a kind for a subject (kept, settled, dropped); return its about, None without one."""
    asked = {"programme": programme, "of_kind": kind, "of": of, "to": to, "now": now}
    return _END.value(connection, asked)


def drop(connection: Connection, programme: int, kind: str, about: str, now: datetime) -> None:
    """End the waits of a kind that are said together: they are waited for no longer."""
    _DROP.run(connection, {"programme": programme, "of_kind": kind, "of": about, "now": now})


def hold(connection: Connection, programme: int, kind: str, of: str) -> str | None:
    """Hold the wait of a kind for a subject; return its about, None without one."""
    return _HOLD.value(connection, {"programme": programme, "of_kind": kind, "of": of})


def of_subject(connection: Connection, programme: int, kind: str, of: str) -> Row | None:
    """Return the wait of a kind for a subject that is not over, with the columns of `Wait`."""
    return _ONE.first(connection, {"programme": programme, "of_kind": kind, "of": of})


def of_subjects(connection: Connection, programme: int, kind: str, several: Sequence[str]) -> list[Row]:
    """Return the waits of a kind for several subjects that are not over, with the columns of `Wait`."""
    return _SEVERAL.rows(connection, {"programme": programme, "of_kind": kind, "several": several})


def said_with(
    connection: Connection, programme: int, kinds: Sequence[str], abouts: Sequence[str]
) -> list[Row]:
    """Return the waits of some kinds about several things that are not over, what is owed first ahead."""
    return _SAID_WITH.rows(connection, {"programme": programme, "kinds": kinds, "abouts": abouts})


def of_those(connection: Connection, programme: int, kind: str, about: str) -> list[Row]:
    """Return the waits of a kind that are said together and are not over, the oldest first."""
    return _ABOUT.rows(connection, {"programme": programme, "of_kind": kind, "of": about})


def abouts(connection: Connection, programme: int, kind: str) -> list[tuple[str, datetime | None]]:
    """Return what the waits of a kind that are not over are about, with the latest instant of being due."""
    asked = {"programme": programme, "of_kind": kind}
    return [(row.about, row.due_at) for row in _ABOUTS.rows(connection, asked)]


def next_step(connection: Connection, programme: int, kind: str, about: str) -> tuple[int, datetime] | None:
    """Return the step that comes next among the open waits that are said together, and when (UTC)."""
    found = _FIRST.first(connection, {"programme": programme, "of_kind": kind, "of": about})
    return None if found is None else (found.step, found.next_at)


def due(connection: Connection, programme: int, kind: str, about: str, now: datetime) -> list[Row]:
    """Return the open waits said together whose next step has come, by their steps; locked."""
    return _DUE.rows(connection, {"programme": programme, "of_kind": kind, "of": about, "now": now})


def shift(connection: Connection, row_id: int, since: datetime, due: datetime, at: datetime) -> None:
    """Let a wait that is not over have begun, be owed and take its next step at these instants (UTC)."""
    _SHIFT.run(connection, {"row_id": row_id, "begun": since, "by": due, "at": at})


def advance(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Put waits that are not over at a step: `row_id`, `to_step`, `at`, `by` and `to_state`."""
    if rows:
        _ADVANCE.run_many(connection, rows)

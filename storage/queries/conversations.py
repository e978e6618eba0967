"""Conversations: one row per draft, saved after every answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from storage.statements import insert
from storage.tables import conversations

__all__ = ["begin", "by_id", "by_subject", "in_front", "let_wait", "save", "unfinished"]

_BEGIN = insert(conversations).returning(conversations.c.id)
_UNFINISHED = ("open", "waiting")
_MINE = select(conversations).where(
    conversations.c.programme_id == bindparam("programme_id"),
    conversations.c.person_id == bindparam("person_id"),
)
_IN_FRONT = (
    _MINE.where(conversations.c.state == "open")
    .order_by(conversations.c.id.desc())
    .limit(1)
    .with_for_update()
)
_ALL = _MINE.where(conversations.c.state.in_(_UNFINISHED)).order_by(conversations.c.updated_at.desc())
_BY_ID = _MINE.where(conversations.c.id == bindparam("conversation_id")).with_for_update()
_BY_SUBJECT = _MINE.where(
    conversations.c.form == bindparam("form"),
    conversations.c.subject == bindparam("subject"),
    conversations.c.state.in_(_UNFINISHED),
).with_for_update()
_SAVE = (
    update(conversations)
    .where(conversations.c.id == bindparam("row_id"))
    .values(
        draft=bindparam("draft"),
        revision=bindparam("revision"),
        state=bindparam("to"),
        updated_at=bindparam("now"),
        prompt_key=bindparam("prompt_key"),
        destination=bindparam("destination"),
    )
)
_LET_WAIT = (
    update(conversations)
    .where(
        conversations.c.programme_id == bindparam("programme"),
        conversations.c.person_id == bindparam("person"),
        conversations.c.state == "open",
        conversations.c.id != bindparam("other_than"),
    )
    .values(state="waiting")
)


def begin(connection: Connection, row: dict[str, Any]) -> int:
    """Insert a conversation; its id."""
    made = connection.execute(_BEGIN, {"revision": 0, "state": "open", "prompt_key": "", **row})
    return int(made.scalar_one())


def in_front(connection: Connection, programme_id: int, person_id: int) -> Row[*tuple[Any, ...]] | None:
    """The open conversation that a person's words in the DM go to, locked."""
    return connection.execute(_IN_FRONT, {"programme_id": programme_id, "person_id": person_id}).first()


def unfinished(connection: Connection, programme_id: int, person_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """All open and waiting conversations of a person, the latest first."""
    return connection.execute(_ALL, {"programme_id": programme_id, "person_id": person_id}).all()


def by_id(
    connection: Connection, programme_id: int, person_id: int, conversation_id: int
) -> Row[*tuple[Any, ...]] | None:
    """One conversation of this person, whatever its state, locked."""
    values = {"programme_id": programme_id, "person_id": person_id, "conversation_id": conversation_id}
    return connection.execute(_BY_ID, values).first()


def by_subject(
    connection: Connection, programme_id: int, person_id: int, form: str, subject: str
) -> Row[*tuple[Any, ...]] | None:
    """The person's unfinished conversation of this form about this subject, locked."""
    values = {"programme_id": programme_id, "person_id": person_id, "form": form, "subject": subject}
    return connection.execute(_BY_SUBJECT, values).first()


def save(connection: Connection, row: dict[str, Any], now: datetime) -> None:
    """Store a conversation's row_id, draft, revision, to (state), prompt_key, destination."""
    connection.execute(_SAVE, {**row, "now": now})


def let_wait(connection: Connection, programme_id: int, person_id: int, other_than: int) -> None:
    """Put the person's other open conversations behind this one."""
    values = {"programme": programme_id, "person": person_id, "other_than": other_than}
    connection.execute(_LET_WAIT, values)

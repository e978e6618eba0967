"""Conversations: one row per draft, saved after every answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, update

from storage.dialects import insert, literal
from storage.prepared import Prepared, Row
from storage.tables import conversations, outbox

__all__ = [
    "begin",
    "by_id",
    "by_subject",
    "current",
    "live",
    "put_behind",
    "save",
    "sent",
    "spoke_at",
    "unfinished",
]

_BEGIN = Prepared(
    insert(conversations).on_conflict_do_nothing().returning(conversations.c.id),
    *("programme_id", "person_id", "form", "subject", "draft", "revision", "state"),
    *("created_at", "updated_at", "destination", "prompt_key"),
)
_UNFINISHED = (literal("open"), literal("waiting"))
_MINE = select(
    conversations.c.id,
    conversations.c.form,
    conversations.c.subject,
    conversations.c.draft,
    conversations.c.state,
    conversations.c.destination,
    conversations.c.prompt_key,
).where(
    conversations.c.programme_id == bindparam("programme_id"),
    conversations.c.person_id == bindparam("person_id"),
)
_PROMPT = ("state", "sent_at", "attempts", "lease_until", "message")
_IN_FRONT = Prepared(
    _MINE.add_columns(*(outbox.c[name].label(f"prompt_{name}") for name in _PROMPT))
    .outerjoin(
        outbox,
        and_(
            outbox.c.programme_id == conversations.c.programme_id,
            outbox.c.key == conversations.c.prompt_key,
        ),
    )
    .where(conversations.c.state == literal("open"))
    .order_by(conversations.c.id.desc())
    .limit(1)
    .with_for_update(of=conversations)
)
_SPOKE = Prepared(
    select(func.max(conversations.c.updated_at)).where(
        conversations.c.programme_id == bindparam("programme_id"),
        conversations.c.person_id == bindparam("person_id"),
        conversations.c.state == literal("open"),
    )
)
_ALL = Prepared(
    _MINE.where(conversations.c.state.in_(_UNFINISHED)).order_by(conversations.c.updated_at.desc())
)
_SENT = Prepared(
    _MINE.where(conversations.c.state == literal("done")).order_by(conversations.c.updated_at.desc()).limit(5)
)
_BY_ID = Prepared(_MINE.where(conversations.c.id == bindparam("conversation_id")).with_for_update())
_LIVE = Prepared(
    select(
        conversations.c.id,
        conversations.c.state,
        conversations.c.prompt_key,
        conversations.c.form,
        conversations.c.subject,
    ).where(
        conversations.c.programme_id == bindparam("programme_id"),
        conversations.c.id == bindparam("conversation_id"),
        conversations.c.state.in_(_UNFINISHED),
    )
)
_BY_SUBJECT = Prepared(
    _MINE.where(
        conversations.c.form == bindparam("form"),
        conversations.c.subject == bindparam("subject"),
        conversations.c.state.in_(_UNFINISHED),
    ).with_for_update()
)
_SAVE = Prepared(
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
_LET_WAIT = Prepared(
    update(conversations)
    .where(
        conversations.c.programme_id == bindparam("programme"),
        conversations.c.person_id == bindparam("person"),
        conversations.c.state == literal("open"),
        conversations.c.id != bindparam("other_than"),
    )
    .values(state="waiting")
)


def begin(connection: Connection, row: dict[str, Any]) -> int | None:
    """Insert a conversation; return its id, or None when the person has an unfinished one of this subject."""
    return _BEGIN.value(connection, {"revision": 0, "state": "open", "prompt_key": "", **row})


def current(connection: Connection, programme_id: int, person_id: int) -> Row | None:
    """Return the open conversation that a person's words in the DM go to, locked.

    A row has id, form, subject, draft, state, destination and prompt_key, here and below. This one has the
    newest question besides, as the outbox has it: prompt_state (None: it is not there), prompt_sent_at,
    prompt_attempts, prompt_lease_until and prompt_message.
    """
    return _IN_FRONT.first(connection, {"programme_id": programme_id, "person_id": person_id})


def spoke_at(connection: Connection, programme_id: int, person_id: int) -> datetime | None:
    """Return when the open conversation of this person last continued, UTC; None where none is open."""
    return _SPOKE.value(connection, {"programme_id": programme_id, "person_id": person_id})


def unfinished(connection: Connection, programme_id: int, person_id: int) -> list[Row]:
    """Return all open and waiting conversations of a person, the latest first."""
    return _ALL.rows(connection, {"programme_id": programme_id, "person_id": person_id})


def sent(connection: Connection, programme_id: int, person_id: int) -> list[Row]:
    """Return the person's latest few conversations that were completed, the latest first."""
    return _SENT.rows(connection, {"programme_id": programme_id, "person_id": person_id})


def by_id(connection: Connection, programme_id: int, person_id: int, conversation_id: int) -> Row | None:
    """Return a conversation of this person by its id, whatever its state, locked."""
    values = {"programme_id": programme_id, "person_id": person_id, "conversation_id": conversation_id}
    return _BY_ID.first(connection, values)


def live(connection: Connection, programme_id: int, conversation_id: int) -> Row | None:
    """Return the id, state, prompt_key, form and subject of a live conversation; None once it ended."""
    return _LIVE.first(connection, {"programme_id": programme_id, "conversation_id": conversation_id})


def by_subject(
    connection: Connection, programme_id: int, person_id: int, form: str, subject: str
) -> Row | None:
    """Return the person's unfinished conversation of this form about this subject, locked."""
    values = {"programme_id": programme_id, "person_id": person_id, "form": form, "subject": subject}
    return _BY_SUBJECT.first(connection, values)


def save(connection: Connection, row: dict[str, Any], now: datetime) -> None:
    """Store a conversation's row_id, draft, revision, to (state), prompt_key, destination."""
    _SAVE.run(connection, {**row, "now": now})


def put_behind(connection: Connection, programme_id: int, person_id: int, other_than: int) -> None:
    """Put the person's other open conversations behind this conversation."""
    values = {"programme": programme_id, "person": person_id, "other_than": other_than}
    _LET_WAIT.run(connection, values)

"""The story of messages: what caused each, and what became of it. Nothing here reads what a message says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from storage.dialects import among
from storage.tables import HistoryRow, Identity, Person, Programme, inbox, outbox, timers

__all__ = [
    "accounts_of",
    "caused_by",
    "changes_of",
    "event",
    "events_of",
    "history_at",
    "message",
    "messages_at",
    "messages_to",
    "messages_with_key",
    "owners_of",
    "people_named",
    "timer",
]

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row whose columns its function names."""

_SHOWN = (
    *(outbox.c.id, outbox.c.programme_id, outbox.c.key, outbox.c.destination, outbox.c.operation),
    *(outbox.c.target, outbox.c.created_at, outbox.c.due_at, outbox.c.state, outbox.c.lease_until),
    *(outbox.c.attempts, outbox.c.sent_at, outbox.c.reference, outbox.c.error, outbox.c.kind),
    *(outbox.c.subject, outbox.c.was_held, outbox.c.cause),
)
"""All of a message but its words."""


def message(connection: Connection, row_id: int) -> AnyRow | None:
    """Return the message with this id, all of it but its words."""
    return next(iter(_messages(connection, outbox.c.id == row_id, 1)), None)


def messages_with_key(connection: Connection, key: str) -> Sequence[AnyRow]:
    """Return the message with this key in each programme that has one."""
    return _messages(connection, outbox.c.key == key, 10)


def messages_at(connection: Connection, place_id: str, message_id: str) -> Sequence[AnyRow]:
    """Return the bot's messages in a place of a platform, by the platform's ids of place and message.

    A message that took several parts is found by each of them.
    """
    parts = func.replace(outbox.c.reference, "#", ",") + ","
    there = and_(
        outbox.c.reference.contains(f"/{place_id}#", autoescape=True),
        parts.contains(f",{message_id},", autoescape=True),
    )
    return _messages(connection, there & (outbox.c.operation == "send"), 10)


def messages_to(connection: Connection, accounts: Sequence[str], most: int) -> Sequence[AnyRow]:
    """Return the newest `most` messages to these accounts (`str(UserRef)`), oldest first."""
    to = among(outbox.c.destination, "accounts")
    query = select(*_SHOWN).where(to).order_by(outbox.c.id.desc()).limit(most)
    return list(reversed(connection.execute(query, {"accounts": list(accounts)}).all()))


def caused_by(connection: Connection, programme_id: int | None, cause: str) -> Sequence[AnyRow]:
    """Return the messages that one turn wrote, by what began it."""
    return _messages(connection, (outbox.c.cause == cause) & (outbox.c.programme_id == programme_id), 50)


def changes_of(connection: Connection, programme_id: int, key: str) -> Sequence[AnyRow]:
    """Return the changes of the message with this key, and the searches for it."""
    return _messages(
        connection,
        (outbox.c.programme_id == programme_id) & (outbox.c.target == key) & (outbox.c.operation != "send"),
        50,
    )


def _messages(connection: Connection, which: ColumnElement[bool], most: int) -> Sequence[AnyRow]:
    return connection.execute(select(*_SHOWN).where(which).order_by(outbox.c.id).limit(most)).all()


def event(connection: Connection, row_id: int) -> AnyRow | None:
    """Return an event that came in, without its answer."""
    columns = (inbox.c.id, inbox.c.programme_id, inbox.c.platform, inbox.c.event_id, inbox.c.received_at)
    query = select(*columns, inbox.c.answer_state, inbox.c.actor).where(inbox.c.id == row_id)
    return connection.execute(query).one_or_none()


def events_of(connection: Connection, platform_id: str) -> Sequence[int]:
    """Return the ids of the events that a platform, or the log, calls by this id."""
    query = select(inbox.c.id).where(inbox.c.event_id == platform_id).order_by(inbox.c.id)
    return connection.execute(query).scalars().all()


def timer(connection: Connection, row_id: int) -> AnyRow | None:
    """Return a timer without its payload; one that is over is kept for some time only."""
    columns = (timers.c.id, timers.c.programme_id, timers.c.key, timers.c.kind, timers.c.subject)
    query = select(*columns, timers.c.due_at, timers.c.state, timers.c.attempts, timers.c.done_at)
    return connection.execute(query.where(timers.c.id == row_id)).one_or_none()


def history_at(connection: Connection, programme_id: int, at: datetime) -> Sequence[AnyRow]:
    """Return what was written to the history at this very instant (UTC): by the turn that began then."""
    columns = (HistoryRow.id, HistoryRow.subject, HistoryRow.what, HistoryRow.before, HistoryRow.after)
    query = select(*columns, HistoryRow.reason).where(HistoryRow.programme_id == programme_id)
    return connection.execute(query.where(HistoryRow.at == at).order_by(HistoryRow.id).limit(50)).all()


def owners_of(connection: Connection, accounts: Sequence[str]) -> dict[str, str]:
    """Return the name of the person of each of these accounts (`str(UserRef)`)."""
    query = select(Identity.platform, Identity.user_id, Person.name).join(
        Person, Person.id == Identity.person_id
    )
    wanted = set(accounts)
    ids = [account.partition("/@")[2] for account in wanted]
    rows = connection.execute(query.where(among(Identity.user_id, "ids")), {"ids": ids})
    named = {f"{row.platform}/@{row.user_id}": row.name for row in rows}
    return {account: name for account, name in named.items() if account in wanted}


def people_named(connection: Connection, words: str, folded: str) -> Sequence[AnyRow]:
    """Return id, name, programme of those whose name begins with `folded`, or whose account is `words`."""
    platform, _, account = words.partition("/@")
    names = select(Person.id, Person.name, Programme.name.label("programme")).join(
        Programme, Programme.id == Person.programme_id
    )
    by_account = select(Identity.person_id).where(
        or_(
            Identity.user_id == words,
            and_(Identity.platform == platform, Identity.user_id == account),
        )
    )
    named = or_(Person.folded_name.startswith(folded, autoescape=True), Person.id.in_(by_account))
    return connection.execute(names.where(named).order_by(Person.id).limit(20)).all()


def accounts_of(connection: Connection, person_id: int) -> Sequence[str]:
    """Return the accounts of a person, as `str(UserRef)`."""
    query = select(Identity.platform, Identity.user_id).where(Identity.person_id == person_id)
    return [f"{row.platform}/@{row.user_id}" for row in connection.execute(query.order_by(Identity.id))]

"""The tables of every turn: inbox, outbox, timers, conversations. Core tables, because they are hot.

A row's `state` moves only forward; a comment in each table says what its states mean.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.tables.base import metadata
from storage.types import JSON, UTCDateTime, in_order

__all__ = ["conversations", "inbox", "lanes", "outbox", "timers"]

inbox = Table(
    "inbox",
    metadata,
    Column("id", Integer, primary_key=True),
    # Null only for an event from a space that belongs to no programme yet.
    Column("programme_id", ForeignKey("programmes.id"), nullable=True),
    Column("platform", String(20), nullable=False),
    Column("event_id", String(255), nullable=False),
    Column("received_at", UTCDateTime, nullable=False),
    # The stored answer, so that the same event again gets the same answer; null where there is none.
    Column("answer", JSON, nullable=True),
    # `none`: no answer is due; `owed`: not yet given; `given`; `posted`: too late, so it became a message.
    Column("answer_state", String(8), nullable=False),
    # The person to post it to when it could not be given in time.
    Column("actor", String(255), nullable=False),
    Column("answer_until", UTCDateTime, nullable=True),
    UniqueConstraint("platform", "event_id"),
)
Index(
    "ix_inbox_owed",
    inbox.c.answer_until,
    sqlite_where=inbox.c.answer_state == "owed",
    postgresql_where=inbox.c.answer_state == "owed",
)

Index(
    "ix_inbox_words",
    inbox.c.received_at,
    sqlite_where=inbox.c.answer.is_not(None),
    postgresql_where=inbox.c.answer.is_not(None),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("programme_id", ForeignKey("programmes.id"), nullable=False),
    # In the order of its characters: messages are found by how their keys begin.
    Column("key", in_order(255), nullable=False),
    # str(UserRef) or str(Place): order holds per destination.
    Column("destination", String(255), nullable=False),
    # send: a new message; edit: new content for the message `target` names; find: where that message is.
    Column("operation", String(8), nullable=False),
    # For an edit: the key of the row that sent the message, or str(MessageRef). For a find: that key. For a
    # send that is repeated because a change was refused: which change; because it was in doubt: since when.
    Column("target", in_order(500), nullable=True),
    Column("message", JSON, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    # pending, sending (claimed), sent, failed (never will be), unknown (it may have arrived), withdrawn,
    # answered (it was shown as the answer to what its reader did, so it is not sent), held (the bot is not
    # in that space now, may not write to a person before they act, or their direct messages are closed;
    # pending again when it is back, they have acted, or they are open. An edit: the message that it changes
    # is unknown).
    Column("state", String(10), nullable=False),
    # While it is sending: until then no other worker takes it, or sends in its lane.
    Column("lease_until", UTCDateTime, nullable=True),
    # How often a send of it began: a send that surely sent nothing does not count. A claimed row with 0 was
    # never sent, whatever happened to its sender.
    Column("attempts", Integer, nullable=False),
    # When it was sent; while that is in doubt, when a send of it first began.
    Column("sent_at", UTCDateTime, nullable=True),
    # str(MessageRef) of what was sent, ids separated by commas where it took several messages: edits,
    # threaded replies and old buttons are found by it.
    Column("reference", String(500), nullable=True),
    Column("error", Text, nullable=True),
    # What kind of message it is, and what it is about: the handler of this kind is asked whether it still
    # holds before a late message goes, and is notified when it has arrived. Null: there is no such handler.
    Column("kind", String(40), nullable=True),
    Column("subject", String(80), nullable=True),
    # It was held once, so it is late however little time has passed.
    Column("was_held", Boolean, nullable=False, server_default=false()),
    # Whose words it brings, where no other row holds those words.
    Column("writer_id", Integer, nullable=True),
    # What it said is not kept any more: it is settled, and its time is over (bot/runtime/retention.py).
    Column("emptied", Boolean, nullable=False, server_default=false()),
    # Until then an interaction waits to show the result of the send.
    Column("awaited_until", UTCDateTime, nullable=True),
    # What began the turn that wrote it (`Turn.source`): an event, a timer, or what became of another message.
    # Null in rows that are older than this column, and for a search (`find`), which belongs to its message.
    Column("cause", String(255), nullable=True),
    UniqueConstraint("programme_id", "key"),
)
_PENDING = outbox.c.state == "pending"
# Messages that a platform took only in several parts: their references hold commas. Both databases know
# these words, and a partial index serves a statement that has the very same words.
IN_PARTS = text("replace(reference, ',', '') <> reference")
# Messages that are not settled, or whose result is still to be reported. The ledger keeps the others for
# ever, so a query for one of these states adds this condition; otherwise it would read all of the ledger.
# It has no list: SQLite makes a table of one for every row that is written, and for each index (8 µs).
UNSETTLED = text("state <> 'sent' AND state <> 'answered' AND state <> 'withdrawn'")
# Settled messages that still say something. One that counts as sent and is still looked for can be in doubt
# again, and is then sent once more.
KEPT = text(
    "(state = 'sent' OR state = 'answered' OR state = 'withdrawn') AND NOT emptied "
    "AND (state <> 'sent' OR operation <> 'send' OR reference IS NOT NULL)"
)
for name, columns, condition in (
    ("ix_outbox_unsettled", (outbox.c.state,), UNSETTLED),
    ("ix_outbox_due", (outbox.c.operation, outbox.c.due_at), _PENDING),
    ("ix_outbox_target", (outbox.c.programme_id, outbox.c.target), UNSETTLED & outbox.c.target.is_not(None)),
    ("ix_outbox_changes", (outbox.c.programme_id, outbox.c.target), outbox.c.target.is_not(None)),
    ("ix_outbox_waiting", (outbox.c.lease_until,), outbox.c.lease_until.is_not(None)),
    ("ix_outbox_parts", (outbox.c.id,), IN_PARTS),
    ("ix_outbox_reference", (outbox.c.reference,), outbox.c.reference.is_not(None)),
    ("ix_outbox_writer", (outbox.c.writer_id,), outbox.c.writer_id.is_not(None)),
    ("ix_outbox_kept", (outbox.c.created_at, outbox.c.destination), KEPT),
    ("ix_outbox_about", (outbox.c.programme_id, outbox.c.subject, outbox.c.kind), outbox.c.kind.is_not(None)),
    ("ix_outbox_held", (outbox.c.programme_id, outbox.c.destination), outbox.c.state == "held"),
):
    Index(name, *columns, sqlite_where=condition, postgresql_where=condition)

# A lane that a platform asked to leave alone, or whose first message needs a pause. A destination has two:
# new messages, and changes of delivered messages; order holds in each, and neither waits for the other.
lanes = Table(
    "lanes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("destination", String(255), nullable=False),
    # send, or edit (which takes finds as well).
    Column("operation", String(8), nullable=False),
    Column("not_before", UTCDateTime, nullable=False),
    UniqueConstraint("destination", "operation"),
)
Index("ix_lanes_not_before", lanes.c.not_before)

timers = Table(
    "timers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("programme_id", ForeignKey("programmes.id"), nullable=False),
    Column("key", String(255), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("payload", JSON, nullable=False),
    # send late and say so, fold into the next digest, or drop.
    Column("late", String(4), nullable=False),
    # pending, done, cancelled, failed (its handler kept failing; shown to the operator).
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("done_at", UTCDateTime, nullable=True),
    UniqueConstraint("programme_id", "key"),
)
Index(
    "ix_timers_due",
    timers.c.due_at,
    sqlite_where=timers.c.state == "pending",
    postgresql_where=timers.c.state == "pending",
)
_OVER = timers.c.state.in_(("done", "cancelled"))
Index("ix_timers_over", timers.c.due_at, sqlite_where=_OVER, postgresql_where=_OVER)
Index(
    "ix_timers_failed",
    timers.c.programme_id,
    sqlite_where=timers.c.state == "failed",
    postgresql_where=timers.c.state == "failed",
)
Index("ix_timers_subject", timers.c.programme_id, timers.c.subject)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("programme_id", ForeignKey("programmes.id"), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("form", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    # The whole Draft (bot.chat.conversation.engine), keyed by field names.
    Column("draft", JSON, nullable=False),
    Column("revision", Integer, nullable=False),
    # open (the DM's words go to it), waiting (paused, or another draft is in front), done, cancelled.
    Column("state", String(10), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("updated_at", UTCDateTime, nullable=False),
    # Where the conversation takes place: str(UserRef) or str(Place).
    Column("destination", String(255), nullable=False),
    # The outbox key of the newest question, to know whether it had reached the person.
    Column("prompt_key", String(255), nullable=False),
)
Index("ix_conversations_person", conversations.c.person_id, conversations.c.state)
_UNFINISHED = conversations.c.state.in_(("open", "waiting"))
# One draft of a person about a subject, however many requests for it arrive at once.
Index(
    "ix_conversations_draft",
    conversations.c.programme_id,
    conversations.c.person_id,
    conversations.c.form,
    conversations.c.subject,
    unique=True,
    sqlite_where=_UNFINISHED,
    postgresql_where=_UNFINISHED,
)
Index(
    "ix_conversations_subject",
    conversations.c.programme_id,
    conversations.c.form,
    conversations.c.subject,
)

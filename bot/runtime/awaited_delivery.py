"""The word at once on a message that answers a person in their direct messages: what became of it.

It is sent first. If it arrived, one line leads there. If it was refused, or would have to wait, it is shown
where they are, for their eyes only. If it is not known yet, that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from bot.chat.actions import Reply
from bot.chat.adapter import Response
from bot.chat.content import File, Message, Plain, Text, message, note, text
from bot.chat.events import Event, MessageRef
from bot.chat.values import replace
from bot.programme.notifications import backlog
from bot.programme.reachability import closed_dms
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from bot.runtime.effects import stacked
from bot.runtime.stored_responses import dump_answer
from bot.runtime.turns import PlatformProfile, TurnResult, context_of
from storage.database import UnitOfWork
from storage.queries import held, inbox, lanes

__all__ = ["PATIENCE", "conclude", "is_known"]

PATIENCE: Final = 8.0
"""Seconds that a person waits for the answer; platforms let it be given for a quarter of an hour."""

_REFUSED: Final = frozenset({"held", "failed"})

SENT: Final = text("I sent you a direct message; we go on there.")
CLOSED: Final = text(
    "I cannot send you direct messages: they are closed to me. So we go on here, where only you see it."
)
BUSY: Final = text(
    "A direct message to you would have to wait a little, so we go on here, where only you see it."
)
UNSEEN: Final = text(
    "I am sending you a direct message, but I cannot tell yet whether it has arrived. Please look there. If "
    "nothing is there in a minute, do the same once more here."
)


def is_known(work: UnitOfWork, keys: Sequence[str]) -> bool:
    """Tell whether it is known what became of these messages, or that they have to wait."""
    rows = held.with_keys(work.connection, keys)
    if all(row.state == "sent" for row in rows) or any(_is_settled_badly(row) for row in rows):
        return True
    pending = {row.destination for row in rows if row.state == "pending"}
    return any(lanes.has_to_wait(work.connection, destination) for destination in pending)


def _is_settled_badly(row: Any) -> bool:  # noqa: ANN401 - a row of the outbox
    return row.state not in {"pending", "sending", "sent"}


def conclude(
    work: UnitOfWork, event: Event, now: datetime, port: PlatformProfile, received: TurnResult
) -> TurnResult:
    """Return the answer to an event, now that the fate of the messages it awaits is known; store it again."""
    row = inbox.known(work.connection, event.place.platform, event.id)
    answer = replace(received.answer, awaits=())
    if row is None or row.programme_id is None or event.reply is None:
        return replace(received, answer=answer)
    context = context_of(work, event, now, row.programme_id, port)
    rows = held.of_keys(work.connection, row.programme_id, received.answer.awaits)
    answer = _said(context, rows, answer)
    inbox.store_answer(work.connection, row.id, dump_answer(answer, event), event.reply.expires_at)
    return replace(received, answer=answer)


def _said(context: Context, rows: Sequence[Any], answer: Response) -> Response:
    if rows and all(row.state == "sent" for row in rows):
        there = MessageRef.parse(rows[-1].reference).place
        return replace(_with(answer, SENT), link=there)
    unsent = [row for row in rows if row.state in _REFUSED or (row.state == "pending" and not row.attempts)]
    if not unsent:
        actor = context.event.actor if context.event else None
        return replace(_with(answer, UNSEEN), link=actor)
    closed = any(row.state in _REFUSED for row in unsent)
    found = backlog.read_here(context.turn, unsent)
    lead = replace(_with(answer, CLOSED if closed else BUSY), link=None if closed else context.turn.user)
    if not found.messages:
        return _with(answer, UNSEEN)
    shown = carry_out(context, [*found.actions, Reply(_without_files(closed_dms.stacked(found.messages)))])
    return replace(lead, message=stacked(lead.message, shown.message) if shown.message else lead.message)


def _with(answer: Response, words: Text) -> Response:
    return replace(answer, message=stacked(answer.message, message(words)))


def _without_files(shown: Message) -> Message:
    """Put a note in place of each file: files come in direct messages only, for their reader alone."""
    blocks = (
        note("The file ", Plain(each.file.name), " can come in direct messages only. Ask for it again there.")
        if isinstance(each, File)
        else each
        for each in shown.blocks
    )
    return replace(shown, blocks=tuple(blocks))

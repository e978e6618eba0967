"""The word at once on a message that answers a person in their direct messages: what became of it.

It is sent first. If it arrived, one line leads there. If it was refused, or would have to wait, it is shown
where they are, for their eyes only. If it is not known yet, that is said.

In the direct messages themselves nothing is said of a message that arrives. What is refused there is shown
in the answer to the interaction, which platforms take all the same; words that the answer has besides are
given first, as they are read before what follows from them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from bot.chat.actions import Reply
from bot.chat.adapter import Response
from bot.chat.content import File, Message, Text, message, note, text, with_answer
from bot.chat.conversation.inputs import is_step
from bot.chat.events import Event, MessageRef
from bot.chat.values import replace
from bot.programme.core import keys
from bot.programme.notifications import backlog
from bot.programme.reachability import closed_dms
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from bot.runtime.effects import merged, stacked
from bot.runtime.replaced_buttons import answer_pressed
from bot.runtime.saying import answer_in_words
from bot.runtime.stored_responses import dump_answer
from bot.runtime.turns import PlatformProfile, TurnResult, context_of
from storage.database import Database, UnitOfWork
from storage.queries import held, inbox, lanes

__all__ = ["WAIT_SECONDS", "conclude", "goes_first", "wait_until_known"]

WAIT_SECONDS: Final = 8.0
"""Seconds that a person waits for the answer; platforms let it be given for a quarter of an hour."""

_ATTEMPTS: Final = 2  # deliveries begun for an interaction that waits

_REFUSED: Final = frozenset({"held", "failed"})

SENT: Final = text("I sent you a direct message; we go on there.")
CLOSED: Final = text(
    "I cannot send you direct messages: they are closed to me. So we go on here, where only you see it."
)
CLOSED_HERE: Final = text(
    "I cannot send you direct messages: they are closed to me. So we go on in my answers. Please use their "
    "buttons."
)
BUSY: Final = text(
    "A direct message to you would have to wait a little, so we go on here, where only you see it."
)
UNSEEN: Final = text(
    "I am sending you a direct message, but I cannot tell yet whether it has arrived. Please look there. If "
    "nothing is there in a minute, do the same once more here."
)


def goes_first(event: Event, response: Response) -> bool:
    """Tell whether an answer is given before the messages that it awaits are sent: it is read before them."""
    has_words = response.message is not None or response.form is not None or bool(response.errors)
    return event.place.kind == "dm" and has_words


async def wait_until_known(
    database: Database, keys: Sequence[str], bell: asyncio.Event, begin: Callable[[], asyncio.Task[int]]
) -> None:
    """Wait until it is known what became of these messages; `begin` has them sent, `bell` rings for each.

    Raises:
        TimeoutError: it is not known after `WAIT_SECONDS`.
    """
    async with asyncio.timeout(WAIT_SECONDS):
        for _ in range(_ATTEMPTS):
            delivering = begin()
            while not await database.read(lambda work: _is_known(work, keys)):
                if delivering.done():  # the database failed it, or another process sends
                    break
                await _either(bell, delivering)
                bell.clear()
            else:
                return


async def _either(bell: asyncio.Event, task: asyncio.Task[int]) -> None:
    """Return once the bell rings or the task is over; its error is not ours."""
    ring = asyncio.create_task(bell.wait())
    try:
        await asyncio.wait({ring, task}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ring.cancel()


def _is_known(work: UnitOfWork, keys: Sequence[str]) -> bool:
    """Tell whether it is known what became of these messages, or that they have to wait."""
    rows = held.with_keys(work.connection, keys)
    if all(row.state not in {"pending", "sending"} for row in rows):
        return True
    pending = {row.destination for row in rows if row.state == "pending"}
    return any(lanes.has_to_wait(work.connection, destination) for destination in pending)


def conclude(
    work: UnitOfWork, event: Event, now: datetime, port: PlatformProfile, received: TurnResult
) -> TurnResult:
    """Return the answer to an event, now that the fate of the messages it awaits is known; store it again.

    Of an answer that goes first, return what is shown below it; the stored one is both.
    """
    row = inbox.known(work.connection, event.place.platform, event.id)
    answer = replace(received.answer, awaits=())
    if row is None or row.programme_id is None or event.reply is None:
        return replace(received, answer=answer)
    context = context_of(work, event, now, row.programme_id, port, keys.EVENT_AWAITED(row.id))
    rows = held.of_keys(work.connection, row.programme_id, received.answer.awaits)
    if event.place.kind != "dm":
        answer = shown = _said(context, rows, answer)
    else:
        first = goes_first(event, answer)
        more = _refused_here(context, event, rows, below=first)
        shown = more if first else merged(answer, more)
        answer = merged(answer, more)
        if more.message is None:
            return replace(received, answer=shown)
    answer, shown = answer_in_words(context, answer), answer_in_words(context, shown)
    inbox.store_answer(work.connection, row.id, dump_answer(answer, event), event.reply.expires_at)
    return replace(received, answer=shown)


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
    said = _without_files(closed_dms.stacked(found.messages), _ELSEWHERE)
    shown = carry_out(context, [*found.actions, Reply(said)])
    return replace(lead, message=stacked(lead.message, shown.message) if shown.message else lead.message)


def _refused_here(context: Context, event: Event, rows: Sequence[Any], *, below: bool) -> Response:
    """Show in their direct messages what was refused there, with a button to answer it.

    A question takes the place of the one before it, unless it is shown `below` words of the same answer.
    """
    found = backlog.read_here(context.turn, [row for row in rows if row.state in _REFUSED])
    if not found.messages:
        return carry_out(context, found.actions)
    said = with_answer(_without_files(closed_dms.stacked(found.messages), _NOT_YET))
    if not is_step(event):
        said = stacked(message(CLOSED_HERE), said)
    replaces = is_step(event) and not below and answer_pressed(context) is not None
    # Not as a Reply: where the interaction has no words but in need, that would be a message again.
    return merged(carry_out(context, found.actions), Response(said, replace=replaces))


def _with(answer: Response, words: Text) -> Response:
    return replace(answer, message=stacked(answer.message, message(words)))


_ELSEWHERE: Final = "The file {file} can come in direct messages only. Ask for it again there."
_NOT_YET: Final = (
    "The file {file} cannot come while your direct messages are closed to me. Ask for it again when they are "
    "open."
)


def _without_files(shown: Message, why: str) -> Message:
    """Put a note in place of each file: files come in direct messages only, for their reader alone."""
    blocks = (note(why, file=each.file.name) if isinstance(each, File) else each for each in shown.blocks)
    return replace(shown, blocks=tuple(blocks))

"""The effects of a turn: an action becomes outbox and timer rows, and its piece of the immediate answer.

What opens a form or begins a conversation has no rows: `bot.runtime.carry_out` turns it into
further actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from bot.chat.actions import (
    Action,
    CancelTimers,
    Inspect,
    Post,
    RejectForm,
    Reply,
    SetTimer,
    ShownMessage,
    Update,
    WithdrawPost,
)
from bot.chat.adapter import Response
from bot.chat.content import Message, is_empty
from bot.chat.events import HomeOpened, MessageRef, UserRef, parse_destination
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core import keys
from bot.programme.core.timers import row_of
from bot.programme.help.home import draw_again
from bot.runtime import replaced_buttons
from bot.runtime.context import Context
from bot.runtime.file_delivery import files_apart
from bot.runtime.saying import in_words
from bot.runtime.sending_times import sent_at
from bot.runtime.stored_responses import ANSWER
from storage.queries import Row, outbox, timers

__all__ = ["AWAITED", "Effect", "PendingRows", "merged", "perform", "stacked", "write"]

Effect = Action | Response
"""An action, or a piece of the immediate answer that a part of the runtime has made already."""

AWAITED: Final = timedelta(seconds=30)
"""Time that a refused message is left to the interaction it answers, before the routes learn of it."""


@dataclass(slots=True)
class PendingRows:
    """Rows gathered from actions, written together: one statement for all messages, one for all timers.

    `shown`: where the message is whose offer a timer ends, by the timer's key (`Reply.until`).
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    timers: list[dict[str, Any]] = field(default_factory=list)
    shown: dict[str, ShownMessage] = field(default_factory=dict)


def write(context: Context, owed: PendingRows) -> None:
    """Write what was gathered, and forget it."""
    turn, homes = context.turn, context.homes
    readers = people.readers(turn, _accounts(context, owed))
    if not isinstance(context.event, HomeOpened):  # it is drawn already
        draw_again(turn, [one.id for to, one in readers.items() if one.home and to.platform in homes])
    outbox.enqueue(turn.connection, [_as_read(context, row, readers) for row in owed.messages])
    timers.remind(turn.connection, owed.timers)
    owed.messages, owed.timers = [], []


def _accounts(context: Context, owed: PendingRows) -> set[UserRef]:
    """Return the accounts to look up: readers of new messages, and the actor, if they can have a page."""
    new = {parse_destination(row["destination"]) for row in owed.messages if row["operation"] == "send"}
    accounts = {to for to in new if isinstance(to, UserRef)}
    if context.event is not None:
        actor, posts = context.event.actor, (post for row in owed.messages if (post := row.get("post")))
        if actor.platform in context.homes:
            accounts.add(actor)
        elif not any(post.due_at and str(post.to) == str(actor) for post in posts):  # what comes at once
            accounts.discard(actor)
    return accounts


def _as_read(context: Context, row: dict[str, Any], readers: Mapping[UserRef, Row]) -> dict[str, Any]:
    """Return the row of a new message in its reader's words, at their hours; held where they act first."""
    if row["operation"] != "send":
        return row
    post: Post | None = row.pop("post", None)
    to = parse_destination(row["destination"])
    reader = readers.get(to) if isinstance(to, UserRef) else None
    unmet = reader and to != context.turn.user and not reader.acted
    state = "held" if unmet and to.platform in context.turn.answers_only else row["state"]
    due = sent_at(context.turn, post, reader) if post else row["due_at"]
    return {**row, "message": in_words(context, row["message"], to, readers), "state": state, "due_at": due}


def perform(context: Context, action: Action, number: int, owed: PendingRows, answer: Response) -> Response:
    """Gather an action's rows in `owed`, or change those that are there; return the answer with its piece.

    `number` tells the replies of one event apart.
    """
    programme_id = context.turn.programme_id
    match action:
        case Reply():
            return _reply(context, action, number, owed, answer)
        case Post():
            rows = _message_rows(context, action)
            owed.messages += rows
            return _awaited(context, rows, answer) if action.is_answer else answer
        case SetTimer():
            owed.timers.append(row_of(programme_id, action, owed.shown.get(action.key)))
        case Update():
            write(context, owed)
            changed = replaced_buttons.instead(context, action) if action.instead_of else action
            if changed:
                _update(context, changed, owed)
        case WithdrawPost(key):
            write(context, owed)
            outbox.withdraw(context.turn.connection, programme_id, key)
        case CancelTimers(subject, kind, key):
            write(context, owed)
            timers.cancel(context.turn.connection, programme_id, subject=subject, kind=str(kind), key=key)
        case RejectForm(errors):
            said = {name: context.language.text(reason) for name, reason in errors.items()}
            return replace(answer, errors={**answer.errors, **said})
        case Inspect():
            return replace(answer, inspect=action)
    return answer


def _awaited(context: Context, rows: Sequence[dict[str, Any]], answer: Response) -> Response:
    """Let the answer wait for what becomes of these messages, where it can show what of them is refused."""
    event = context.event
    if event is None or event.reply is None:
        return answer
    others = event.place.readers != "alone" and context.capabilities.ephemeral
    shows = event.reply.has_words or event.reply.in_need
    if not others and not (event.place.kind == "dm" and shows):
        return answer
    for row in rows:
        row["awaited_until"] = context.turn.now + AWAITED
    return replace(answer, awaits=(*answer.awaits, *(row["key"] for row in rows)))


def _reply(context: Context, reply: Reply, number: int, owed: PendingRows, answer: Response) -> Response:
    event = context.event
    if event is None:
        raise ValueError("a timer's handler has no person to reply to; it posts")
    _must_say(reply.message)
    reply = replace(reply, message=in_words(context, reply.message, event.actor))
    if reply.settles:
        write(context, owed)
        if changed := replaced_buttons.settled(context, reply):
            _update(context, changed, owed)
            return answer
    in_dm, alone = event.place.kind == "dm", event.place.readers == "alone"
    own = _owed_now(context, str(event.actor))
    said, files = files_apart(context, reply.message, event.actor, own, beside=in_dm)
    reply = replace(reply, message=said)
    owed.messages += files
    answer = _awaited(context, files, answer)
    at_once = event.reply is not None and event.reply.has_words
    if at_once and (alone or context.capabilities.ephemeral):
        if reply.replace and (pressed := replaced_buttons.replaced(event)):
            owed.shown |= dict.fromkeys(reply.until, ShownMessage(str(pressed), str(event.actor)))
        return merged(answer, Response(reply.message, replace=reply.replace))
    # Their DM goes by the person's name alone: order holds for each destination, so it must not have two.
    post = Post(event.actor, reply.message, keys.ANSWER(context.turn.source, number), kind=ANSWER)
    rows = _message_rows(context, post)
    owed.messages += rows
    owed.shown |= dict.fromkeys(reply.until, ShownMessage(post.key))
    answer = _awaited(context, rows, answer) if event.reply is not None and event.reply.in_need else answer
    return answer if in_dm else replace(answer, link=event.actor)


def stacked(first: Message | None, second: Message) -> Message:
    """Join both messages as one; what it asks is what the second one asks."""
    return Message((first.blocks if first else ()) + second.blocks, second.answer)


def merged(first: Response, second: Response) -> Response:
    """Merge two answers: the messages below each other, and otherwise what the second one has."""
    return Response(
        message=stacked(first.message, second.message) if second.message else first.message,
        replace=first.replace or second.replace,
        form=second.form or first.form,
        errors={**first.errors, **second.errors},
        options=second.options or first.options,
        link=second.link or first.link,
        inspect=second.inspect or first.inspect,
        awaits=first.awaits + second.awaits,
        typed={**first.typed, **second.typed},
    )


def _must_say(content: Message) -> None:
    """Refuse an empty message: the person who waits for the handler's words would see nothing.

    Raises:
        ValueError: there is nothing in the message.
    """
    if is_empty(content):
        raise ValueError("a handler made an empty message")


def _message_rows(context: Context, post: Post) -> list[dict[str, Any]]:
    """Return the row of a message, and one for each file in it that its reader has not been given yet."""
    _must_say(post.message)
    to = parse_destination(post.to) if isinstance(post.to, str) else post.to
    row = {**_owed_now(context, str(post.to)), "post": post}
    content, files = files_apart(context, post.message, to, row)
    of_kind = {"kind": post.kind or None, "subject": post.subject or None, "writer_id": post.writer}
    return [{**row, **of_kind, "key": post.key, "message": content}, *files]


def _owed_now(context: Context, destination: str) -> dict[str, Any]:
    """Return what the row of every message has, if it is to be sent now."""
    return {
        "destination": destination,
        "programme_id": context.turn.programme_id,
        "operation": "send",
        "created_at": context.turn.now,
        "due_at": context.turn.now,
        "state": "pending",
        "cause": context.turn.source,
    }


def _destination(context: Context, ref: MessageRef, reader: str) -> str:
    """Return the destination of a change: for a direct message its person's account, as for all else there.

    A destination has one lane of changes, and the platform asks for a pause of the whole conversation.
    """
    if ref.place.kind != "dm":
        return str(ref.place)
    if reader:
        return reader
    sent = outbox.by_reference(context.turn.connection, str(ref))  # by a timer from before `reader` was kept
    return str(sent.destination if sent is not None else ref.place)


def _update(context: Context, update: Update, owed: PendingRows) -> None:
    connection, programme_id = context.turn.connection, context.turn.programme_id
    target = str(update.of)
    _must_say(update.message)
    if isinstance(update.of, MessageRef):
        destination, state = _destination(context, update.of, update.reader), "sent"
        owed.shown |= dict.fromkeys(update.until, ShownMessage(target, destination))
        changed = not update.shows or people.page_shows(context.turn, update.of.place, update.shows)
        if not changed and not isinstance(context.event, HomeOpened):  # who opens a page has it drawn
            return
    else:
        row = outbox.by_key(connection, programme_id, target)
        destination, state = (str(row.destination), row.state) if row else ("", "withdrawn")
        owed.shown |= dict.fromkeys(update.until, ShownMessage(target))
        if state in {"withdrawn", "failed", "answered"}:
            return
    to = parse_destination(destination)
    new = _owed_now(context, destination)
    said, files = files_apart(context, update.message, to, new)
    said = in_words(context, said, to)
    owed.messages += files
    if outbox.replace_unsent(connection, programme_id, target, said, sent=state == "sent"):
        return
    key = keys.change_of(context.turn.source, target, again=update.again)
    owed.messages.append({**new, "key": key, "operation": "edit", "target": target, "message": said})

"""Words typed in a DM: which draft and which question they belong to, if any."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.actions import Action, Reply
from bot.chat.commands import (
    CommandSpec,
    MisreadCommand,
    nearest_commands,
    parse_command,
    without_one_for_all,
)
from bot.chat.content import Button, Buttons, Plain, message
from bot.chat.conversation import engine
from bot.chat.conversation.draft import load_draft, question_answered_by
from bot.chat.conversation.inputs import press
from bot.chat.conversation.steering import asks_to_resume, is_steering
from bot.chat.events import CommandUsed, MessageEdited, MessageReceived, carried
from bot.chat.language import as_text
from bot.chat.sentences import Command, Names, say
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core import keys
from bot.programme.help import menu
from bot.runtime import conversations as talks
from bot.runtime.context import Context
from bot.runtime.effects import Effect
from storage.queries import Row, conversations, outbox

__all__ = ["edited", "misread", "said", "typed_command"]

_IN_A_ROW = 5
"""Buttons that every platform shows beside each other."""

_LIVE = frozenset({"open", "waiting"})


def typed_command(specs: Sequence[CommandSpec], event: MessageReceived) -> CommandUsed | None:
    """Return the command that a message is, typed where the platform took it for words; None if it is none.

    A message that begins like a command of ours and cannot be read is misread.
    """
    first = event.text.strip().partition(" ")[0].casefold()
    if not first.startswith("/") or first[1:] not in {spec.path[0] for spec in specs}:
        return None
    common = carried(event)
    try:
        spec, options = parse_command(specs, event.text)
    except MisreadCommand as wrong:
        return CommandUsed(**common, misread=wrong.reason, typed=event.text)
    return CommandUsed(**common, path=spec.path, options=options)


def misread(context: Context, event: CommandUsed) -> list[Action]:
    """Say why a line is no command, and offer those nearest to it that this person may use."""
    specs = context.routes.specs
    allowed = [spec for spec in specs if people.may_use(context.turn, spec)]
    if any(_is_of(spec, event.typed, specs) for spec in allowed):
        return [Reply(message(event.misread))]  # it says how that one is typed
    for spec in specs:
        if _is_of(spec, event.typed, specs):
            raise people.role_refusal(context.turn, spec.allowed, spec.name)
    near = nearest_commands(allowed, event.typed)
    first = without_one_for_all(specs, event.typed).lower().partition(" ")[0]
    family = [spec for spec in allowed if spec.path[0] == first]
    bare = [spec for spec in near or family if menu.runs_bare(spec)]
    buttons = tuple(menu.run_button(spec) for spec in bare[:_IN_A_ROW])
    if near:
        said = say("There is no such command. Did you mean {commands}?", commands=_either(near))
    elif family:
        said = say("Which one do you mean: {commands}?", commands=_either(family))
    else:
        said = say("There is no such command. `/stint help` lists what you can do here.")
    return [Reply(message(said, Buttons(buttons) if buttons else None))]


def _either(specs: Sequence[CommandSpec]) -> Names:
    """Return their names as a choice: "`/apply` or `/profile`"."""
    return Names(tuple(Command(spec.name) for spec in specs), "or")


def _is_of(spec: CommandSpec, typed: str, specs: Sequence[CommandSpec]) -> bool:
    """Tell whether a line begins with this very command."""
    begins = without_one_for_all(specs, typed).lower().split()[: len(spec.path)]
    return begins == list(spec.path)


def said(context: Context, event: MessageReceived) -> Sequence[Effect]:
    """Take words to the question they reply to, to the draft in front, or to the programme."""
    turn = context.turn
    replied = _replied_to(context, event)
    if replied is not None:
        row, question = replied
        entry = engine.Said(event.text, str(event.message), event.at, event.files, question=question)
        return talks.advance(context, talks.conversation_of(context, row), entry)
    current = None if _quotes_another(context, event) else _in_front(context)
    if current is not None:
        unseen = _unseen(context, current.prompt, event.at)
        entry = engine.Said(event.text, str(event.message), event.at, event.files, unseen=unseen)
        return talks.advance(context, current, entry)
    meant = _meant(context, event) if is_steering(event.text) else None
    if meant is not None:
        return meant
    return context.routes.words(turn, event) if context.routes.words else []


def _replied_to(context: Context, event: MessageReceived) -> tuple[Row, str] | None:
    """Return the conversation's row and the question whose message this one answers.

    Raises:
        Declined: that draft was sent or deleted.
    """
    turn = context.turn
    if event.reply_to is None or turn.person_id is None:
        return None
    found = outbox.by_reference(turn.connection, str(event.reply_to))
    asked = keys.QUESTION.match(found.key) if found is not None else None
    if found is None or asked is None or found.programme_id != turn.programme_id:
        return None
    row = conversations.by_id(turn.connection, turn.programme_id, turn.person_id, asked.conversation)
    if row is None:
        return None
    if row.state not in _LIVE:
        raise talks.ended(context, row)
    return row, asked.question


def _in_front(context: Context) -> talks.Conversation | None:
    """Return the draft that words go to; a draft that cannot go on steps aside, not to catch all words."""
    turn = context.turn
    row = conversations.current(turn.connection, turn.programme_id, turn.person_id or 0)
    current = talks.readable_conversation(context, row) if row else None
    if row is not None and current is None:
        conversations.put_behind(turn.connection, turn.programme_id, turn.person_id or 0, other_than=0)
    return replace(current, prompt=row) if current else None


def _quotes_another(context: Context, event: MessageReceived) -> bool:
    """Tell whether the words answer a message of ours that is no question of a draft (a relayed message)."""
    if event.reply_to is None:
        return False
    found = outbox.by_reference(context.turn.connection, str(event.reply_to))
    return found is not None and keys.head_of(found.key) != keys.QUESTION


def _unseen(context: Context, row: Row | None, at: datetime) -> bool:
    """Tell whether the newest question had not reached the person when they typed.

    If a process died while it sent the question, that is not known: words that came later answer it.
    """
    if row is None or row.prompt_state is None:
        return False
    sending = row.prompt_state == "sending" and row.prompt_attempts == 1
    on_its_way = sending and row.prompt_lease_until > context.turn.now
    return on_its_way or row.prompt_sent_at is None or row.prompt_sent_at > at


def _meant(context: Context, event: MessageReceived) -> Sequence[Effect] | None:
    """Do what `resume`, `edit 2` and the like mean when no draft is in front; None when none waits either.

    With one draft there is no doubt which is meant; of several the person picks one.
    """
    turn = context.turn
    rows = conversations.unfinished(turn.connection, turn.programme_id, turn.person_id or 0)
    if not rows:
        none = "You have no draft waiting. `/stint help` shows what you can do."
        return [Reply(message(none))] if asks_to_resume(event.text) else None
    if len(rows) > 1:
        return [_which(context, rows)]
    row = conversations.by_id(turn.connection, turn.programme_id, turn.person_id or 0, rows[0].id)
    if row is None or row.state not in _LIVE:
        return None
    entry: engine.Input = engine.Resume()
    if not asks_to_resume(event.text):
        entry = engine.Said(event.text, str(event.message), event.at)
    return talks.advance(context, talks.conversation_of(context, row), entry)


def _which(context: Context, rows: list[Row]) -> Reply:
    found = [current for row in rows if (current := talks.readable_conversation(context, row))]
    buttons = (
        Button(Plain(as_text(t.form.title)[:70]), press(t.id, t.draft.revision, "resume")) for t in found
    )
    return Reply(message("Which draft do you want to go on with?", Buttons(tuple(buttons))))


def edited(context: Context, event: MessageEdited) -> Sequence[Effect]:
    """Take the new text of a person's message: if it gave an answer of an unfinished draft, that changes."""
    turn = context.turn
    reference, person_id = str(event.message), turn.person_id or 0
    for found in conversations.unfinished(turn.connection, turn.programme_id, person_id):
        if not question_answered_by(load_draft(found.draft), reference):
            continue
        row = conversations.by_id(turn.connection, turn.programme_id, person_id, found.id)
        if row is not None and row.state in _LIVE:
            return talks.advance(
                context, talks.conversation_of(context, row), engine.Edited(reference, event.text)
            )
    for row in conversations.sent(turn.connection, turn.programme_id, person_id):
        if question_answered_by(load_draft(row.draft), reference):
            said_so = "That answer is sent already, so your change stays in this message only."
            return [Reply(message(said_so, *talks.afterwards(context, row)))]
    return []

"""Results in the place of the buttons that brought them: the rest of their message stays as it is.

A daily message holds several things. A person who answers one of them finds the answer in place
of its buttons, also when the answer was given in a form that a button of it opened.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from bot.chat.actions import Action, Reply, Update
from bot.chat.codec import TALK, head_of
from bot.chat.content import (
    Block,
    Buttons,
    Divider,
    Message,
    Moment,
    load_message,
    message,
    note,
)
from bot.chat.events import ButtonPressed, ChoiceMade, Event, FormSubmitted, MessageRef, Origin
from bot.chat.rendering.split import base_action
from bot.chat.values import replace
from bot.runtime.context import Context
from bot.runtime.saying import in_words
from storage.queries import outbox

__all__ = ["answer_pressed", "instead", "noted", "origin_of", "replaced", "settled", "settling"]

_MARK = 6
"""Hexadecimal digits that mark a button among those of one message."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A message of the outbox that its reader alone sees, and where in it the group of a button is."""

    key: str
    content: Message
    at: int
    button: str

    @property
    def left(self) -> tuple[Block, ...]:
        """Return the group without the button, where there are others."""
        group = self.content.blocks[self.at]
        rest = group.buttons if isinstance(group, Buttons) else ()
        rest = tuple(button for button in rest if _mark(button.action) != self.button)
        return (Buttons(rest),) if rest else ()


def _mark(action: str) -> str:
    return sha256(base_action(action).encode()).hexdigest()[:_MARK]


def settled(context: Context, reply: Reply) -> Update | None:
    """Put a reply where the pressed button's group is.

    None where the message is none of the outbox's, or says something else by now, and where it is about one
    thing only and the reply may take the place of it all.
    """
    event = context.event
    if not isinstance(event, ButtonPressed) or event.message is None:
        return None
    found = _find(context, Origin(event.message, _mark(event.action)))
    if found is None:
        return None
    if reply.replace and not any(isinstance(block, Divider) for block in found.content.blocks):
        return None
    return _put(context, found, reply)


def origin_of(context: Context, known: Origin | None) -> Origin | None:
    """Return where the form of this event was opened from; `known` where the event does not say (any more).

    A button of the conversation itself leads to where the conversation began.
    """
    found = _named(context.event)
    return found if found is not None and _find(context, found) else known


def answer_pressed(context: Context) -> Origin | None:
    """Return the message whose button opens or opened this event's form, where that is itself an answer.

    Such a message is not in the outbox: only the platform knows whether its person alone sees it.
    """
    found = _named(context.event) or _question_pressed(context.event)
    if found is None or outbox.by_reference(context.turn.connection, str(found.message)) is not None:
        return None
    return found


def replaced(event: Event) -> MessageRef | None:
    """Return the message that an answer to this event replaces, where it can be changed later as well."""
    found = _named(event)
    return found.message if found and found.message.place.readers == "alone" else None


def _named(event: Event | None) -> Origin | None:
    if isinstance(event, FormSubmitted):
        return event.origin
    if isinstance(event, ButtonPressed) and event.message and head_of(event.action) != TALK:
        return Origin(event.message, _mark(event.action))
    return None


def _question_pressed(event: Event | None) -> Origin | None:
    """Return the pressed button of a draft's question in the DM; a channel shows answers anyway."""
    if not isinstance(event, ButtonPressed | ChoiceMade) or head_of(event.action) != TALK:
        return None
    in_dm = event.message is not None and event.message.place.kind == "dm"
    return Origin(event.message, _mark(event.action)) if event.message and in_dm else None


def settling(context: Context, known: Origin | None, actions: Iterable[Action]) -> list[Action]:
    """Return a form's actions, its answer in the place of the buttons that opened it, where it settles.

    `known`: where a draft of it began.
    """
    if answer_pressed(context):
        answering = (
            replace(action, replace=True) if isinstance(action, Reply) and action.settles else action
            for action in actions
        )
        return noted(context, known, answering)
    origin = origin_of(context, known)
    made = list[Action]()
    for action in actions:
        settles = isinstance(action, Reply) and action.settles
        found = _find(context, origin) if origin and settles else None
        made.append(_put(context, found, action) if found and isinstance(action, Reply) else action)
    return made


def instead(context: Context, update: Update) -> Update | None:
    """Return the change that puts a message where the group of a button is (`Update.instead_of`).

    A message that has no key was an answer, and is changed as a whole.
    """
    turn, key = context.turn, str(update.of)
    said = outbox.content_of(turn.connection, turn.programme_id, key)
    if said is None:
        with suppress(ValueError):
            return replace(update, of=MessageRef.parse(key), instead_of="")
        return None
    found = _group_of(key, said.message, _mark(update.instead_of))
    return _put(context, found, Reply(update.message), update.lead) if found else None


def noted(context: Context, origin: Origin | None, actions: Iterable[Action]) -> list[Action]:
    """Return the actions of a draft sent from elsewhere, with the buttons that began it taken off.

    The answer is said where the draft was; in the place of the buttons it is only said that it was done.
    """
    made, taken = list[Action](), list[Action]()
    for action in actions:
        if not (isinstance(action, Reply) and action.settles):
            made.append(action)
            continue
        made.append(replace(action, settles=False))
        found = _find(context, origin) if origin else None
        if found:
            turn = context.turn
            zone = (turn.person.zone if turn.person_id else "") or turn.programme.zone
            done = message(note("This was done on {when}.", when=Moment(turn.now, zone)))
            taken.append(_put(context, found, replace(action, message=done)))
    return [*made, *taken]


def _find(context: Context, origin: Origin) -> _Found | None:
    """Find the group of a button in a message of ours to the acting person; None where there is none now."""
    turn = context.turn
    if origin.message.place.readers != "alone":
        return None
    found = outbox.by_reference(turn.connection, str(origin.message))
    if found is None or found.programme_id != turn.programme_id:
        return None
    row = outbox.by_key(turn.connection, turn.programme_id, found.key)
    said = outbox.content_of(turn.connection, turn.programme_id, found.key)
    if row is None or said is None or row.destination not in {str(turn.user), str(origin.message.place)}:
        return None
    return _group_of(found.key, said.message, origin.button)


def _group_of(key: str, said: Any, button: str) -> _Found | None:  # noqa: ANN401 - a message as the outbox keeps it
    """Find the group of a button in what a message says; None where there is none now."""
    content = load_message(said)
    for number, block in enumerate(content.blocks):
        if isinstance(block, Buttons) and any(_mark(each.action) == button for each in block.buttons):
            return _Found(key, content, number, button)
    return None


def _put(context: Context, found: _Found, reply: Reply, lead: int = 0) -> Update:
    turn, blocks = context.turn, found.content.blocks
    left = found.left if reply.keeps_others else ()
    changed = replace(
        found.content,
        blocks=(*blocks[: max(found.at - lead, 0)], *reply.message.blocks, *left, *blocks[found.at + 1 :]),
    )
    if turn.user is not None:
        changed = in_words(context, changed, turn.user)
    # The next press on this message finds what it says now.
    outbox.says_now(turn.connection, turn.programme_id, found.key, changed)
    return Update(found.key, changed, until=reply.until)

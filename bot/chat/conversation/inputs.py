"""Inputs of a conversation: everything that can happen to it (`bot.chat.conversation.engine.advance`)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec import Struct, field

from bot.chat.answers import FileRef, Understood
from bot.chat.codec import TALK, head_of
from bot.chat.events import ButtonPressed, ChoiceMade, Event, FormSubmitted
from bot.chat.sentences import Wording

__all__ = [
    "ALONE",
    "Begin",
    "Chosen",
    "Edited",
    "Filled",
    "Input",
    "Pressed",
    "Reject",
    "Resume",
    "Said",
    "is_step",
    "press",
    "read_press",
]

ALONE: Final = -1
"""The page of a dialog that asks one question of a conversation, and nothing else."""


class Begin(Struct, frozen=True):
    """The conversation starts: say the notice and the first question."""


class Said(Struct, frozen=True):
    """A message was typed.

    Attributes:
        message: `str(MessageRef)` of it. `at`: the platform's timestamp, UTC.
        question: the question whose message it replied to (thread or quote), "" for none.
        unseen: the question that waits had not reached the person when they typed.
    """

    text: str
    message: str
    at: datetime
    files: tuple[FileRef, ...] = ()
    question: str = ""
    unseen: bool = False


class Edited(Struct, frozen=True):
    """A message of the person's has new text."""

    message: str
    text: str


class Pressed(Struct, frozen=True):
    """A button of a message that was said at `revision`."""

    verb: str
    argument: str
    revision: int


class Chosen(Struct, frozen=True):
    """Option values were chosen for `question`, in a message that was said at `revision`."""

    values: tuple[str, ...]
    question: str
    revision: int


class Filled(Struct, frozen=True):
    """A page of the same form was given as a dialog.

    `values`: what was understood, by question name; `raw`: every text of the page, "" where a field was
    left empty (an optional question left empty is skipped).
    """

    values: dict[str, Understood]
    raw: dict[str, str] = field(default_factory=dict)


class Reject(Struct, frozen=True):
    """A refusal of what was sent: a reason per question name ("" or another name: the whole)."""

    errors: dict[str, Wording]


class Resume(Struct, frozen=True):
    """The person wants to go on here (a command, or a button elsewhere)."""


Input = Begin | Said | Edited | Pressed | Chosen | Filled | Reject | Resume


def is_step(event: Event | None) -> bool:
    """Tell whether a button of a conversation was pressed, or a question answered in its own dialog."""
    if isinstance(event, FormSubmitted):
        return event.page == ALONE
    return isinstance(event, ButtonPressed | ChoiceMade) and head_of(event.action) == TALK


def press(conversation_id: int, revision: int, verb: str, argument: str = "") -> str:
    """Make the action id of a conversation's button or select; read back by `read_press`."""
    return TALK(conversation_id, revision, verb, argument or None)


def read_press(action_id: str, values: tuple[str, ...] = ()) -> tuple[int, Pressed | Chosen] | None:
    """Return the conversation's id and the input that an action id means; None if it is none of `press`'s.

    `values` are what was chosen, when the action id is a select's.
    """
    read = TALK.match(action_id)
    if read is None:
        return None
    conversation_id, revision, verb = read.conversation, read.revision, read.verb
    argument = read.argument or ""
    if verb == "editone":
        return conversation_id, Pressed("edit", values[0] if values else "", revision)
    if verb in {"pickone", "pickmany"}:
        return conversation_id, Chosen(values, argument, revision)
    return conversation_id, Pressed(verb, argument, revision)

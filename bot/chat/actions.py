"""Actions as data: what to do about an event; a handler returns them and never calls a platform."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct, field

from bot.chat.answers import JSONValue
from bot.chat.content import Message
from bot.chat.events import MessageRef, Place, UserRef
from bot.chat.sentences import Wording

__all__ = [
    "Action",
    "CancelTimers",
    "Inspect",
    "OpenForm",
    "Post",
    "RejectForm",
    "Reply",
    "SetTimer",
    "ShownMessage",
    "StartConversation",
    "Update",
    "WithdrawPost",
]


class Reply(Struct, frozen=True):
    """Answer the event where it happened, for the actor's eyes only: ephemerally where others read it.

    To inform all in a place, return a Post to it; to change a message that others read, an Update of it.
    `replace`: the answer takes the place of the message whose button was pressed (its buttons are used up).
    A message that others read as well stays as it is, and the answer is shown beside it.
    `settles`: of a message that one person reads, only the group of the pressed button gives its place to
    the answer; the rest of it stays. Where that cannot be, it is as without. `keeps_others`: the other
    buttons of that group stay below the answer. A form's answer settles the message whose button opened
    it; such a message that is itself an answer, which is not kept, gives its place to it as a whole.
    `until`: the keys of timers that end what the message offers. The payload of such a timer, set after the
    reply, holds a `ShownMessage` as well, if the message can be changed.
    """

    message: Message
    replace: bool = False
    settles: bool = False
    keeps_others: bool = False
    until: tuple[str, ...] = ()


class Post(Struct, frozen=True):
    """A message to be sent to a place or a person, once per `key`.

    Attributes:
        key: unique in the programme; the same key never becomes two messages.
        due_at: not before this instant (UTC); None is at once.
        at_night: it goes in its reader's quiet hours as well. Those hold every other message to a person who
            does not act in this turn, but not past `deadline`.
        kind, subject: the route that knows whether it still holds (`Routes.messages`), and what it is about;
            "" has no such route, and it goes as it is however late.
        writer: the id of the person whose words it brings, where it brings any that are in no other row.
        is_answer: it answers the event, in the direct messages of the actor: what is said at once then
            depends on what becomes of it, and where it is refused it is shown there instead.
    """

    to: Place | UserRef | str
    message: Message
    key: str
    due_at: datetime | None = None
    at_night: bool = False
    deadline: datetime | None = None
    kind: str = ""
    subject: str = ""
    writer: int | None = None
    is_answer: bool = False


class Update(Struct, frozen=True):
    """New content for a message: one that was posted under `of` (a Post's key), or one by reference.

    `again`: where it cannot be changed any more, it is sent once more, under the same key. `instead_of`: of a
    message with a key only the group of the button with this action gives its place, with the `lead` blocks
    before it; nothing where there is no such button by now. Then `of` may also be the text of a reference.
    `until`: as that of a Reply. `reader`: the account (as text) whose direct messages a reference is in.
    `shows`: of a person's page, the hash of what it shows; where it shows that already, it is left as it is.
    """

    of: str | MessageRef
    message: Message
    again: bool = False
    instead_of: str = ""
    lead: int = 0
    until: tuple[str, ...] = ()
    reader: str = ""
    shows: str = ""


class WithdrawPost(Struct, frozen=True):
    """Take back a Post that has not been sent yet (undo); sent ones stay."""

    key: str


class OpenForm(Struct, frozen=True):
    """Open a form at `page`, filled with `values`; where the platform has no forms, a conversation begins."""

    form: str
    subject: str = ""
    page: int = 0
    values: dict[str, str] = field(default_factory=dict)
    errors: Mapping[str, Wording] = field(default_factory=dict)


class RejectForm(Struct, frozen=True):
    """The submitted page is not accepted: a reason per question name; nothing typed is lost."""

    errors: Mapping[str, Wording]


class StartConversation(Struct, frozen=True):
    """Ask a form's questions one at a time in the person's DM.

    Attributes:
        form: the form's id; `subject`: what it is about (an opaque id the form's routes understand).
        answers: values known beforehand by question name (shown in the review, editable).
        offered: earlier answers offered for reuse by question name, as values.
    """

    form: str
    subject: str = ""
    answers: dict[str, JSONValue] = field(default_factory=dict)
    offered: dict[str, JSONValue] = field(default_factory=dict)


class ShownMessage(Struct, frozen=True, omit_defaults=True):
    """Where a message is whose offer a timer ends; it is in the timer's payload (`Reply.until`).

    `shown` is the message as text (`Update.of`), "" where it cannot be changed; `shown_to` where changes of a
    reference go, which in direct messages is the account (`Update.reader`).
    """

    shown: str = ""
    shown_to: str = ""


class SetTimer(Struct, frozen=True):
    """Set (or move) the timer with this unique key.

    `payload`: what its handler needs besides; it is read by `TimerFired.read`.
    `late`: what to do when it fires late: "send" anyway and say so, "fold" into the next digest, or "drop".
    """

    key: str
    due_at: datetime
    kind: str
    subject: str
    payload: Struct | None = None
    late: Literal["send", "fold", "drop"] = "send"


class CancelTimers(Struct, frozen=True):
    """Cancel the pending timers about `subject`, of `kind` where given, or the one with `key`."""

    subject: str = ""
    kind: str = ""
    key: str = ""


class Inspect(Struct, frozen=True):
    """Let adapters look at places once this turn is committed: each at those of its platform.

    A place without an id is its space as a whole: the connection to it is looked at, and what the bot itself
    lacks. What they find comes back as an Inspected event, to the route of `verb` (`Routes.inspected`), whose
    answer is then the answer to the event. `subject` is what it is about (an opaque id of the route's own).
    """

    verb: str
    places: tuple[Place, ...]
    subject: str = ""


Action = (
    Reply
    | Post
    | Update
    | WithdrawPost
    | OpenForm
    | RejectForm
    | StartConversation
    | SetTimer
    | CancelTimers
    | Inspect
)

"""The contents of a world, and each of them as a record of its journal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct, convert, to_builtins

from adapters.terminal.journal import Record
from bot.chat.adapter import OpenedForm
from bot.chat.answers import FileRef
from bot.chat.content import Message, Plain
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessageReceived,
    Right,
)
from bot.chat.sentences import layout

__all__ = [
    "BOT",
    "SPACE",
    "Account",
    "Acknowledged",
    "Begun",
    "Channel",
    "Dialog",
    "DialogClosed",
    "Entry",
    "Kept",
    "Read",
    "Saved",
    "dump_record",
    "load_record",
]

BOT = "bot"
"""The author of what the bot says; no account can have this id."""

SPACE = "terminal"
"""The space that channels are in unless they say otherwise."""


class Account(Struct, frozen=True):
    """An account that the user can act for.

    Attributes:
        zone: an IANA name. `rights`: what the platform lets them do.
        about: a few words beside the name, as in a profile.
        shuts_dms: takes no direct messages from the bot.
    """

    id: str
    name: str
    zone: str = "UTC"
    rights: frozenset[Right] = frozenset()
    about: str = ""
    shuts_dms: bool = False


class Channel(Struct, frozen=True):
    """A channel; `members` are account ids, None is every account."""

    id: str
    name: str
    members: frozenset[str] | None = None
    space: str = SPACE


class Entry(Struct, frozen=True):
    """A message in a place.

    Attributes:
        place: a channel's id, or a DM's.
        author: `BOT` or an account's id.
        content: a Message of the bot's, or the text that a person typed.
        private_to: the only account that sees it, "" is everyone in the place.
        key: what the bot sent it under. `link`: the id of the place it points on to, or "".
        id, number: given by the world when it is posted, the id unless it has one already; `number` is its
            position among all messages of the world, from 1.
    """

    place: str
    author: str
    at: datetime
    content: Message | str
    private_to: str = ""
    reply_to: str = ""
    key: str = ""
    link: str = ""
    files: tuple[FileRef, ...] = ()
    edited: bool = False
    id: str = ""
    number: int = 0


class Dialog(Struct, frozen=True):
    """A form that is open for an account; `submitted` is the event that sent its page, "" before that."""

    account: str
    place: str
    opened: OpenedForm
    submitted: str = ""


class DialogClosed(Struct, frozen=True):
    """The account no longer has an open form."""

    account: str


class Acknowledged(Struct, frozen=True):
    """The bot has handled the event."""

    event: str


class Read(Struct, frozen=True):
    """The account has seen the place up to the message with this number."""

    account: str
    place: str
    upto: int


class Kept(Struct, frozen=True):
    """A client's own line, by name."""

    name: str
    value: str


class Begun(Struct, frozen=True):
    """The beginning of a world; its token is part of every id, so that ids of two worlds differ."""

    token: str


Saved = Account | Channel | Entry | Dialog | DialogClosed | Acknowledged | Read | Kept | Begun | Event

_KINDS: tuple[type[Saved], ...] = (
    Account,
    Acknowledged,
    Begun,
    ButtonPressed,
    Channel,
    ChoiceMade,
    CommandUsed,
    Dialog,
    DialogClosed,
    Entry,
    FormSubmitted,
    Kept,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessageReceived,
    Read,
)

_BY_NAME: dict[str, type[Saved]] = {kind.__name__: kind for kind in _KINDS}


def dump_record(saved: Saved) -> Record:
    """Return the object as a record."""
    return type(saved).__name__, to_builtins(saved)


def load_record(record: Record) -> Saved:
    """Return the object that `dump_record` converted.

    Raises:
        ValueError: the record is of no known kind, or its data is not that kind's.
    """
    name, data = record
    if name not in _BY_NAME:
        raise ValueError(f"a world has no {name}")
    return convert(_as_today(data), _BY_NAME[name])


def _as_today(data: Any) -> object:  # noqa: ANN401 - JSON
    """Bring what the first edition wrote to today's form: why a command was misread was a text there."""
    why = data.get("misread")
    if not isinstance(why, str):
        return data
    return data | {"misread": to_builtins(layout("{why}", why=Plain(why))) if why else None}

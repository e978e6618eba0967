"""What a world holds, and each thing as a record of its journal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from adapters.terminal.journal import Record
from bot.chat.adapter import Opened
from bot.chat.answers import FileRef
from bot.chat.content import Message
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
    Origin,
    Right,
)
from bot.chat.forms import Ask, Form, Question

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


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can be acted for.

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


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel; `members` are account ids, None is everybody."""

    id: str
    name: str
    members: frozenset[str] | None = None
    space: str = SPACE


@dataclass(frozen=True, slots=True)
class Entry:
    """A message standing in a place.

    Attributes:
        place: a channel's id, or a DM's.
        author: `BOT` or an account's id.
        content: a Message of the bot's, or the text somebody typed.
        private_to: the one account that sees it, "" is everyone in the place.
        key: what the bot sent it under. `link`: the id of the place it points on to, or "".
        id, number: given by the world when it is posted; `number` is its position among all
            messages of the world, from 1.
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


@dataclass(frozen=True, slots=True)
class Dialog:
    """A form open before an account; `submitted` is the event that sent its page, "" before that."""

    account: str
    place: str
    opened: Opened
    submitted: str = ""


@dataclass(frozen=True, slots=True)
class DialogClosed:
    """The account has no form open any more."""

    account: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The bot has handled the event."""

    event: str


@dataclass(frozen=True, slots=True)
class Read:
    """The account has seen the place up to the message with this number."""

    account: str
    place: str
    upto: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of a client's own, by name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A world began; its token is part of every id it gives, so that ids of two worlds differ."""

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

_CODECS: dict[str, TypeAdapter[Saved]] = {kind.__name__: TypeAdapter(kind) for kind in _KINDS}

_ASK = TypeAdapter(Ask)
_ORIGIN: TypeAdapter[Origin | None] = TypeAdapter(Origin | None)


def dump_record(saved: Saved) -> Record:
    """The thing as a record."""
    name = type(saved).__name__
    if isinstance(saved, Dialog):
        return name, _dump_dialog(saved)
    return name, _CODECS[name].dump_python(saved, mode="json")


def load_record(record: Record) -> Saved:
    """The thing that `dump_record` gave.

    Raises:
        ValueError: the record is of no known kind, or its data is not that kind's.
    """
    name, data = record
    if name == Dialog.__name__ and isinstance(data, dict):
        return _load_dialog(data)
    if name not in _CODECS:
        raise ValueError(f"a world has no {name}")
    return _CODECS[name].validate_python(data)


# A dialog goes by hand: pydantic cannot follow JSONValue, the type of a question's default.


def _dump_dialog(dialog: Dialog) -> dict[str, Any]:
    data = asdict(dialog)
    del data["opened"]["form"]["by_name"]
    return data


def _load_dialog(data: dict[str, Any]) -> Dialog:
    form = data["opened"]["form"]
    questions = tuple(
        Question(**{**question, "ask": _ASK.validate_python(question["ask"])})
        for question in form["questions"]
    )
    made = Form(**{**form, "questions": questions, "page_titles": tuple(form["page_titles"])})
    origin = _ORIGIN.validate_python(data["opened"].get("origin"))
    return Dialog(**{**data, "opened": Opened(**{**data["opened"], "form": made, "origin": origin})})

"""Events: what happened, as small frozen values with the fields we use, no copies of platforms' payloads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal, TypeVar

from msgspec import Struct, convert, field

from bot.chat.answers import FileRef
from bot.chat.findings import Finding
from bot.chat.sentences import Sentence
from bot.chat.values import replace

__all__ = [
    "ButtonPressed",
    "ChannelChanged",
    "ChoiceMade",
    "CommandUsed",
    "Event",
    "Facts",
    "FormSubmitted",
    "HomeOpened",
    "Inspected",
    "MemberJoined",
    "MemberLeft",
    "MessageEdited",
    "MessageReceived",
    "MessageRef",
    "Origin",
    "PersonChanged",
    "Place",
    "Readers",
    "ReplyTo",
    "Right",
    "SpaceChanged",
    "Suggest",
    "TimerFired",
    "UserRef",
    "carried",
    "parse_destination",
    "people_named",
    "platform_name",
]

Payload = TypeVar("Payload", bound=Struct)

Right = Literal["manage", "guest"]
"""The platform's word on this person in the space: "manage" is its admins, "guest" a person that
it lets in only in part (a guest account, or a member of another organisation)."""

Readers = Literal["alone", "others", "unknown"]
"""The readers of a place besides the bot: the person alone, others too, or it cannot be known."""


class UserRef(Struct, frozen=True):
    """One account on one platform. `id` is opaque to all but the adapter (Slack's names its team too)."""

    platform: str
    id: str

    def __str__(self) -> str:
        """Return `platform/@id`, the destination "this person's DM"; read back by `parse_destination`."""
        return f"{self.platform}/@{self.id}"


class Place(Struct, frozen=True):
    """A place of one space (workspace, server); a DM, and what is elsewhere, may have no space ("").

    Attributes:
        id: the platform's; that of a page ("home") is the id of its account (`UserRef.id`).
        kind: "channel"; "dm", the bot's own direct message with a person, where the platform itself says that
            it is that; "home", a person's own page; "elsewhere", where the bot itself is not (a conversation
            of people, a server where only the person has the app), or is not known to be. Elsewhere people
            can use commands and buttons, and nothing can be posted.
    """

    platform: str
    space: str
    id: str
    kind: Literal["channel", "dm", "home", "elsewhere"] = "channel"

    @property
    def readers(self) -> Readers:
        """Tell who reads what is said here. Unknown counts as others: nothing private is shown there."""
        if self.kind == "elsewhere":
            return "unknown"
        return "others" if self.kind == "channel" else "alone"

    def __str__(self) -> str:
        """Return `platform/kind/space/id`; read back by `parse_destination`."""
        return f"{self.platform}/{self.kind}/{self.space}/{self.id}"


@lru_cache(4096)  # a message's destination is read at each of its steps
def parse_destination(value: str) -> UserRef | Place:
    """Return what `str(UserRef)` or `str(Place)` gave.

    Raises:
        ValueError: the value is neither.
    """
    platform, _, rest = value.partition("/")
    if rest.startswith("@"):
        return UserRef(platform, rest[1:])
    kind, _, rest = rest.partition("/")
    space, _, place = rest.partition("/")
    if kind in {"channel", "dm", "home", "elsewhere"}:
        return Place(platform, space, place, kind)  # type: ignore[arg-type]  # it is one of these four
    msg = f"not a destination: {value!r}"
    raise ValueError(msg)


def platform_name(platform: str) -> str:
    """Return what a platform calls itself: "Slack"; it is the same in every language."""
    return platform.capitalize()


_NAMED: Final = re.compile(r"(?<!\S)[a-z]+/@[^\s,;]+")


def people_named(values: Iterable[object]) -> list[UserRef]:
    """Return the accounts that a command's options or a form's values name, each once, in their order."""
    found = dict.fromkeys(each for value in values for each in _NAMED.findall(str(value)))
    platforms = (reference.partition("/@") for reference in found)
    return [UserRef(platform, account) for platform, _, account in platforms]


class MessageRef(Struct, frozen=True):
    """A message in a place; `id` is the platform's.

    One of ours that the platform takes only in several (`bot.chat.rendering.split`) has the ids of all, in
    order, with commas between: an edit finds them there, and an answer to any of them answers it.
    """

    place: Place
    id: str

    def __str__(self) -> str:
        """Return `place#id`; read back by `parse`."""
        return f"{self.place}#{self.id}"

    @property
    def parts(self) -> tuple[MessageRef, ...]:
        """Return the platform's messages that this message is, in order."""
        return tuple(replace(self, id=part) for part in self.id.split(","))

    @classmethod
    def parse(cls, value: str) -> MessageRef:
        """Return what `str(MessageRef)` gave."""
        place, _, message = value.rpartition("#")
        parsed = parse_destination(place)
        if not isinstance(parsed, Place):
            msg = f"not a message reference: {value!r}"
            raise ValueError(msg)  # noqa: TRY004 - the value is wrong, not the caller's type
        return cls(parsed, message)


class Origin(Struct, frozen=True):
    """The button that a form was opened from: its message, and a short mark of the button.

    The mark is the core's own (letters and digits, at most eight), and no platform reads it. As every id that
    a client gives back it is a key to look up, never a right.
    """

    message: MessageRef
    button: str


class ReplyTo(Struct, frozen=True):
    """The way to answer an interaction at once: the adapter's own token, good until `expires_at` (UTC).

    `has_words`: a message can be shown through it. Where not, what is said takes its turn among the messages
    that the same event brings, so that a receipt is read before what follows from it. `in_need`: without
    `has_words`, what is refused as a message can be shown through it all the same.
    """

    token: str
    expires_at: datetime
    can_open_form: bool = True
    has_words: bool = True
    in_need: bool = False


class Facts(Struct, frozen=True):
    """The platform's facts about an account: shown name, IANA zone, language; "" for what it does not say."""

    name: str = ""
    zone: str = ""
    locale: str = ""


class Event(Struct, frozen=True, kw_only=True):
    """The fields of every event.

    Attributes:
        id: unique per platform and the same when delivered again; the key that makes it one effect.
        at: the platform's timestamp, UTC.
        actor: who did it. `actor_name` is what the platform shows for them, `actor_zone` their IANA
            zone where the platform knows it, `rights` what the platform lets them do.
        groups: the platform's ids of what they belong to in the space (Discord's server roles).
        place: where, and who reads it (`Place.readers`), from what the platform says. `reply`: how to answer
            at once, None for what is answered by a message.
        actor_locale: the language that they use the platform in (BCP 47), "" where it is not known.
        named: what the platform says of people that the event names, by `str(UserRef)`, and of groups, by
            their ids; not all do.
    """

    id: str
    at: datetime
    actor: UserRef
    place: Place
    actor_name: str = ""
    actor_zone: str = ""
    rights: frozenset[Right] = frozenset()
    groups: frozenset[str] = frozenset()
    reply: ReplyTo | None = None
    actor_locale: str = ""
    named: Mapping[str, Facts] = field(default_factory=dict)


def carried(event: Event) -> dict[str, Any]:
    """Return what every event carries, by name, for another event of the same person and place."""
    return {name: getattr(event, name) for name in Event.__struct_fields__}


class CommandUsed(Event, frozen=True, kw_only=True):
    """A slash command: `path` ("project", "post"), `options` as typed; a person is `str(UserRef)`.

    `misread` says why the line is no command of ours, and what to type; then there is no path, and `typed` is
    the line, by the names that commands have here.
    """

    path: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)
    misread: Sentence | None = None
    typed: str = ""


class ButtonPressed(Event, frozen=True, kw_only=True):
    """A button: its action id, and the message it is on."""

    action: str
    message: MessageRef | None = None


class ChoiceMade(Event, frozen=True, kw_only=True):
    """A select: its action id and the chosen values."""

    action: str
    values: tuple[str, ...]
    message: MessageRef | None = None


class FormSubmitted(Event, frozen=True, kw_only=True):
    """A form's page: raw texts (or chosen values) by question name.

    `context` is what OpenForm gave; `draft` the conversation that the page was opened for, 0 for none.
    `back`: the person left it for the page before, so nothing of it has to be right yet. `origin`: what
    `Opened.origin` said; None where no message's button opened it, and for a page from before there were any.
    """

    form: str
    values: dict[str, str | tuple[str, ...]]
    context: str = ""
    page: int = 0
    files: dict[str, tuple[FileRef, ...]] = field(default_factory=dict)
    draft: int = 0
    back: bool = False
    origin: Origin | None = None


class MessageReceived(Event, frozen=True, kw_only=True):
    """Words typed by a person; `reply_to` is the message it answers (thread or quote)."""

    message: MessageRef
    text: str
    files: tuple[FileRef, ...] = ()
    reply_to: MessageRef | None = None


class MessageEdited(Event, frozen=True, kw_only=True):
    """The person's own message has new text."""

    message: MessageRef
    text: str


class MemberJoined(Event, frozen=True, kw_only=True):
    """A person joined the place."""


class MemberLeft(Event, frozen=True, kw_only=True):
    """The actor's account is no longer there: closed, or not let in any more."""


class PersonChanged(Event, frozen=True, kw_only=True):
    """The actor's name or zone is another now (`actor_name`, `actor_zone`)."""


class HomeOpened(Event, frozen=True, kw_only=True):
    """The actor looks at their own page; `place` is that page, of kind "home"."""


class SpaceChanged(Event, frozen=True, kw_only=True):
    """The bot came into the space or is out of it (uninstalled, kicked, token revoked); `name` is its name.

    The actor is no person: the space's own id.
    """

    state: Literal["joined", "left"]
    name: str = ""


class ChannelChanged(Event, frozen=True, kw_only=True):
    """The bot can write in the channel `place` again ("open"), or no longer ("closed").

    The actor is no person: the space's own id.
    """

    state: Literal["open", "closed"]


class Inspected(Event, frozen=True, kw_only=True):
    """The findings of adapters, after an Inspect action of the event that `Inspected` follows.

    `verb` and `subject` are what the action said.
    """

    verb: str
    findings: tuple[Finding, ...]
    subject: str = ""


class Suggest(Event, frozen=True, kw_only=True):
    """Autocomplete asks what could be in an option; answered from a read, never stored."""

    path: tuple[str, ...]
    option: str
    typed: str


class TimerFired(Struct, frozen=True, kw_only=True):
    """Time is one more event: a Timer fell due. `late_by` is seconds since it should have fired."""

    key: str
    kind: str
    subject: str
    due_at: datetime
    payload: dict[str, object]
    programme_id: int
    late_by: float = 0.0

    def read(self, payload: type[Payload]) -> Payload:
        """Return what was set with the timer, as the Struct in which its kind keeps it.

        Raises:
            msgspec.ValidationError: nothing like it was set.
        """
        return convert(self.payload, payload)

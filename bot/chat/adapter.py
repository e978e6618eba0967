"""The port: what every platform's adapter does, and what it cannot do, as data.

A worker opens an adapter without running it: `open`, `send`, `edit`, `close` must work without `run`.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final, Literal, Protocol

import structlog
from msgspec import Struct, field

from bot.chat.actions import Inspect
from bot.chat.answers import FileRef
from bot.chat.commands import CommandSpec
from bot.chat.content import Message, Option
from bot.chat.events import Event, MessageRef, Origin, Place, ReplyTo, UserRef
from bot.chat.findings import Finding
from bot.chat.forms import Form
from bot.chat.rendering.limits import Limits

__all__ = [
    "LONGEST_WAIT",
    "Adapter",
    "Capabilities",
    "DeliveryUnknown",
    "Finding",
    "Lost",
    "OpenedForm",
    "Receive",
    "Refusal",
    "Response",
    "Retry",
    "Unanswerable",
    "seconds_asked",
]

log = structlog.get_logger(__name__)

LONGEST_WAIT: Final = 3600.0
"""Seconds after which a platform is asked again, however long it wants to be left alone."""


class Capabilities(Struct, frozen=True):
    """The abilities of a platform; the core reads them in one place (`bot/runtime/turns.py`).

    Attributes:
        forms: dialogs exist; without them a form is asked one question at a time.
        form_after_form: a submitted dialog may be answered by the next one (else a button comes in between).
        form_errors: a submitted dialog can stay open with a reason per question (else the reasons come as a
            message, with a button that opens it again as it was filled in).
        form_pages: a dialog turns its pages: each is followed by the next one, whatever it asks, and there is
            a way back to the one before (`FormSubmitted.back`).
        ephemeral: a reply in a channel can be for one person's eyes; else it goes to their DM.
        home: every person has a home page, a Place of kind "home", that `edit` draws again.
        writes_first: a person who has never acted may be sent a direct message; else what is due to them
            waits until they act.
        unverifiable: the kinds of places in which it cannot be found out whether a message has arrived whose
            answer was lost. There the messages of a space go one after another, so that the end of a process
            leaves as few in doubt as can be.
        groups: its spaces have groups (Discord's server roles), which events name for the actor.
        fetches_files: a file that a person sent must be fetched and kept by us (`Adapter.fetch`), since
            its address needs a token or runs out.
    """

    forms: bool = True
    form_after_form: bool = True
    form_errors: bool = True
    form_pages: bool = False
    ephemeral: bool = True
    home: bool = False
    writes_first: bool = True
    unverifiable: frozenset[str] = frozenset()
    groups: bool = False
    fetches_files: bool = False


class OpenedForm(Struct, frozen=True):
    """A form to open now: the page to show, filled with these texts, with reasons per question.

    `page` comes back with what is submitted; -1 is the only page of a form with a single question. The form's
    notice is shown, whatever the page: one that was read already is not in `form` any more. `draft` comes
    back too: the conversation that the page belongs to, 0 for none yet. `turns`: it is one of several that
    are filled in one after another, where `capabilities.form_pages`. `origin` comes back too: the message
    whose button opened the form, and which button of it that was. `replaces`: that message is itself an
    answer, so what the submitted form is answered may take its place (`Answer.replace`). `language` is
    the tag of the reader's language, for the adapter's own labels.
    """

    form: Form
    subject: str
    page: int = 0
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    draft: int = 0
    turns: bool = False
    origin: Origin | None = None
    replaces: bool = False
    language: str = "en"


class Response(Struct, frozen=True):
    """The immediate answer to an event, given through `respond`; empty says nothing.

    `message` is for the person who acted, and for no other: where others read the place too, or may
    (`Place.readers`), it is shown to them alone, or refused. `replace`: it takes the place of the message
    whose button was pressed, or opened the form that was submitted, if they alone see that. Where words
    cannot be typed it is shown `with_answer`.
    `errors`: the submitted page stays open with a reason per question of it. `options`: answers to Suggest.
    `link`: the place where things go on (a DM), for a link button where the platform has such links.
    `language`: the tag of the reader's language, for the adapter's own labels.
    For the runtime: `inspect` is what is to be looked at before this is answered, `awaits` the keys of the
    messages of which it says what became, `typed` what a refused page held that no draft keeps, by question.
    """

    message: Message | None = None
    replace: bool = False
    form: OpenedForm | None = None
    errors: dict[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    link: Place | UserRef | None = None
    inspect: Inspect | None = None
    awaits: tuple[str, ...] = ()
    typed: dict[str, str] = field(default_factory=dict)
    language: str = "en"


Receive = Callable[[Event], Awaitable[Response]]


class Retry(Exception):
    """Not now: try again after `seconds`. Nothing was sent, unless `unsure`: then look first (`again`).

    `seconds` lies between 0 and LONGEST_WAIT, whatever was asked for; what is no number counts as that.
    """

    def __init__(self, seconds: float, reason: str = "", *, unsure: bool = False) -> None:
        self.seconds = LONGEST_WAIT if math.isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT)
        super().__init__(reason or f"asked to wait {self.seconds:.0f} seconds")
        self.unsure = unsure


def seconds_asked(said: object, otherwise: float) -> float:
    """Return the seconds that a platform asks to wait (a Retry-After), from 1 to LONGEST_WAIT.

    `otherwise` is the answer where `said` is "" or makes no sense: it is no number, or a number below 0. The
    log has what was not taken as it was said.
    """
    if said == "":
        return otherwise
    try:
        seconds = float(str(said))
    except ValueError:
        seconds = math.nan
    sensible = seconds >= 0  # which NaN is not
    wait = min(max(seconds, 1.0), LONGEST_WAIT) if sensible else otherwise
    if not sensible or seconds > LONGEST_WAIT:
        log.warning("platform.odd_wait", said=str(said)[:40], waits=wait)
    return wait


Lost = Literal["destination", "message", "space", "target"]
"""The extent of a refusal: every message there (the DM is closed, the channel is gone or forbidden), this one
message (it is malformed), the whole space (uninstalled, token revoked), or the message that was to be changed
(it was deleted)."""


class Refusal(Exception):
    """Never. `code` is the platform's word for it; `lost` says how much the refusal ends.

    Nothing was sent, unless `unsure`: some parts of the message may be there.
    """

    def __init__(self, code: str, reason: str = "", *, lost: Lost = "message") -> None:
        super().__init__(reason or code)
        self.code = code
        self.lost: Lost = lost
        self.unsure = False


class Unanswerable(Refusal):
    """There is no way to answer this at once, and nothing is wrong: the answer becomes a message."""


class DeliveryUnknown(Exception):
    """A send that may have arrived or not (a lost reply), while the platform cannot tell."""


class Adapter(Protocol):
    """An adapter for one platform. No method is optional; what cannot be done is said by `capabilities`."""

    platform: str
    capabilities: Capabilities
    limits: Limits

    async def open(self) -> None:
        """Make the clients that `send` and `edit` need.

        Raises:
            Refusal: our token is wrong; its reason is a sentence with the fix.
        """

    async def run(self, receive: Receive) -> None:
        """Take events in until cancelled; `receive` also gives the answer through `respond`.

        After it failed it is called again, with the clients of the same `open`.

        Raises:
            Refusal: the platform will not have us, however often it is tried.
        """

    async def respond(self, to: ReplyTo, answer: Response) -> None:
        """Answer an interaction at once. Raises Retry, Refusal or Unsure when it could not be given."""

    async def send(
        self,
        to: Place | UserRef,
        message: Message,
        *,
        key: str,
        again: bool = False,
        known: Collection[str] = (),
        since: str = "",
    ) -> MessageRef:
        """Send the message; open the DM first. `again`: an earlier try with this key may have sent it.

        Then `known` are the ids of the newest other messages of ours there: a message that is one of them,
        however alike, is no sign that this one was sent. `since` is the id of one that was sent before the
        first try, "" where none is known: this message is newer. What the platform takes only in several
        messages is still one, whose reference names them all.

        Raises:
            Retry: not now. Refusal: never. Unsure: it cannot be known whether it was sent.
        """

    async def find(
        self, to: Place | UserRef, message: Message, *, key: str, known: Collection[str] = ()
    ) -> MessageRef | None:
        """Return where the message is that was sent with this key; None: it was not. Sends nothing.

        Raises:
            Retry: not now. Refusal: there is no such place. Unsure: it cannot be known.
        """

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Change a message of ours, all its parts; raises as `send` does."""

    async def fetch(self, file: FileRef) -> bytes:
        """Return the bytes of a file that a person sent; raises as `send` does.

        It is asked for by https, and only on the platform's own hosts: the bot's token may go along. No
        redirect is followed, and nothing is read beyond `FileRef.size` (`bot.chat.fetching`).

        Raises:
            Refusal: it is gone, or larger than `FileRef.size` said; its code is FILE_ELSEWHERE where another
                service holds it.
        """

    async def inspect(self, place: Place | None = None) -> Sequence[Finding]:
        """Look at the connection, or whether the bot can work in `place`; empty or "ok" is good.

        A place without an id is its space as a whole: the connection to that one is looked at.

        It raises nothing: what goes wrong while looking is a finding.
        """

    async def is_connected(self) -> bool:
        """Tell whether people can reach the bot here now: events come in, and messages could go out.

        It raises nothing, and is asked every minute.
        """

    async def register(self, commands: Sequence[CommandSpec]) -> None:
        """Register our commands with the platform, where it needs them."""

    async def close(self) -> None:
        """Close the clients."""

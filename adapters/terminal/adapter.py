"""The terminal as a platform: it passes on what people did in the world, and shows what the bot says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import structlog

from adapters.terminal.files import file_at
from adapters.terminal.limits import LIMITS
from adapters.terminal.records import Dialog, Entry
from adapters.terminal.workspace import BOT, Workspace
from bot.chat.adapter import Capabilities, OpenedForm, Receive, Refusal, Response
from bot.chat.answers import FileRef, Option
from bot.chat.commands import CommandSpec
from bot.chat.content import Message, Plain, dump_message, layout, message, text, with_answer
from bot.chat.events import (
    Event,
    FormSubmitted,
    MessageRef,
    Place,
    ReplyTo,
    Suggest,
    UserRef,
    parse_destination,
)
from bot.chat.fetching import FILE_NOT_FOUND, FILE_TOO_LARGE
from bot.chat.findings import Finding
from bot.chat.language import as_text
from bot.chat.rendering.split import sendable
from bot.chat.translation import with_channels
from bot.chat.values import replace
from bot.reading import UnfitSource, read_bounded

__all__ = ["TerminalAdapter", "reply_to"]

log = structlog.get_logger(__name__)

_INTERACTION_LIFETIME = timedelta(minutes=15)
"""How long an interaction can be answered at once; Discord's figure."""


def reply_to(event: str, account: str, place: str, at: datetime, pressed: str = "") -> ReplyTo:
    """Return how to answer what `account` did: the token alone says where an answer belongs.

    So the answer can be given after a restart as well. `pressed` is the message whose button was pressed,
    or opened the form.
    """
    return ReplyTo(json.dumps([event, account, place, pressed]), at + _INTERACTION_LIFETIME)


class TerminalAdapter:
    """An implementation of `bot.chat.adapter.Adapter` for a World."""

    capabilities = Capabilities(groups=True)
    limits = LIMITS

    def __init__(self, world: Workspace, now: Callable[[], datetime]) -> None:
        """Take `now`, which returns the present instant, aware, in UTC."""
        self.platform = world.platform
        self.world = world
        self.now = now
        self.commands: tuple[CommandSpec, ...] = ()
        self._receive: Receive | None = None
        self._handling: dict[str, asyncio.Task[None]] = {}
        self._here = asyncio.Event()
        self._left = asyncio.Event()
        self._left.set()

    async def open(self) -> None:
        """Let people wait for the bot's answer, until `run` ends or `close` is called."""
        self._left.clear()

    async def run(self, receive: Receive) -> None:
        """Pass on what people did, what the last run left unhandled first, until cancelled.

        An event on which `receive` raised is kept and passed on again by the next run.
        """
        await self.open()
        self._receive = receive
        self._here.set()
        stop_watching = self.world.watch(self._hand_over)
        try:
            self._hand_over()
            await asyncio.get_running_loop().create_future()
        finally:
            stop_watching()
            handling = list(self._handling.values())
            self._handling.clear()
            for task in handling:
                task.cancel()
            self._leave()
            await asyncio.gather(*handling, return_exceptions=True)

    async def handled(self, event: str) -> None:
        """Return once the bot has handled the event, or at once when no bot is there to do so.

        Raises:
            Exception: what `receive` raised on it.
        """
        if self._left.is_set():
            return
        if self._receive is None:  # opened, but not running yet
            here = asyncio.ensure_future(self._here.wait())
            try:
                await self._first(here)
            finally:
                here.cancel()
        if handling := self._handling.get(event):
            await self._first(handling)
            if handling.done() and not handling.cancelled() and (error := handling.exception()):
                raise error

    async def suggest(self, event: Suggest) -> tuple[Option, ...]:
        """Return what could be the value of a command's option; nothing when there is no bot."""
        if self._receive is None:
            return ()
        return (await self._receive(event)).options

    async def respond(self, to: ReplyTo, answer: Response) -> None:
        """Answer what a person did; the same answer given twice is given once.

        Raises:
            Refusal: the interaction is over.
        """
        if self.now() > to.expires_at:
            raise Refusal("expired")
        event, account, place, pressed = json.loads(to.token)
        dialog = self.world.dialog_of(account)
        asked = dialog if dialog and dialog.submitted == event else None
        said = self._with_names(answer.message) if answer.message else None
        if said:
            sendable(said, LIMITS)
        if answer.errors and asked:
            opened = replace(asked.opened, errors=answer.errors)
            self.world.open_dialog(Dialog(account, asked.place, opened))
        elif answer.form:
            opened = _with_earlier_pages(answer.form, asked.opened) if asked else answer.form
            self.world.open_dialog(Dialog(account, place, opened))
        elif asked:
            self.world.close_dialog(account)
        if answer.errors and not asked and said is None:
            said = message(*(Plain(as_text(reason)) for reason in answer.errors.values()))
        if said and answer.replace and self._is_for_one(pressed):
            alone = self.world.place(place).readers == "alone"
            self.world.change(pressed, said if alone else with_answer(said))
        elif said:
            self._say(said, event, account, place, self._place_id(answer.link))

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
        """Put a message in a place or an account's DM, once per key.

        Raises:
            Refusal: there is no such place or account, it takes no direct messages, or the message is empty.
        """
        place = self._place_id(to)
        message = self._with_names(message)
        sendable(message, LIMITS)
        if isinstance(to, UserRef) and self.world.accounts[to.id].shuts_dms:
            raise Refusal("dms_closed", lost="destination")
        if message.calls:
            called = parse_destination(message.calls).id
            account = self.world.accounts.get(called)
            message = _calling(account.name if account else called, message)
        entry = self.world.post(Entry(place, BOT, self.now(), message, key=key))
        return self.world.ref(entry)

    async def find(
        self, to: Place | UserRef, message: Message, *, key: str, known: Collection[str] = ()
    ) -> MessageRef | None:
        """Return the bot's message with this key, if it exists."""
        place = self._place_id(to)
        standing = (entry for entry in self.world.entries if entry.place == place and entry.key == key)
        entry = next(standing, None)
        return self.world.ref(entry) if entry else None

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Change the content of a message of the bot.

        Raises:
            Refusal: there is no such message, or the new content is empty.
        """
        entry = self.world.entry(ref.id)
        if entry is None or entry.author != BOT:
            raise Refusal("no_such_message", lost="target")
        message = self._with_names(message)
        sendable(message, LIMITS)
        if entry.content != message:
            self.world.change(ref.id, message)

    async def fetch(self, file: FileRef) -> bytes:
        """Return the bytes of a file on this machine; the terminal leaves files where they are."""
        if file_at(file.id) is None:
            raise Refusal(FILE_NOT_FOUND)
        try:
            return await asyncio.to_thread(read_bounded, Path(file.id), file.size)
        except UnfitSource:
            raise Refusal(FILE_TOO_LARGE) from None
        except OSError:
            raise Refusal(FILE_NOT_FOUND) from None

    async def inspect(self, place: Place | None = None) -> Sequence[Finding]:
        """Check that the place exists; the terminal itself is always available."""
        if place is None or not place.id or place.id in self.world.channels:
            return ()
        return (Finding("terminal.no_such_place", "problem", "There is no such channel.", "Choose another."),)

    async def is_connected(self) -> bool:
        """Return True: the terminal is always there while the bot is."""
        return True

    async def register(self, commands: Sequence[CommandSpec]) -> None:
        """Keep the commands, for reading what is typed and for completion."""
        self.commands = tuple(commands)

    async def close(self) -> None:
        """End the waiting of every person. The world stays open: it does not belong to the bot."""
        self._leave()

    def _leave(self) -> None:
        self._receive = None
        self._here.clear()
        self._left.set()

    async def _first(self, coming: asyncio.Future[Any]) -> None:
        """Wait for `coming`, or for the bot to leave, whichever is first."""
        left = asyncio.ensure_future(self._left.wait())
        try:
            await asyncio.wait([coming, left], return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()

    def _hand_over(self) -> None:
        if self._receive is None:
            return
        for event in self.world.waiting:
            if event.id not in self._handling:
                handling = asyncio.create_task(self._handle(event, self._receive))
                self._handling[event.id] = handling
                handling.add_done_callback(_log_failure)

    async def _handle(self, event: Event, receive: Receive) -> None:
        await receive(event)
        if isinstance(event, FormSubmitted):
            self._close_if_sent(event)
        self.world.acknowledge(event.id)
        self._handling.pop(event.id, None)

    def _close_if_sent(self, event: FormSubmitted) -> None:
        """Close a page that was accepted without a message."""
        dialog = self.world.dialog_of(event.actor.id)
        if dialog and dialog.submitted == event.id:
            self.world.close_dialog(event.actor.id)

    def _is_for_one(self, pressed: str) -> bool:
        """Return whether the pressed message exists, and only one person sees it."""
        entry = self.world.entry(pressed)
        return entry is not None and bool(
            entry.private_to or self.world.place(entry.place).readers == "alone"
        )

    def _say(self, said: Message, event: str, account: str, place: str, link: str) -> None:
        digest = sha256(json.dumps(dump_message(said), sort_keys=True).encode()).hexdigest()[:12]
        private_to = "" if self.world.place(place).readers == "alone" else account
        said = with_answer(said) if private_to else said
        key = f"reply:{event}:{digest}"
        self.world.post(Entry(place, BOT, self.now(), said, private_to=private_to, key=key, link=link))

    def _with_names(self, said: Message) -> Message:
        """Name the channels that a message mentions, as other platforms draw them from their ids."""
        names = {str(self.world.place(channel.id)): channel.name for channel in self.world.channels.values()}
        return with_channels(said, names)

    def _place_id(self, to: Place | UserRef | None) -> str:
        if to is None:
            return ""
        if isinstance(to, UserRef):
            if to.id not in self.world.accounts:
                raise Refusal("no_such_account", lost="destination")
            return self.world.dm_of(to.id).id
        try:
            return self.world.place(to.id).id
        except KeyError:
            raise Refusal("no_such_place", lost="destination") from None


def _with_earlier_pages(opened: OpenedForm, before: OpenedForm) -> OpenedForm:
    """Return a form's next page, with the texts of the page before, for going back to it."""
    if (opened.form.id, opened.subject) != (before.form.id, before.subject):
        return opened
    return replace(opened, values={**before.values, **opened.values})


def _calling(name: str, called: Message) -> Message:
    """Return a message that begins with a person's name."""
    return replace(called, blocks=(text(layout("@{name}", name=name)), *called.blocks))


def _log_failure(handling: asyncio.Task[None]) -> None:
    """Log that something went wrong, without the error's words: they may be a person's."""
    if not handling.cancelled() and (error := handling.exception()):
        log.error("event_failed", error=type(error).__name__)

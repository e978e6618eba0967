"""The adapter of a simulated platform: the terminal's, with everything that goes wrong on the way.

DMs are closed and opened again, channels go and come back, Retry-After holds a destination, replies are
lost. What the port promises of an adapter is kept in spite of all faults.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from adapters.simulation.faults import Faults, Lost
from adapters.simulation.observations import Observations
from adapters.simulation.process import Process
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import Capabilities, DeliveryUnknown, Receive, Refusal, Response, Retry
from bot.chat.answers import FileRef
from bot.chat.content import Message
from bot.chat.events import Event, MessageRef, Place, ReplyTo, UserRef
from bot.chat.rendering.plain_text import plain_text
from bot.runtime.failure_messages import SORRY, UNKNOWN

__all__ = ["FaultyAdapter", "PlatformState"]

# An answer is in its reader's words: it is compared by them.
_SORRY: Final = plain_text(SORRY)
_UNKNOWN: Final = plain_text(UNKNOWN)

Arrived = Callable[[str, Place | UserRef], None]
"""Called with every message that reached its place: its key, and where."""


@dataclass
class PlatformState:
    """What of the platform outlives a process.

    Attributes:
        knows_keys: it notices that a message was sent before; else only one that arrived can be found.
        shut: destinations that refuse everything, with the platform's code for why.
        waits: until when a destination asked for no new messages, or for no changes ("edit …").
        echoes: events that the platform will deliver once more.
    """

    world: Workspace
    capabilities: Capabilities
    knows_keys: bool
    shut: dict[str, str] = field(default_factory=dict)
    waits: dict[str, datetime] = field(default_factory=dict)
    echoes: deque[Event] = field(default_factory=deque)


class FaultyAdapter(TerminalAdapter):
    """The adapter of one process, which meets faults."""

    def __init__(
        self,
        platform: PlatformState,
        process: Process,
        faults: Faults,
        observed: Observations,
        now: Callable[[], datetime],
        arrived: Arrived,
    ) -> None:
        super().__init__(platform.world, now)
        self.capabilities = platform.capabilities
        self.state = platform
        self.process = process
        self.late: deque[asyncio.Future[None]] = deque()
        self._arrived = arrived
        self._observed = observed
        self._faults = faults

    # Ways in.

    async def run(self, receive: Receive) -> None:
        """As the terminal's; events may come late, twice, or once more after their turn."""

        async def through(event: Event) -> Response:
            return await self._take_in(event, receive)

        await super().run(through)

    async def _take_in(self, event: Event, receive: Receive) -> Response:
        self.process.check_alive()
        known = event.id in self._observed.events
        self._observed.events.setdefault(event.id, event)
        fault = "" if known else self._faults.at("event")
        if fault == "late":
            await self._comes_late()
        answer = await receive(event)
        if fault == "twice":
            await receive(event)
        elif fault == "again later":
            self.state.echoes.append(event)
        if self._faults.at("acknowledge"):
            raise self.process.end("acknowledge")
        return answer

    async def _comes_late(self) -> None:
        """Wait until the run lets this event go on; others overtake it meanwhile."""
        turned_up = asyncio.get_running_loop().create_future()
        self.late.append(turned_up)
        await turned_up
        self.process.check_alive()

    async def fetch(self, file: FileRef) -> bytes:
        """Return a PDF."""
        return b"%PDF-1.7 made up"

    def again(self) -> None:
        """Hand over once more what `receive` raised on: platforms repeat what was not acknowledged."""
        for event, handling in list(self._handling.items()):
            if handling.done():
                del self._handling[event]
        self._hand_over()

    async def echo(self, event: Event) -> None:
        """Deliver an event again whose turn is over."""
        if self._receive is not None:
            await self._receive(event)

    # Ways out.

    async def respond(self, to: ReplyTo, answer: Response) -> None:
        """As the terminal's, with faults."""
        self.process.check_alive()
        event = json.loads(to.token)[0]
        said = plain_text(answer.message) if answer.message else ""
        if said == _SORRY:
            self._observed.sorry.add(event)
        elif said == _UNKNOWN:
            self._observed.unsure.add(event)
        fault = self._faults.at("respond")
        if fault == "crash before":
            raise self.process.end("respond")
        regrets = said in (_SORRY, _UNKNOWN)
        says_something = bool(answer.message or answer.errors or answer.form) and not regrets
        if fault in {"retry", "refusal", "unsure, not sent"}:
            if says_something:
                self._observed.answers.setdefault(event, "lost")
            if fault == "retry":
                raise Retry(self._faults.seconds())
            raise Refusal("expired") if fault == "refusal" else DeliveryUnknown(fault)
        try:
            with self._observed.no_other_error(Refusal):
                await super().respond(to, answer)
        except Refusal:
            if says_something:
                self._observed.answers.setdefault(event, "lost")
            raise
        self._observed.answers[event] = "given"
        pressed = json.loads(to.token)[3]
        if answer.replace and pressed:
            self._observed.replaced.add(pressed)
        if fault == "crash after":
            raise self.process.end("respond")
        if fault:
            raise DeliveryUnknown(fault)

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
        """As the terminal's, with faults. A key that landed may only be sent again with `again`."""
        fault = self._before(str(to), key)
        if key in self._observed.landed and not again:
            self._observed.problem(f"{key} was sent twice, and the second time as if it were new")
        if again and not self.state.knows_keys and key not in self._observed.landed:
            self._note_outcome(key, "unsure")
            raise DeliveryUnknown("sent before, and it cannot be found out whether it arrived")
        before = len(self.world.entries)
        with self._observed.no_other_error(Refusal):
            ref = await super().send(to, message, key=key, again=again, known=known, since=since)
            if len(self.world.entries) > before:
                self._arrived(key, to)
        self._observed.landed[key] = ref.id
        self._note_outcome(key, self._after(str(to), key, fault))
        if fault == "unsure, sent":
            raise DeliveryUnknown(fault)
        return ref

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """As the terminal's, with faults."""
        about = f"edit {ref.id}"
        fault = self._before(str(ref.place), about)
        with self._observed.no_other_error(Refusal):
            await super().edit(ref, message)
        self._note_outcome(about, self._after(str(ref.place), about, fault))
        if fault == "unsure, sent":
            raise DeliveryUnknown(fault)

    def _before(self, destination: str, key: str) -> str:
        """Return what strikes a message on its way; raise what it meets before it has arrived."""
        self.process.check_alive()
        now = self.now()
        lane = f"edit {destination}" if key.startswith("edit ") else destination
        until = self.state.waits.get(lane)
        if until is not None and now < until:
            self._observed.problem(f"{key} did not wait until {until}, as {destination} had asked")
        fault = self._faults.at("send")
        if destination in self.state.shut:
            fault = "shut"
        if fault == "crash before":
            self._note_outcome(key, "crash")
            raise self.process.end("send")
        if fault == "retry":
            seconds = self._faults.seconds()
            self.state.waits[lane] = now + timedelta(seconds=seconds)
            self.process.unsaved_waits[lane] = self.state.waits
            self._note_outcome(key, "retry")
            raise Retry(seconds)
        if fault in {"refusal", "shut"}:
            self._note_outcome(key, "refused")
            shut = self.state.shut.get(destination)
            raise Refusal(
                shut or "msg_too_odd", lost="message" if shut in {None, "msg_too_odd"} else "destination"
            )
        if fault == "unsure, not sent":
            self._note_outcome(key, "unsure")
            raise DeliveryUnknown(fault)
        if fault == "error":
            self._observed.errors[key] += 1
            self._note_outcome(key, "error")
            raise Lost("the connection broke before anything was sent")
        return fault

    def _after(self, destination: str, key: str, fault: str) -> str:
        """Return the outcome of a message that has arrived; a crash now loses the word of it."""
        if fault == "crash after":
            self._note_outcome(key, "crash")
            raise self.process.end("send")
        return "unsure" if fault == "unsure, sent" else "sent"

    def _note_outcome(self, key: str, outcome: str) -> None:
        if key.startswith("edit "):
            self._observed.edits[key.removeprefix("edit ")].append(outcome)
        else:
            self._observed.outcomes[key] = outcome
        if outcome != "sent":
            self._observed.say(self.now(), f"   {key}: {outcome}")

"""The platform of a simulated process: the real terminal adapter, with everything that goes wrong on the way.

DMs are closed and opened again, channels go and come back, Retry-After holds a destination, replies are
lost. What the port promises of an adapter is kept in all weathers.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import Capabilities, DeliveryUnknown, Receive, Refusal, Response, Retry
from bot.chat.answers import FileRef
from bot.chat.content import Message
from bot.chat.events import Event, MessageRef, Place, ReplyTo, UserRef
from bot.runtime.failure_messages import SORRY, UNKNOWN
from tests.simulation.faults import Lost, Weather
from tests.simulation.observations import Book
from tests.simulation.store import Life

__all__ = ["Outside", "StormyAdapter"]

Arrived = Callable[[str, Place | UserRef], None]
"""Called with every message that reached its place: its key, and where."""


@dataclass
class Outside:
    """What of the platform outlives a process.

    Attributes:
        knows_keys: it notices that a message was sent before; else only one that arrived can be found.
        shut: destinations that refuse everything, with the platform's code for why.
        waits: until when a destination asked for no new messages, or for no changes ("edit …").
        echoes: events that the platform will deliver once more.
    """

    world: Workspace
    weather: Weather
    book: Book
    capabilities: Capabilities
    knows_keys: bool
    shut: dict[str, str] = field(default_factory=dict)
    waits: dict[str, datetime] = field(default_factory=dict)
    echoes: deque[Event] = field(default_factory=deque)


class StormyAdapter(TerminalAdapter):
    """The terminal adapter of one process, in the weather."""

    def __init__(self, outside: Outside, life: Life, now: Callable[[], datetime], arrived: Arrived) -> None:
        super().__init__(outside.world, now)
        self.capabilities = outside.capabilities
        self.outside = outside
        self.life = life
        self.late: deque[asyncio.Future[None]] = deque()
        self._arrived = arrived
        self._book = outside.book
        self._weather = outside.weather

    # Ways in.

    async def run(self, receive: Receive) -> None:
        """As the terminal's; events may come late, twice, or once more after their turn."""

        async def through(event: Event) -> Response:
            return await self._take_in(event, receive)

        await super().run(through)

    async def _take_in(self, event: Event, receive: Receive) -> Response:
        self.life.must_go_on()
        known = event.id in self._book.events
        self._book.events.setdefault(event.id, event)
        fault = "" if known else self._weather.at("event")
        if fault == "late":
            await self._comes_late()
        answer = await receive(event)
        if fault == "twice":
            await receive(event)
        elif fault == "again later":
            self.outside.echoes.append(event)
        if self._weather.at("acknowledge"):
            raise self.life.end("acknowledge")
        return answer

    async def _comes_late(self) -> None:
        """Wait until the run lets this event go on; others overtake it meanwhile."""
        turned_up = asyncio.get_running_loop().create_future()
        self.late.append(turned_up)
        await turned_up
        self.life.must_go_on()

    async def fetch(self, file: FileRef) -> bytes:
        """A PDF."""
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
        """As the terminal's, in the weather."""
        self.life.must_go_on()
        event = json.loads(to.token)[0]
        if answer.message == SORRY:
            self._book.sorry.add(event)
        elif answer.message == UNKNOWN:
            self._book.unsure.add(event)
        fault = self._weather.at("respond")
        if fault == "crash before":
            raise self.life.end("respond")
        regrets = answer.message in (SORRY, UNKNOWN)
        says_something = bool(answer.message or answer.errors or answer.form) and not regrets
        if fault in {"retry", "refusal", "unsure, not sent"}:
            if says_something:
                self._book.answers.setdefault(event, "lost")
            if fault == "retry":
                raise Retry(self._weather.seconds())
            raise Refusal("expired") if fault == "refusal" else DeliveryUnknown(fault)
        try:
            await super().respond(to, answer)
        except Refusal:
            if says_something:
                self._book.answers.setdefault(event, "lost")
            raise
        self._book.answers[event] = "given"
        pressed = json.loads(to.token)[3]
        if answer.replace and pressed:
            self._book.replaced.add(pressed)
        if fault == "crash after":
            raise self.life.end("respond")
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
        """As the terminal's, in the weather. A key that landed may only be sent again with `again`."""
        fault = self._before(str(to), key)
        if key in self._book.landed and not again:
            self._book.problem(f"{key} was sent twice, and the second time as if it were new")
        if again and not self.outside.knows_keys and key not in self._book.landed:
            self._fated(key, "unsure")
            raise DeliveryUnknown("sent before, and nobody can find out whether it arrived")
        before = len(self.world.entries)
        ref = await super().send(to, message, key=key, again=again, known=known, since=since)
        if len(self.world.entries) > before:
            self._arrived(key, to)
        self._book.landed[key] = ref.id
        self._fated(key, self._after(str(to), key, fault))
        if fault == "unsure, sent":
            raise DeliveryUnknown(fault)
        return ref

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """As the terminal's, in the weather."""
        about = f"edit {ref.id}"
        fault = self._before(str(ref.place), about)
        await super().edit(ref, message)
        self._fated(about, self._after(str(ref.place), about, fault))
        if fault == "unsure, sent":
            raise DeliveryUnknown(fault)

    def _before(self, destination: str, key: str) -> str:
        """What strikes a message on its way; raises what it meets before it has arrived."""
        self.life.must_go_on()
        now = self.now()
        lane = f"edit {destination}" if key.startswith("edit ") else destination
        until = self.outside.waits.get(lane)
        if until is not None and now < until:
            self._book.problem(f"{key} did not wait until {until}, as {destination} had asked")
        fault = self._weather.at("send")
        if destination in self.outside.shut:
            fault = "shut"
        if fault == "crash before":
            self._fated(key, "crash")
            raise self.life.end("send")
        if fault == "retry":
            seconds = self._weather.seconds()
            self.outside.waits[lane] = now + timedelta(seconds=seconds)
            self.life.unheard[lane] = self.outside.waits
            self._fated(key, "retry")
            raise Retry(seconds)
        if fault in {"refusal", "shut"}:
            self._fated(key, "refused")
            shut = self.outside.shut.get(destination)
            raise Refusal(
                shut or "msg_too_odd", lost="message" if shut in {None, "msg_too_odd"} else "destination"
            )
        if fault == "unsure, not sent":
            self._fated(key, "unsure")
            raise DeliveryUnknown(fault)
        if fault == "error":
            self._book.errors[key] += 1
            self._fated(key, "error")
            raise Lost("the connection broke before anything was sent")
        return fault

    def _after(self, destination: str, key: str, fault: str) -> str:
        """The fate of a message that has arrived; a crash now loses the word of it."""
        if fault == "crash after":
            self._fated(key, "crash")
            raise self.life.end("send")
        return "unsure" if fault == "unsure, sent" else "sent"

    def _fated(self, key: str, fate: str) -> None:
        if key.startswith("edit "):
            self._book.edits[key.removeprefix("edit ")].append(fate)
        else:
            self._book.fates[key] = fate
        if fate != "sent":
            self._book.say(self.now(), f"   {key}: {fate}")

"""The counters for Prometheus. No person and no space is a label: only platforms and kinds of events."""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.chat.adapter import (
    Adapter,
    DeliveryUnknown,
    Finding,
    Receive,
    Refusal,
    Response,
    Retry,
    Unanswerable,
)
from bot.chat.answers import FileRef
from bot.chat.commands import CommandSpec
from bot.chat.content import Message
from bot.chat.events import Event, MessageRef, Place, ReplyTo, UserRef

__all__ = ["Counted", "Levels", "Metrics"]

T = TypeVar("T")

_BUCKETS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 10)
"""Seconds; after 3 a platform abandons an answer."""

_RESULTS: Final = {Retry: "retry", Refusal: "refused", Unanswerable: "passed_on", DeliveryUnknown: "unsure"}


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels in the database at an instant.

    Attributes:
        outbox: how many messages are in each unsettled state. `connected`: whether each platform is.
        oldest_owed: seconds since the message that waits longest should have been sent; 0 when none waits.
        timers_overdue, oldest_timer: how many timers should have fired, and seconds since the first should.
    """

    outbox: Mapping[str, int]
    connected: Mapping[str, bool]
    oldest_owed: float
    timers_overdue: int
    oldest_timer: float


class Metrics:
    """The counters of a process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        made = self._registry
        self.events = Counter("stint_events", "Events that came in.", ["platform", "kind"], registry=made)
        self.turns = Histogram(
            "stint_turn_seconds",
            "Seconds from an event to its answer.",
            ["platform"],
            registry=made,
            buckets=_BUCKETS,
        )
        self.sends = Counter(
            "stint_sends",
            "Messages sent, edited and answered with, by what became of them.",
            ["platform", "operation", "result"],
            registry=made,
        )
        self._outbox = Gauge(
            "stint_outbox", "Messages that are not settled, by state.", ["state"], registry=made
        )
        self._connected = Gauge("stint_connected", "1 where it is connected.", ["platform"], registry=made)
        self._oldest = Gauge(
            "stint_oldest_owed_seconds", "How long the oldest due message waits.", registry=made
        )
        self._timers = Gauge("stint_timers_overdue", "Timers that should have fired.", registry=made)
        self._timer = Gauge(
            "stint_oldest_timer_seconds", "How long the oldest due timer waits.", registry=made
        )

    def page(self, levels: Levels) -> bytes:
        """Return the page in Prometheus's text format."""
        for state, count in levels.outbox.items():
            self._outbox.labels(state).set(count)
        for platform, connected in levels.connected.items():
            self._connected.labels(platform).set(connected)
        self._oldest.set(levels.oldest_owed)
        self._timers.set(levels.timers_overdue)
        self._timer.set(levels.oldest_timer)
        return generate_latest(self._registry)


class Counted:
    """An adapter whose events and sends are counted; otherwise it acts as the adapter within."""

    def __init__(self, adapter: Adapter, metrics: Metrics) -> None:
        self.within = adapter
        self.platform = adapter.platform
        self.capabilities = adapter.capabilities
        self.limits = adapter.limits
        self._metrics = metrics

    async def open(self) -> None:
        """Open the adapter within."""
        await self.within.open()

    async def run(self, receive: Receive) -> None:
        """Run the adapter within; count its events by kind and time them."""

        async def counted(event: Event) -> Response:
            self._metrics.events.labels(self.platform, type(event).__name__).inc()
            began = perf_counter()
            try:
                return await receive(event)
            finally:
                self._metrics.turns.labels(self.platform).observe(perf_counter() - began)

        await self.within.run(counted)

    async def respond(self, to: ReplyTo, answer: Response) -> None:
        """Respond, and count it as an answer."""
        await self._count("answer", self.within.respond(to, answer))

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
        """Send, and count it as a send."""
        sending = self.within.send(to, message, key=key, again=again, known=known, since=since)
        return await self._count("send", sending)

    async def find(
        self, to: Place | UserRef, message: Message, *, key: str, known: Collection[str] = ()
    ) -> MessageRef | None:
        """Find; it is not counted."""
        return await self.within.find(to, message, key=key, known=known)

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Edit, and count it as an edit."""
        await self._count("edit", self.within.edit(ref, message))

    async def fetch(self, file: FileRef) -> bytes:
        """Fetch; it is not counted."""
        return await self.within.fetch(file)

    async def inspect(self, place: Place | None = None) -> Sequence[Finding]:
        """Inspect; it is not counted."""
        return await self.within.inspect(place)

    async def is_connected(self) -> bool:
        """Ask; it is not counted."""
        return await self.within.is_connected()

    async def register(self, commands: Sequence[CommandSpec]) -> None:
        """Register; it is not counted."""
        await self.within.register(commands)

    async def close(self) -> None:
        """Close; it is not counted."""
        await self.within.close()

    async def _count(self, operation: str, doing: Awaitable[T]) -> T:
        result = "failed"
        try:
            done = await doing
            result = "done"
            return done
        except (Retry, Refusal, DeliveryUnknown) as error:
            result = _RESULTS[type(error)]
            raise
        finally:
            self._metrics.sends.labels(self.platform, operation, result).inc()

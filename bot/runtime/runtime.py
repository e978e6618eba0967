"""The running bot: events in, timers served, messages out, driven by one clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from bot.chat.adapter import (
    LONGEST_WAIT,
    Adapter,
    Capabilities,
    DeliveryUnknown,
    Refusal,
    Response,
    Retry,
    Unanswerable,
)
from bot.chat.answers import FileRef
from bot.chat.events import Event, Inspected, MessageRef, Suggest, carried
from bot.chat.file_kinds import FileRules
from bot.chat.rendering.limits import Limits
from bot.chat.routes import Declined, Routes
from bot.chat.values import replace
from bot.clock import Clock, raised_at
from bot.runtime import awaited_delivery, conversations, delivery_outcomes, files, reads, stored_responses
from bot.runtime import turns as receiving
from bot.runtime.delivery import LEASE, Listeners, Office, Outcome, deliver
from bot.runtime.failure_messages import SORRY, UNKNOWN
from bot.runtime.long_turns import once_loaded, watched, watching
from bot.runtime.ordering import Queue
from bot.runtime.reply_order import PendingAnswers, Underway
from bot.runtime.retention import EVERY, MESSAGES, some_batches, sweep
from bot.runtime.saying import outside_a_turn
from bot.runtime.sealing import seal_some
from bot.runtime.shared_events import unless_given
from bot.runtime.storable_text import storable
from bot.runtime.timers import serve_timers
from storage import statistics
from storage.database import Database, UnitOfWork
from storage.queries import inbox, lanes, timers
from storage.secrets import SecretBox

__all__ = ["Runtime"]

_SLOW_SEND_SECONDS: Final = 1.0  # seconds that timers wait for slow sends; what is slower goes on beside them

_REDELIVERY_TIME: Final = timedelta(seconds=30)
"""Time after a start in which a platform delivers again what the last process left unanswered."""

_LONGEST_ANSWER_TIME: Final = timedelta(minutes=30)
"""Longest time in which an answer may be given at once: Slack's figure, the longest."""

_SHUTDOWN_SECONDS: Final = 5.0  # seconds that sends on their way get to end before the bot stops

log = structlog.get_logger(__name__)


class Runtime:
    """A running bot: its database, routes, adapters and clock, and what runs right now.

    `receive` is what adapters call; `pump` is what the clock calls.
    """

    def __init__(
        self,
        database: Database,
        routes: Routes,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        box: SecretBox | None = None,
        file_rules: FileRules | None = None,
        keep_messages: timedelta = MESSAGES,
    ) -> None:
        """Make a runtime; without a `box` with a key it takes no files, and else those of `file_rules`."""
        self._keep_messages = keep_messages
        self.box = box or SecretBox(())
        self.file_rules = file_rules or FileRules()
        self._keyless = box is not None and not box.has_key
        self.database = database
        talks = conversations.messages_of(routes.forms)
        routes = replace(routes, messages={**routes.messages, **talks, **stored_responses.MESSAGES})
        self.routes = routes
        self.adapters = adapters
        self.clock = clock
        # What answers no person, a timer, is on no platform.
        can = {name: each.capabilities for name, each in adapters.items()}
        self._port = receiving.PlatformProfile(
            routes,
            Capabilities(),
            Limits(),
            homes=frozenset(name for name, each in can.items() if each.home),
            answers_only=frozenset(name for name, each in can.items() if not each.writes_first),
            grouped=frozenset(name for name, each in can.items() if each.groups),
        )
        self._queues: dict[tuple[str, str], Queue] = {}
        self._wanted = asyncio.Event()
        self._bells: dict[str, asyncio.Event] = {}
        self._answering = PendingAnswers()
        self._delivering: asyncio.Task[int] | None = None
        # Not at once: what the platforms deliver again after a pause must find its row.
        self._sweep_at = clock.now() + EVERY
        self._pumped_at = clock.now()

    @property
    def profile(self) -> receiving.PlatformProfile:
        """The routes, and what the platforms of this bot can do."""
        return self._port

    async def recover(self) -> None:
        """Take up at once what a process before this one was sending or answering when it died.

        Only for a process that is alone on the database (SQLite's one process); elsewhere leases run out.
        """
        now = self.clock.now()
        await self.database.transact(lambda work: _recover(work, now))

    async def receive(self, event: Event) -> Response:
        """Handle one event and give its answer through the adapter. The same event again has no effect.

        Raises:
            Exception: what failed, for an event that the platform will deliver again (no `reply`).
        """
        event = storable(event)
        adapter = self.adapters[event.place.platform]
        if isinstance(event, Suggest):
            answer = await self.database.read(lambda work: reads.suggest(work, event, self._port))
            await self._answer(adapter, event, receiving.TurnResult(answer))
            return answer
        with self._answering.of(event) as underway:
            try:
                received = await self._handled(adapter, event, underway)
            except Exception as error:  # a press is never delivered again, so its person must learn of it now
                log.error(
                    "turn.failed",
                    kind=type(event).__name__,
                    error=type(error).__name__,
                    where=raised_at(error),
                )
                if event.reply is None:
                    raise
                received = await self._given_up(event)
            try:
                await self._answer(adapter, event, received)
            finally:  # what the turn owes goes out, whatever became of its answer
                self._wanted.set()
                self.clock.wake_at(self.clock.now())
        if received.answer.awaits:
            await self._follow_up(adapter, event, received)
        return received.answer

    async def _handled(self, adapter: Adapter, event: Event, underway: Underway) -> receiving.TurnResult:
        """Return the answer to an event, with what became of the messages that it is not given before."""
        async with self._in_turn(event):
            taken, fetched = await self._fetched(adapter, event)
            received = await unless_given(self.database, taken, await self._turn(taken, adapter, fetched))
            if received.answer.inspect:
                received = await self._looked(event, received)
            if received.answer.awaits and event.place.kind != "dm":
                underway.release()
                return await self._concluded(event, received)
        # In their direct messages the person goes on meanwhile, as what is sent to them there arrives.
        if received.answer.awaits and not awaited_delivery.goes_first(event, received.answer):
            underway.release()
            return await self._concluded(event, received)
        return received

    async def _follow_up(self, adapter: Adapter, event: Event, received: receiving.TurnResult) -> None:
        """Show below an answer that went first what was refused of the messages it awaited."""
        try:
            below = await self._concluded(event, received)
            if below.answer.message:
                await self._answer(adapter, event, below)
        except Exception as error:  # noqa: BLE001 - what was refused is brought another way after a while
            log.error("answer.not_followed_up", error=type(error).__name__, where=raised_at(error))

    async def _fetched(
        self, adapter: Adapter, event: Event
    ) -> tuple[Event, Mapping[str, files.FetchedFiles]]:
        """Fetch as `files.fetch`; for an event that has its row already nothing is fetched again."""
        if not files.named_in(event):
            return event, {}
        if await self.database.read(lambda work: receiving.kept(work, event)):
            return event, {}
        return await files.fetch(adapter, self.box, event, self.file_rules)

    async def load_file(self, file: FileRef) -> bytes:
        """Return the bytes of a file that is kept; raises as `bot.runtime.files.load`."""
        return await files.load(self.database, self.box, file)

    async def _turn(
        self, event: Event, adapter: Adapter, fetched: Mapping[str, files.FetchedFiles] | None = None
    ) -> receiving.TurnResult:
        port = replace(self._port, capabilities=adapter.capabilities, limits=adapter.limits)
        now = self.clock.now()
        read = await reads.read_first(self.database, event, now, port)

        def turn(work: UnitOfWork, declined: Declined | None = None) -> receiving.TurnResult:
            received = partial(receiving.receive, work, event, now, port, declined, fetched, read)
            return watched(event, self.clock.monotonic, received)

        try:
            result = await once_loaded(self.database, turn)
        except Declined as no:
            result = await self.database.transact(partial(turn, declined=no))
        log.info("turn.done", event_id=event.id, cause=result.cause, kind=type(event).__name__)
        return result

    async def _looked(self, event: Event, received: receiving.TurnResult) -> receiving.TurnResult:
        """Let the adapters look, and take what they found as the event that gives the answer."""
        wanted = received.answer.inspect
        if wanted is None:
            return received
        places = [place for place in wanted.places if place.platform in self.adapters]
        looks = await asyncio.gather(*(self.adapters[each.platform].inspect(each) for each in places))
        found = dict.fromkeys(each for several in looks for each in several)
        if self._keyless and not all(place.id for place in places):
            found[files.NO_KEY] = None
        common = carried(event) | {"id": f"{event.id}:{wanted.verb}", "at": self.clock.now()}
        looked = Inspected(**common, verb=wanted.verb, findings=tuple(found), subject=wanted.subject)
        answered = await self._turn(looked, self.adapters[event.place.platform])
        if number := received.inbox_id:
            await self.database.transact(lambda work: inbox.mark_given(work.connection, [number]))
        return answered

    async def _concluded(self, event: Event, received: receiving.TurnResult) -> receiving.TurnResult:
        """Send what the answer awaits at once, and say what became of it."""
        keys = received.answer.awaits
        bell = asyncio.Event()
        self._bells.update(dict.fromkeys(keys, bell))
        try:
            await awaited_delivery.wait_until_known(self.database, keys, bell, self._begin_delivering)
        except TimeoutError:
            log.info("answer.awaited_in_vain", event_id=event.id)
        finally:
            for key in keys:
                self._bells.pop(key, None)
        adapter = self.adapters[event.place.platform]
        port = replace(self._port, capabilities=adapter.capabilities, limits=adapter.limits)
        now = self.clock.now()
        return await self.database.transact(
            lambda work: awaited_delivery.conclude(work, event, now, port, received)
        )

    async def _given_up(self, event: Event) -> receiving.TurnResult:
        """Say what became of a failed turn: nothing was done once that is kept, else it is not known."""
        sorry, now = outside_a_turn(SORRY, event), self.clock.now()
        with suppress(Exception):
            return await self.database.transact(lambda work: receiving.give_up(work, event, now, sorry))
        return receiving.TurnResult(outside_a_turn(UNKNOWN, event))

    @asynccontextmanager
    async def _in_turn(self, event: Event) -> AsyncIterator[None]:
        """Let one person's events in one place run one after another, so that quick answers never swap."""
        key = (str(event.actor), str(event.place))
        queue = self._queues.setdefault(key, Queue())
        await queue.enter(event.at)
        try:
            yield
        finally:
            if queue.leave():
                del self._queues[key]

    async def _answer(self, adapter: Adapter, event: Event, received: receiving.TurnResult) -> None:
        """Give the answer and note what became of it; one that is refused becomes a message at once."""
        number, now = received.inbox_id, self.clock.now()
        try:
            given = await self._respond(adapter, event, received.answer)
        except (Retry, Refusal):
            if number:
                await self.database.transact(lambda work: inbox.mark_late(work.connection, number, now))
            return
        if given and number:
            log.info("answer.given", event_id=event.id, cause=received.cause)
            await self.database.transact(lambda work: inbox.mark_given(work.connection, [number]))

    async def _respond(self, adapter: Adapter, event: Event, answer: Response) -> bool:
        """Give the answer at once; return False when there is no way to, or it may not have been given.

        Raises:
            Retry, Refusal: it was not given.
        """
        if event.reply is None and answer.message is None:
            return False
        try:
            if event.reply:
                await adapter.respond(event.reply, answer)
            elif answer.message and event.place.kind == "home":
                await adapter.edit(MessageRef(event.place, "home"), answer.message)
            elif answer.message and event.place.readers == "alone":
                await adapter.send(event.place, answer.message, key=f"answer:{event.id}")
        except Unanswerable:
            raise
        except (Retry, Refusal, DeliveryUnknown) as error:
            log.warning("answer.not_given", event_id=event.id, error=type(error).__name__)
            if isinstance(error, DeliveryUnknown):
                return False
            raise
        return True

    async def pump(self, now: datetime) -> datetime | None:
        """Serve everything due at `now`; return the instant at which something falls due next."""
        await self._follow_clock(now)
        await self._sweep(now)
        due = await self.database.read(next_due)
        if (due is None or due > now) and not self._is_sending:
            return due
        while True:
            await serve_timers(self.database, self._port, now, self.clock.monotonic)
            await self.database.transact(lambda work: stored_responses.rescue(work, now))
            await self.deliver()
            due = await self.database.read(next_due)
            if due is None or due > now or not await self._anything_due(now):
                return due

    async def _follow_clock(self, now: datetime) -> None:
        """Let nothing wait longer because the machine's clock was set back since the last time."""
        by, self._pumped_at = self._pumped_at - now, now
        if by > timedelta(0):
            self._sweep_at -= by
            await self.database.transact(lambda work: _set_back(work, now, by))

    async def _sweep(self, now: datetime) -> None:
        if now < self._sweep_at:
            return
        self._sweep_at = now + EVERY
        sweeping = partial(sweep, now=now, messages=self._keep_messages)
        for name, batch in (("sweep", sweeping), ("seal", seal_some)):
            if await some_batches(self.database, watching(name, self.clock.monotonic, batch)):
                self._sweep_at = now  # the rest is next, and what is due does not wait for it
        await self.database.transact(lambda work: statistics.gather(work.connection))

    async def _anything_due(self, now: datetime) -> bool:
        """Tell whether a timer is due; what is on its way elsewhere is not ours to wait for."""
        due = await self.database.read(lambda work: timers.next_due(work.connection))
        return due is not None and due <= now

    @property
    def _is_sending(self) -> bool:
        return self._delivering is not None and not self._delivering.done()

    async def deliver(self) -> None:
        """Send what is due now; return when nothing is on its way, or when what is left takes long."""
        delivering = self._begin_delivering()
        done, _ = await asyncio.wait({delivering}, timeout=_SLOW_SEND_SECONDS)
        if done:
            delivering.result()

    def _begin_delivering(self) -> asyncio.Task[int]:
        """Have what is due taken up now; return the one task that does so."""
        self._wanted.set()
        if self._delivering is None or self._delivering.done():
            listeners = Listeners(
                partial(delivery_outcomes.undeliverable, self._port),
                self.clock.wake_at,
                partial(delivery_outcomes.due, self._port),
                partial(delivery_outcomes.arrived, self._port),
                self._ring,
                self._answering.over,
                self.clock.monotonic,
            )
            office = Office(self.database, self.adapters, self.clock.now)
            self._delivering = asyncio.create_task(deliver(office, listeners, self._wanted))
        return self._delivering

    def _ring(self, settled: Sequence[Outcome]) -> None:
        for outcome in settled:
            if bell := self._bells.get(outcome.row.key):
                bell.set()

    async def close(self) -> None:
        """Let what is on its way arrive; what takes too long is taken up by the next process."""
        if self._delivering is None:
            return
        await asyncio.wait({self._delivering}, timeout=_SHUTDOWN_SECONDS)
        self._delivering.cancel()
        await asyncio.gather(self._delivering, return_exceptions=True)


def _set_back(work: UnitOfWork, now: datetime, by: timedelta) -> None:
    lanes.set_back(work.connection, now, by, LEASE, timedelta(seconds=LONGEST_WAIT))
    inbox.bring_forward(work.connection, now + _LONGEST_ANSWER_TIME)


def _recover(work: UnitOfWork, now: datetime) -> None:
    statistics.gather(work.connection)
    _set_back(work, now, timedelta(0))  # the clock of the process before may have been ahead
    lanes.reclaim_orphans(work.connection, now)
    inbox.bring_forward(work.connection, now + _REDELIVERY_TIME)


def next_due(work: UnitOfWork) -> datetime | None:
    """Return when the next timer, message or waiting answer falls due, UTC."""
    found = (each.next_due(work.connection) for each in (timers, lanes, inbox))
    return min((instant for instant in found if instant), default=None)

"""The pace of answers to one person: many at once, then so many a minute, so that none can keep the bot busy.

What a person typed is done in any case, in its order, a little later. A press, and what else can be done
again without typing, is not done meanwhile. One answer says so, with the time after which it goes on.

All of it is in the memory of the process: a start forgets who was quick, and several processes each count
what comes to them.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
from msgspec import Struct

from bot.chat.adapter import Adapter, DeliveryUnknown, Receive, Refusal, Response, Retry
from bot.chat.content import Message, message, text
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    HomeOpened,
    MessageReceived,
    Suggest,
)
from bot.chat.sentences import Duration
from bot.runtime.saying import outside_a_turn

__all__ = ["Pace"]

_KEPT: Final = 10_000
"""People to remember; the person not heard of for longest is forgotten first."""

_REST: Final = 0.25
"""The part of all answers at once that is there again when a person who was too quick can go on."""

_COMPLETION: Final = 0.2
"""The part of an act that a completion counts for: a client asks for one with each letter."""

_MINUTE: Final = 60.0
_LONG: Final = 90
"""Seconds from which a wait is said in minutes."""

_UNTYPED: Final = ButtonPressed | ChoiceMade | HomeOpened | Suggest

log = structlog.get_logger(__name__)


class _Account(Struct):
    """What a person has used: `free_at` and `until` are seconds of the monotonic clock.

    `free_at`: when all that they had would be there again, less what is allowed at once. `until`: to when
    what can be done again is not done, and the answer that says so is not repeated.
    """

    free_at: float = -math.inf
    until: float = -math.inf


class Pace:
    """A way in before the runtime's, which bounds what one person is answered.

    `at_once`: answers without a pause; after that there are `per_minute`.
    """

    def __init__(
        self,
        receive: Receive,
        adapters: Mapping[str, Adapter],
        at_once: int,
        per_minute: int,
        *,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._receive = receive
        self._adapters = adapters
        self._at_once = at_once
        self._each = _MINUTE / per_minute
        self._monotonic = monotonic
        self._sleep = sleep
        self._accounts: OrderedDict[str, _Account] = OrderedDict()

    async def receive(self, event: Event) -> Response:
        """Handle an event now or after a wait, or say when it can be done; see `Runtime.receive`."""
        if not _is_counted(event):
            return await self._receive(event)
        now, account = self._monotonic(), self._account(event)
        free_at = max(account.free_at, now - self._each * (self._at_once - 1))
        wait = max(free_at - now, 0.0)
        again = isinstance(event, _UNTYPED) or (isinstance(event, CommandUsed) and not event.options)
        if again and (wait or now < account.until):
            return await self._refuse(event, account, now)
        account.free_at = free_at + self._each * (_COMPLETION if isinstance(event, Suggest) else 1)
        if wait:
            if now >= account.until:
                account.until = now + self._rest
                await self._tell(event, _later(wait))
            await self._sleep(wait)
        return await self._receive(event)

    @property
    def _rest(self) -> float:
        return self._each * max(1.0, self._at_once * _REST)

    def _account(self, event: Event) -> _Account:
        account = self._accounts.setdefault(str(event.actor), _Account())
        self._accounts.move_to_end(str(event.actor))
        while len(self._accounts) > _KEPT:
            self._accounts.popitem(last=False)
        return account

    async def _refuse(self, event: Event, account: _Account, now: float) -> Response:
        """Leave an event undone; say so, and when it goes on, unless that was said already."""
        said = Response()
        if now >= account.until and not isinstance(event, Suggest):
            account.until = now + self._rest
            log.warning("person.too_quick", platform=event.actor.platform)
            said = outside_a_turn(_not_done(self._rest), event)
            if event.reply is None or not event.reply.has_words:
                await self._tell(event, _not_done(self._rest))
                said = Response()
        if event.reply is not None:
            try:
                await self._adapters[event.place.platform].respond(event.reply, said)
            except (Refusal, Retry, DeliveryUnknown) as error:
                log.info("person.not_told_of_pace", error=type(error).__name__)
        return said

    async def _tell(self, event: Event, words: Message) -> None:
        """Say it in the person's own direct message; where that cannot be, they learn it by the wait."""
        said = outside_a_turn(words, event).message
        if said is None:
            return
        try:
            await self._adapters[event.place.platform].send(event.actor, said, key=f"pace:{event.id}")
        except (Refusal, Retry, DeliveryUnknown) as error:
            log.info("person.not_told_of_pace", error=type(error).__name__)


def _is_counted(event: Event) -> bool:
    """Tell whether a person did it and an answer is due; facts about people and places are always heard."""
    if isinstance(event, MessageReceived):
        return event.place.kind == "dm"
    return isinstance(event, CommandUsed | FormSubmitted | _UNTYPED)


def _not_done(seconds: float) -> Message:
    return message(
        text(
            "That was a lot at once, so this was not done. I go on in {wait}; please do it again then.",
            wait=_duration(seconds),
        )
    )


def _later(seconds: float) -> Message:
    return message(
        text(
            "That was a lot at once. I have all that you wrote, and go on with it in {wait}.",
            wait=_duration(seconds),
        )
    )


def _duration(seconds: float) -> Duration:
    if seconds < _LONG:
        return Duration(math.ceil(seconds), "second")
    return Duration(math.ceil(seconds / _MINUTE), "minute")

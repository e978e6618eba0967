"""The order of replies: what a turn sends to a person waits for their answer at once, to be read after it.

The answer to a press is given outside the outbox. Where many are written to, a message that was committed
with it could be taken up first: the pack that follows, before "the place is yours".
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from types import TracebackType
from typing import Final, Self

from bot.chat.events import Event

__all__ = ["PendingAnswers", "Underway"]

_ANSWER_WAIT_SECONDS: Final = 3.0
"""Seconds that messages wait for an answer at most: as long as platforms wait for one."""


class Underway:
    """One answer under way, until it is given or released."""

    def __init__(self, held: defaultdict[str, set[asyncio.Event]], person: str) -> None:
        """Make it; it holds nothing before it is entered. `person`: "" holds no person's messages."""
        self._held, self._person, self._over = held, person, asyncio.Event()

    def __enter__(self) -> Self:
        """Begin to hold this person's messages."""
        if self._person:
            self._held[self._person].add(self._over)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """End the hold, whatever became of the answer."""
        self.release()

    def release(self) -> None:
        """Hold nothing any more: the answer is given, or waits itself for what is sent."""
        self._over.set()
        if self._person in self._held:
            self._held[self._person].discard(self._over)
            if not self._held[self._person]:
                del self._held[self._person]


class PendingAnswers:
    """The answers that this process is giving, by whose they are."""

    def __init__(self) -> None:
        """Make it; no person is being answered."""
        self._held: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def of(self, event: Event) -> Underway:
        """Make the answer to an event in its person's direct messages; an answer elsewhere holds nothing."""
        at_once = event.reply is not None and event.reply.has_words and event.place.kind == "dm"
        return Underway(self._held, str(event.actor) if at_once else "")

    async def over(self, destination: str) -> None:
        """Wait until no person at this destination is being answered, or too long."""
        waiting = [asyncio.ensure_future(each.wait()) for each in self._held.get(destination, ())]
        if waiting:
            await asyncio.wait(waiting, timeout=_ANSWER_WAIT_SECONDS)
            for each in waiting:
                each.cancel()

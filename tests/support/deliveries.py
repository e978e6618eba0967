"""A programme that owes messages, and a platform that takes them as a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from benchmarks.stage import DEAF
from bot.chat.adapter import Capabilities
from bot.chat.content import Message, dump_message, message
from bot.chat.events import MessageRef, Place, UserRef
from bot.chat.rendering.plain_text import plain_text
from bot.chat.values import replace
from bot.runtime.delivery import Office, Outcome, deliver
from storage.database import Database, UnitOfWork
from storage.queries import outbox
from storage.tables import Programme, metadata

__all__ = ["NOW", "Mailbox", "begin", "drain", "owe", "states"]

NOW = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)

_table = metadata.tables["outbox"]


@dataclass
class Mailbox:
    """Keeps what is sent, in order.

    `moods` are raised or awaited before a message with these words ("hangs": nothing more is heard of it);
    `looked`: of which messages it was said, at another try, that they are others, and which came before.
    `ids` is what it is called then, its key where nothing else is said. In channels it cannot be found out
    later what has arrived.
    """

    platform: str = "box"
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(unverifiable=frozenset({"channel"}))
    )
    sent: list[tuple[str, str]] = field(default_factory=list)
    again: list[str] = field(default_factory=list)
    looked: list[tuple[frozenset[str], str]] = field(default_factory=list)
    edits: list[tuple[str, str]] = field(default_factory=list)
    moods: dict[str, list[BaseException | Callable[[], Any] | str]] = field(default_factory=dict)
    hanging: bool = False
    ids: dict[str, str] = field(default_factory=dict)

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
        """Take a message, after whatever mood there is."""
        words = plain_text(message)
        if again:
            self.again.append(words)
            self.looked.append((frozenset(known), since))
        await self._mood(words)
        self.sent.append((to.id, words))
        return self._reference(to, words, key)

    async def find(
        self, to: Place | UserRef, message: Message, *, key: str, known: Collection[str] = ()
    ) -> MessageRef | None:
        """Look for a message, after whatever mood there is."""
        words = plain_text(message)
        await self._mood(f"find {words}")
        return self._reference(to, words, key) if (to.id, words) in self.sent else None

    def _reference(self, to: Place | UserRef, words: str, key: str) -> MessageRef:
        place = to if isinstance(to, Place) else Place(self.platform, "", to.id, "dm")
        return MessageRef(place, self.ids.get(words, key))

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Take a change."""
        await self._mood(plain_text(message))
        self.edits.append((ref.id, plain_text(message)))

    async def _mood(self, words: str) -> None:
        await asyncio.sleep(0)
        moods = self.moods.get(words, [])
        mood = moods.pop(0) if moods else None
        if isinstance(mood, BaseException):
            raise mood
        if mood == "hangs":
            self.hanging = True
            await asyncio.get_running_loop().create_future()
        elif callable(mood):
            await mood()


def begin(work: UnitOfWork) -> None:
    """A programme."""
    work.session.add(Programme(id=1, name="Riverside", zone="UTC", created_at=NOW))


def owe(*messages: tuple[str, str], at: datetime = NOW) -> Callable[[UnitOfWork], None]:
    """A turn that owes these words, each to this account ("#name": channel), in this order.

    The words are the keys.
    """

    def turn(work: UnitOfWork) -> None:
        rows = [
            {
                "programme_id": 1,
                "key": words,
                "destination": _destination(to),
                "operation": "send",
                "message": dump_message(message(words)),
                "created_at": at,
                "due_at": at,
            }
            for to, words in messages
        ]
        outbox.enqueue(work.connection, rows)

    return turn


def _destination(to: str) -> str:
    return str(Place("box", "b1", to[1:]) if to.startswith("#") else UserRef("box", to))


async def drain(
    database: Database,
    mailbox: Mailbox,
    now: datetime | Callable[[], datetime] = NOW,
    lost: Callable[[UnitOfWork, Outcome, datetime], None] | None = None,
    wanted: asyncio.Event | None = None,
) -> int:
    """Deliver what is due at `now`, an instant or a clock."""
    adapters: Any = {"box": mailbox}
    clock = now if callable(now) else lambda: now
    listeners = replace(DEAF, undeliverable=lost or _look_up_nothing)
    return await deliver(Office(database, adapters, clock), listeners, wanted or asyncio.Event())


def _look_up_nothing(_work: UnitOfWork, _outcome: Outcome, _at: datetime) -> None:
    """Losses are looked up in the rows."""


def states(work: UnitOfWork) -> Sequence[tuple[str, str]]:
    """Every message's key and state, in the order they were owed."""
    rows = work.connection.execute(_table.select().order_by(_table.c.id)).all()
    return [(row.key, row.state) for row in rows]

"""The fixtures of the measurements: a small programme, a platform that does nothing, a watch on the loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final, Literal

from sqlalchemy import event, insert

from bot.chat.adapter import Capabilities, Receive, Refusal, Response
from bot.chat.answers import FileRef
from bot.chat.commands import CommandSpec
from bot.chat.content import Message
from bot.chat.events import MessageRef, Place, ReplyTo, UserRef
from bot.chat.findings import Finding
from bot.chat.rendering.limits import Limits
from bot.runtime.delivery import Listeners
from storage.database import Database, UnitOfWork, open_database
from storage.migrate import upgrade
from storage.tables import Identity, Person, Programme, Role, Space

__all__ = [
    "ALONE",
    "AT_ONCE",
    "DEAF",
    "NOW",
    "PEOPLE",
    "PLATFORM",
    "Level",
    "Loop",
    "Silent",
    "idle_stall",
    "open_programme",
    "set_pragmas",
    "sqlite_in",
    "user",
    "watched",
]

PLATFORM: Final = "bench"
PEOPLE: Final = 1_000
ALONE: Final = 20
"""Commands to a platform's bot in sequence, in a block."""
AT_ONCE: Final = 50
"""Commands to a platform's bot at once, in a block."""
NOW: Final = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
_TICK: Final = 0.005

Level = Literal["FULL", "NORMAL"]
"""SQLite's `synchronous`: whether every commit waits for the disk."""


class Silent:
    """An adapter that sends nothing anywhere, at once."""

    platform = PLATFORM
    capabilities = Capabilities(forms=False)
    limits = Limits()

    def __init__(self) -> None:
        self.sent = 0

    async def open(self) -> None:
        """Do nothing: there is nothing to open."""

    async def run(self, receive: Receive) -> None:
        """Do nothing: nothing comes in."""

    async def respond(self, to: ReplyTo, answer: Response) -> None:
        """Do nothing: there is no person to respond to."""

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
        """Count the message."""
        self.sent += 1
        return MessageRef(Place(PLATFORM, "", to.id, "dm"), str(self.sent))

    async def find(
        self, to: Place | UserRef, message: Message, *, key: str, known: Collection[str] = ()
    ) -> MessageRef | None:
        """Return None: the platform holds no messages."""
        return None

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Do nothing: the platform holds no messages."""

    async def fetch(self, file: FileRef) -> bytes:
        """Raise a Refusal: no person sends a file."""
        raise Refusal("no_such_file")

    async def inspect(self, place: Place | None = None) -> Sequence[Finding]:
        """Return no findings."""
        return ()

    async def is_connected(self) -> bool:
        """Return True: it can always be reached."""
        return True

    async def register(self, commands: Sequence[CommandSpec]) -> None:
        """Do nothing: no platform needs the commands."""

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""


def _refuse_losses(*lost: object) -> None:
    raise AssertionError(lost)


async def _let_go(_destination: str) -> None:
    """Let every message go."""


DEAF: Final = Listeners(
    undeliverable=_refuse_losses,
    wake_at=lambda _at: None,
    due=lambda _work, row, _at: row,
    arrived=lambda _work, _outcomes, _at: None,
    settled=lambda _outcomes: None,
    ready=_let_go,
    seconds=lambda: 0.0,
)
"""The listeners of a delivery of which no message is lost and from which nothing follows."""


@dataclass(slots=True)
class Loop:
    """The delays of an event loop: the worst overrun of a 5 ms sleep, in milliseconds."""

    stall: float = 0.0


@asynccontextmanager
async def watched() -> AsyncIterator[Loop]:
    """Watch the running event loop until the block ends."""
    loop = Loop()
    watching = asyncio.create_task(_watch(loop))
    await asyncio.sleep(2 * _TICK)
    loop.stall = 0.0
    try:
        yield loop
        # A block that held the loop to its very end is noticed now.
        await asyncio.sleep(2 * _TICK)
    finally:
        watching.cancel()


async def idle_stall(seconds: float) -> float:
    """Return the stall (milliseconds) of a loop that is idle for `seconds`: what this machine adds."""
    async with watched() as loop:
        await asyncio.sleep(seconds)
    return loop.stall


async def _watch(loop: Loop) -> None:
    while True:
        began = perf_counter()
        await asyncio.sleep(_TICK)
        loop.stall = max(loop.stall, (perf_counter() - began - _TICK) * 1000)


def set_pragmas(driver: Any, _record: object, pragmas: Sequence[str]) -> None:  # noqa: ANN401 - sqlite3's connection, or aiosqlite's as SQLAlchemy wraps it
    """Set the pragmas on an engine's "connect" event."""
    for pragma in pragmas:
        cursor = driver.cursor()
        cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def user(number: int) -> UserRef:
    """Return the account of a person by number."""
    return UserRef(PLATFORM, f"p{number}")


def sqlite_in(folder: Path) -> str:
    """Return the URL of a SQLite file in a folder."""
    return f"sqlite:///{folder / 'stint.db'}"


@asynccontextmanager
async def open_programme(url: str, people: int = PEOPLE, level: Level = "FULL") -> AsyncIterator[Database]:
    """Open a new database with one programme and its people, as in production.

    For SQLite that means WAL and synchronous=FULL; another `level` is for comparison.
    """
    upgrade(url)
    database = open_database(url)
    if level != "FULL":
        engine = database._writing._engine  # noqa: SLF001 - only a measurement asks for less durability
        event.listen(engine, "connect", partial(set_pragmas, pragmas=(f"synchronous={level}",)))
    await database.transact(_seeding(people))
    try:
        yield database
    finally:
        await database.close()


def _seeding(people: int) -> Callable[[UnitOfWork], None]:
    def seed(work: UnitOfWork) -> None:
        write = work.connection.execute
        mine = {"programme_id": 1}
        work.session.add(Programme(id=1, name="Bench", zone="UTC", created_at=NOW))
        work.session.flush()
        write(insert(Space), [{**mine, "platform": PLATFORM, "external_id": "space", "created_at": NOW}])
        numbers = range(1, people + 1)
        write(insert(Person), [{**mine, "id": n, "name": f"P{n}", "created_at": NOW} for n in numbers])
        accounts = [
            {**mine, "person_id": n, "platform": PLATFORM, "user_id": user(n).id, "seen_at": NOW}
            for n in numbers
        ]
        write(insert(Identity), accounts)
        write(insert(Role), [{**mine, "person_id": n, "role": "student", "created_at": NOW} for n in numbers])

    return seed

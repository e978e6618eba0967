"""The bot as a separate process, `stint run`, with its clock moved from here."""

from __future__ import annotations

import asyncio
import math
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Select, create_engine, func, select

from bot.clock import WallClock
from storage.database import open_database
from storage.migrate import upgrade
from storage.tables import inbox, outbox, timers
from storage.urls import parse_url
from tests.support.bot import MONDAY, Town, seed_programme
from tests.support.forking import forked
from tests.support.shifted_clock import MOVED_BY
from tests.support.stillness import HANGS, Stillness, reached

__all__ = ["ALONE", "Apart", "Beat", "Machines", "Moved", "apart"]

ROOT = Path(__file__).resolve().parents[2]
_PAUSE = timedelta(seconds=20)

_MOVES = 5
"""How often time goes on while nothing else does: by less than a lease, as a busy bot may hold one."""

Beat = Callable[[], AbstractAsyncContextManager[None]]


@dataclass
class Moved:
    """The machine's clock, moved by `by`."""

    by: timedelta = timedelta(0)
    clock: WallClock = field(default_factory=WallClock)

    def __post_init__(self) -> None:
        """Start at MONDAY."""
        self.by = MONDAY - self.clock.now()

    def now(self) -> datetime:
        """The instant there."""
        return self.clock.now() + self.by


@dataclass(frozen=True, slots=True)
class Machines:
    """How many processes the bot is, and the URL of an empty database; "" is a SQLite file of their own."""

    url: str = ""
    count: int = 1


ALONE = Machines()


@dataclass
class Apart:
    """A platform (`tests.support.actor`) whose bot is another process; its ledger is read from its database.

    `processes`: the bot's, one or several that share the database. `act_as` makes the person of an account,
    given what is entered around each act. `start` starts a process and returns once it is there.
    `traffic` gives how many requests of the bot's came to the platform, and how many are not answered.
    """

    clock: Moved
    engine: Engine
    processes: list[Process]
    act_as: Callable[[str, Beat], Any]
    start: Callable[[], Awaitable[Process]]
    traffic: Callable[[], tuple[int, int]] = field(default=lambda: (0, 0), kw_only=True)
    patience: float = field(default=math.inf, kw_only=True)
    _moving: asyncio.Lock = field(default_factory=asyncio.Lock, kw_only=True)

    def person(self, account: str) -> Any:  # noqa: ANN401 - the platform's own Actor
        """A person of PEOPLE, at a client of the platform."""
        return self.act_as(account, self._beat)

    @asynccontextmanager
    async def _beat(self) -> AsyncIterator[None]:
        await self.to(self.clock.now() + _PAUSE)
        before = self._handled()
        yield
        # A platform learns in time that something arrived, on a busy machine before its turn is done.
        await reached(lambda: self._handled() != before, self.sign)
        await self.settle()

    async def tick(self, **step: float) -> None:
        """Let time pass, everything due on the way being served when it is due."""
        await self.to(self.clock.now() + timedelta(**step))

    async def to(self, instant: datetime, *, served: bool = True) -> None:
        """Let time pass until `instant`, with a stop at what falls due, if that is to be `served`."""
        if not served:
            await self._move(instant)
            return
        await self.settle()
        while (due := self._next_due()) is not None and due < instant:
            await self._move(due)
            await self.settle()
        await self._move(instant)
        await self.settle()

    async def settle(self) -> None:
        """Return once everything that is due now was served and sent.

        Where nothing has gone on for `patience` seconds, time goes on: a platform asked to wait.

        Raises:
            TimeoutError: nothing has gone on for so long that the bot hangs.
        """
        stillness, hung, moves = Stillness(self.sign), Stillness(self.sign), 0
        # Another process does it, so nothing here can say when.
        while (due := self._next_due()) is not None and due <= self.clock.now():
            await asyncio.sleep(0.01)
            if hung.seconds() > HANGS:
                raise TimeoutError(f"{self.ledger()} since {due}")
            if stillness.seconds() > self.patience and moves < _MOVES:
                await self._move(self.clock.now() + _PAUSE)
                moves += 1
                stillness.restart()
            elif hung.seconds() < self.patience:
                moves = 0

    async def quiet(self, seconds: float) -> None:
        """Return once nothing has gone on for so many seconds, and the platform has answered everything."""
        stillness = Stillness(self.sign)
        while stillness.seconds() < seconds:  # noqa: ASYNC110 - as in settle
            await asyncio.sleep(0.05)

    def sign(self) -> object:
        """Return what is another one whenever the bot or the platform has done something, or is doing it."""
        came, unanswered = self.traffic()
        if unanswered:
            return object()
        served = select(func.count()).where(timers.c.state != "pending")
        taken = select(func.max(inbox.c.id))
        return came, self.ledger(), self.rows(served), self.rows(taken)

    async def die(self, number: int = 0) -> None:
        """Kill a process, wherever it is."""
        process = self.processes.pop(number)
        process.kill()
        await process.communicate()

    async def rise(self) -> None:
        """Start another process on what the last one left; time does not go on before it is there."""
        async with self._moving:
            self.processes.append(await self.start())

    async def stop(self) -> tuple[int | None, str]:
        """Tell the process to stop as an init system does; its exit code and what it said of errors.

        That the history was sealed is no error: it is said every hour that something happened.
        """
        [process] = self.processes
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            _, err = await process.communicate()
        said = err.decode().splitlines(keepends=True)
        return process.returncode, "".join(line for line in said if "history.sealed" not in line)

    def rows(self, statement: Select[Any]) -> Sequence[Any]:
        """Rows of a select on the database."""
        with self.engine.connect() as connection:
            return connection.execute(statement).all()

    def ledger(self) -> dict[str, int]:
        """How many outbox rows are in each state."""
        counted = select(outbox.c.state, func.count()).group_by(outbox.c.state)
        return {row[0]: row[1] for row in self.rows(counted)}

    def _handled(self) -> int | None:
        """The newest event that the bot has taken in, but for those it gets whenever it connects."""
        acts = select(func.max(inbox.c.id)).where(~inbox.c.event_id.startswith("here:"))
        newest: int | None = self.rows(acts)[0][0]
        return newest

    def _next_due(self) -> datetime | None:
        waiting = [
            select(func.min(outbox.c.due_at)).where(outbox.c.state.in_(("pending", "sending"))),
            select(func.min(timers.c.due_at)).where(timers.c.state == "pending"),
        ]
        found = [due for statement in waiting for (due,) in self.rows(statement) if due]
        return min(found, default=None)

    async def _move(self, instant: datetime) -> None:
        async with self._moving:
            if instant <= self.clock.now():
                return
            self.clock.by += instant - self.clock.now()
            for process in tuple(self.processes):
                assert process.stdin
                process.stdin.write(f"{self.clock.by.total_seconds()!r}\n".encode())
                try:
                    await line_of(process, "moved")
                except AssertionError:
                    if process in self.processes:  # and was not killed meanwhile
                        raise


async def line_of(process: Process, words: str) -> None:
    """Return once the process has printed a line with these words."""
    assert process.stdout
    async with asyncio.timeout(HANGS):
        while words.encode() not in (line := await process.stdout.readline()):
            if not line:
                assert process.stderr
                raise AssertionError((await process.stderr.read()).decode())


@asynccontextmanager
async def apart(
    folder: Path,
    clock: Moved,
    settings: Mapping[str, str],
    act_as: Callable[[str, Beat], Any],
    town: Town,
    greeting: str,
    machines: Machines = ALONE,
) -> AsyncIterator[Apart]:
    """`stint run` on a programme with PEOPLE, configured by environment alone with where its platform is.

    It is there once it has printed `greeting`.
    """
    url = machines.url or f"sqlite:///{folder / 'stint.db'}"
    await _prepared(url, town)
    started: list[Process] = []

    async def start() -> Process:
        process = await asyncio.create_subprocess_exec(
            *(*forked("tests.support.shifted_clock"), "run"),
            cwd=folder,
            env={
                "PATH": "",
                "PYTHONPATH": str(ROOT),
                "STINT_DATABASE_URL": url,
                "STINT_LOG_LEVEL": "warning",
                MOVED_BY: repr(clock.by.total_seconds()),
                **settings,
            },
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
        )
        started.append(process)
        await line_of(process, greeting)
        return process

    engine = create_engine(parse_url(url))
    try:
        yield Apart(clock, engine, [await start() for _ in range(machines.count)], act_as, start)
    finally:
        engine.dispose()
        for process in started:
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def _prepared(url: str, town: Town) -> None:
    upgrade(url)
    database = open_database(url, inline=True)
    database.transact_inline(lambda work: seed_programme(work, MONDAY, town, {}))
    await database.close()

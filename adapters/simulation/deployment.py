"""A deployment of the bot in a simulation: its database, its platforms, and processes that come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import Select, select

from adapters.simulation.adapter import FaultyAdapter, PlatformState
from adapters.simulation.checker.local_time import QuietHours, quiet_hours_of
from adapters.simulation.clock import SettableClock
from adapters.simulation.faults import Crash, Faults, Lost
from adapters.simulation.observations import Arrival, Observations, first_key, outside_ledger, watched
from adapters.simulation.process import FaultyDatabase, Process
from adapters.terminal.client import Client, NotOnScreen
from adapters.terminal.records import Entry
from adapters.terminal.workspace import Workspace
from bot.chat.commands import CommandSpec
from bot.chat.events import Event, Place, UserRef
from bot.clock import StuckPumpError
from bot.programme import ROUTES
from bot.runtime.runtime import Runtime
from storage.database import Database, UnitOfWork
from storage.tables import outbox, timers

__all__ = ["Deployment"]

_DOWN: Final = {0.0: 8, 2.0: 6, 30.0: 4, 300.0: 4, 3600.0: 2, 30_000.0: 1, 180_000.0: 0.5}
"""How many seconds the bot may be down after a crash, and how likely that is."""

_TURNS_OF_LOOP: Final = 400
_MOST_FAILURES: Final = 50


class Deployment:
    """A database with a bot on it that may die at any moment, and is started again.

    `database` is open `inline`; whatever programmes it holds go on from where they are. Each of `platforms`
    takes the place of the platform that its world names. `chance` draws how long the bot is down after a
    crash.
    """

    def __init__(
        self,
        database: Database,
        platforms: Sequence[PlatformState],
        start: datetime,
        faults: Faults,
        chance: Random,
    ) -> None:
        self.database = database
        self.platforms = {state.world.platform: state for state in platforms}
        self.start = start
        self.clock = SettableClock(start)
        self.faults = faults
        self.observed = Observations()
        self.processes = 0
        self.pressed: set[tuple[str, str]] = set()
        self._chance = chance
        self._acts: list[asyncio.Task[None]] = []
        for row in self.rows(select(timers.c.programme_id, timers.c.key)):
            self.observed.armed[f"{row.programme_id}:{row.key}"] += 1

    # The bot comes and goes.

    async def open(self) -> None:
        """Begin the run: the first process starts."""
        await self._start()

    async def close(self) -> None:
        """End the last process. The database stays open."""
        await self._stop()

    async def restart(self, down: float | None = None) -> None:
        """Throw the process away, wherever it is, and start another after `down` s (None: by chance)."""
        seconds = self._chance.choices(list(_DOWN), list(_DOWN.values()))[0] if down is None else down
        self.observed.say(self.clock.now(), f"   the bot is gone for {seconds:g} seconds")
        await self._stop()
        self.clock = SettableClock(self.clock.now() + timedelta(seconds=seconds))
        await self._start()

    async def _start(self) -> None:
        while True:
            self.processes += 1
            self.process = Process()
            database = FaultyDatabase(self.database, self.process, self.faults, self.observed)
            self.adapters = {
                platform: FaultyAdapter(
                    state, self.process, self.faults, self.observed, self.clock.now, self._arrived
                )
                for platform, state in self.platforms.items()
            }
            routes = watched(ROUTES, self.observed)
            self.runtime = Runtime(database, routes, self.adapters, self.clock)
            for adapter in self.adapters.values():
                await adapter.register(routes.specs)
            try:
                await self.runtime.recover()
            except (Crash, Lost):
                continue
            await self.clock.start(self.runtime.pump)
            self._running = [
                asyncio.create_task(each.run(self.runtime.receive)) for each in self.adapters.values()
            ]
            await self._let_run()
            if not self.process.dead:
                return
            await self._stop()
            self.clock = SettableClock(self.clock.now())

    async def _stop(self) -> None:
        self.process.dead = True
        doomed = sorted(asyncio.all_tasks() - {asyncio.current_task()}, key=lambda task: task.get_name())
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)
        self._acts.clear()

    # Time.

    async def advance(self, step: timedelta) -> None:
        """Let time pass; what the bot dies of on the way ends in a restart."""
        until = self.clock.now() + step
        failed = 0
        while failed < _MOST_FAILURES:
            try:
                await self.clock.advance(max(until, self.clock.now()))
                if not self.process.dead:
                    return
            except Lost:
                failed += 1
                continue
            except Crash:
                pass  # the process died, and the next one is started below
            except StuckPumpError as stuck:
                self.observed.problem(f"the pump is stuck: {stuck}")
                return
            await self.restart()
        self.observed.problem("the pump fails again and again")

    def set_clock(self, by: timedelta) -> None:
        """Set the machine's clock back or forward; what a platform asked to wait stays as long as it was."""
        self.clock.jump(by)
        self.observed.say(self.clock.now(), f"   the clock was set by {by.total_seconds():g} seconds")
        for state in self.platforms.values():
            for lane, until in state.waits.items():
                state.waits[lane] = until + min(by, timedelta(0))

    async def settle(self) -> None:
        """Serve and deliver what is due now."""
        await self.advance(timedelta(0))

    # What people do.

    def client(self, account: str) -> Client:
        """Return the client of an account."""
        return Client(self.adapters[self.world_of(account).platform], account)

    async def perform(self, act: Coroutine[Any, Any, object]) -> None:
        """Let a person do something; return when it is handled, or when its event is late."""
        task = asyncio.create_task(_acted(act))
        self._acts.append(task)
        await self._let_run(task)
        await self._clear_up()

    async def deliver_late(self, *, all_of_it: bool = False) -> None:
        """Let an event that is late arrive now, and deliver again what is due to come again."""
        for platform in self.platforms:
            await self._deliver_late(platform, all_of_it=all_of_it)

    async def _deliver_late(self, platform: str, *, all_of_it: bool) -> None:
        while late := self.adapters[platform].late:
            turned_up = late.popleft()
            if not turned_up.done():
                turned_up.set_result(None)
            await self._let_run()
            await self._clear_up()
            if not all_of_it:
                break
        self.adapters[platform].again()
        await self._let_run()
        await self._clear_up()
        while echoes := self.platforms[platform].echoes:
            event = echoes.popleft()
            await self.perform(self.adapters[platform].echo(event))
            if not all_of_it:
                break

    async def _let_run(self, task: asyncio.Task[Any] | None = None) -> None:
        """Give the loop its turns, until the task is done or nothing moves any more."""
        for turn in range(_TURNS_OF_LOOP):
            await asyncio.sleep(0)
            if self.process.dead or (task is not None and task.done()):
                return
            if turn > _MOST_FAILURES and (task is None or self._any_late):
                return
        self.observed.problem("something that a person did was never answered")

    async def _clear_up(self) -> None:
        """See how what people did ended; a process that has died is started again."""
        done = [act for act in self._acts if act.done()]
        self._acts = [act for act in self._acts if not act.done()]
        for act in done:
            error = None if act.cancelled() else act.exception()
            if error is not None and not isinstance(error, Crash | Lost | NotOnScreen):
                self.observed.raised(error, "an act raised")
        if self.process.dead:
            await self.restart()

    # Looking.

    @property
    def _any_late(self) -> bool:
        return any(adapter.late for adapter in self.adapters.values())

    @property
    def commands(self) -> Sequence[CommandSpec]:
        """Every command of the bot."""
        return ROUTES.specs

    @property
    def accounts(self) -> list[str]:
        """Every account of every platform."""
        return [account for state in self.platforms.values() for account in state.world.accounts]

    def world_of(self, account: str) -> Workspace:
        """Return the platform that an account is on.

        Raises:
            KeyError: there is no such account.
        """
        for state in self.platforms.values():
            if account in state.world.accounts:
                return state.world
        raise KeyError(account)

    @property
    def entries(self) -> list[Entry]:
        """Every message on every platform, those of one platform oldest first."""
        return [entry for state in self.platforms.values() for entry in state.world.entries]

    def entry(self, number: str) -> Entry | None:
        """Return the message with this id."""
        found = (state.world.entry(number) for state in self.platforms.values())
        return next((entry for entry in found if entry), None)

    @property
    def waiting(self) -> list[Event]:
        """What people did that the bot has not handled."""
        return [event for state in self.platforms.values() for event in state.world.waiting]

    def rows(self, statement: Select[*tuple[Any, ...]]) -> list[Any]:
        """Rows of a select."""
        return self.database.read_inline(lambda work: list(work.connection.execute(statement).all()))

    def _arrived(self, key: str, to: Place | UserRef) -> None:
        if outside_ledger(key):
            return
        programme, _, name = first_key(key).partition(":")

        def look(work: UnitOfWork) -> tuple[datetime, QuietHours | None]:
            owed = select(outbox.c.created_at).where(
                outbox.c.programme_id == int(programme), outbox.c.key == name
            )
            quiet = quiet_hours_of(work.connection, int(programme), to) if isinstance(to, UserRef) else None
            return work.connection.execute(owed).scalar_one(), quiet

        owed_at, quiet = self.database.read_inline(look)
        self.observed.arrivals.append(Arrival(key, str(to), self.clock.now(), owed_at, quiet))


async def _acted(act: Coroutine[Any, Any, object]) -> None:
    with suppress(NotOnScreen):
        await act

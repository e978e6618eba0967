"""A town with one programme (or two), its people and its platform; processes of the bot come and go in it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy import Select, select, update

from adapters.terminal.client import Client, NotOnScreen
from adapters.terminal.workspace import PLATFORM, SPACE, Workspace
from bot.chat.adapter import Capabilities
from bot.chat.events import Place, UserRef
from bot.clock import StuckPumpError, VirtualClock
from bot.programme import ROUTES
from bot.programme.administration.creation import create_cohort, create_person, create_programme
from bot.programme.people import quiet_of
from bot.runtime.runtime import Runtime
from storage.database import UnitOfWork, open_database
from storage.tables import Cohort, Programme, metadata, outbox, timers
from tests.simulation.faults import Crash, Lost, Weather
from tests.simulation.observations import Arrival, Book, first_key, watched
from tests.simulation.platform import Outside, StormyAdapter
from tests.simulation.store import Life, StormyDatabase

__all__ = ["PEOPLE", "Town"]

PEOPLE: Final = {
    "cora": ("Cora Lindqvist", "Europe/London", "coordinator", ""),
    "dan": ("Dan Whitlam", "Australia/Sydney", "coordinator", ""),
    "marta": ("Marta Ruiz", "Europe/Madrid", "employer", "Acme Maps"),
    "jo": ("Jo Park", "America/New_York", "employer", "Birch Labs"),
    "ada": ("Ada Okafor", "Europe/Berlin", "student", ""),
    "ben": ("Ben Castillo", "America/New_York", "student", ""),
    "chi": ("Chi Nakamura", "Asia/Tokyo", "student", ""),
    "dev": ("Dev Rao", "Asia/Kolkata", "student", ""),
    "eli": ("Eli Olsen", "America/Nuuk", "stranger", ""),
    "fay": ("Fay Haddad", "Europe/Lisbon", "stranger", ""),
}
"""Account id: shown name, zone, role in the programme ("stranger": not in it yet), company."""

CHANNELS: Final = {"spring": None, "autumn": None, "lounge": None, "staff": frozenset({"cora", "dan"})}

# Mondays from which three weeks reach a change of clocks, or the end of a year, or nothing special.
_STARTS: Final = (
    datetime(2026, 3, 16, tzinfo=UTC),
    datetime(2026, 3, 2, tzinfo=UTC),
    datetime(2026, 10, 12, tzinfo=UTC),
    datetime(2026, 12, 14, tzinfo=UTC),
    datetime(2026, 6, 1, tzinfo=UTC),
)
_DOWN: Final = {0.0: 8, 2.0: 6, 30.0: 4, 300.0: 4, 3600.0: 2, 30_000.0: 1, 180_000.0: 0.5}
"""How many seconds the bot may be down after a crash, and how likely that is."""

_KNOWS_KEYS: Final = 0.6
"""How many platforms notice that a message was sent before; the others cannot tell."""

_TURNS_OF_LOOP: Final = 400
_MOST_FAILURES: Final = 50


class Town:
    """Everything of one run. The bot in it may die at any moment, and is started again."""

    def __init__(self, seed: int, folder: Path) -> None:
        draw = Random(f"{seed}:town")
        self.seed = seed
        self.weather = Weather(seed)
        self.book = Book()
        self.world = Workspace(token=f"s{seed}")
        self.start = draw.choice(_STARTS) + timedelta(hours=draw.randrange(24), minutes=draw.randrange(60))
        self.outside = Outside(
            self.world, self.weather, self.book, _capabilities(draw), knows_keys=draw.random() < _KNOWS_KEYS
        )
        self.processes = 0
        self.pressed: set[tuple[str, str]] = set()
        self.cohorts: dict[int, tuple[str, str, tuple[str, ...]]] = {}
        self._down = Random(f"{seed}:down")
        # One for all processes: what is compiled once serves them all. A dead one's turn is rolled back.
        self.inner = open_database(f"sqlite:///{folder.absolute() / f'town-{seed}.db'}", inline=True)
        self._acts: list[asyncio.Task[None]] = []
        self._populate(draw)

    # The bot comes and goes.

    async def open(self) -> None:
        """Begin the run: the first process starts."""
        self.clock = VirtualClock(self.start)
        await self._boot()

    async def close(self) -> None:
        """End the last process, and let go of the database."""
        await self._bury()
        self.inner.close_inline()

    async def restart(self, down: float | None = None) -> None:
        """Throw the process away, wherever it is, and start another after `down` s (None: by chance)."""
        seconds = self._down.choices(list(_DOWN), list(_DOWN.values()))[0] if down is None else down
        self.book.say(self.clock.now(), f"   the bot is gone for {seconds:g} seconds")
        await self._bury()
        self.clock = VirtualClock(self.clock.now() + timedelta(seconds=seconds))
        await self._boot()

    async def _boot(self) -> None:
        while True:
            self.processes += 1
            self.life = Life()
            database = StormyDatabase(self.inner, self.life, self.weather, self.book)
            self.adapter = StormyAdapter(self.outside, self.life, self.clock.now, self._arrived)
            routes = watched(ROUTES, self.book)
            self.runtime = Runtime(database, routes, {PLATFORM: self.adapter}, self.clock)
            await self.adapter.register(routes.specs)
            try:
                await self.runtime.recover()
            except (Crash, Lost):
                continue
            await self.clock.start(self.runtime.pump)
            self._running = asyncio.create_task(self.adapter.run(self.runtime.receive))
            await self._let_run()
            if not self.life.dead:
                return
            await self._bury()
            self.clock = VirtualClock(self.clock.now())

    async def _bury(self) -> None:
        self.life.dead = True
        doomed = sorted(asyncio.all_tasks() - {asyncio.current_task()}, key=lambda task: task.get_name())
        for task in doomed:
            task.cancel()
        await asyncio.gather(*doomed, return_exceptions=True)
        self._acts.clear()

    # Time.

    async def passes(self, step: timedelta) -> None:
        """Let time pass; what the bot dies of on the way ends in a restart."""
        until = self.clock.now() + step
        failed = 0
        while failed < _MOST_FAILURES:
            try:
                await self.clock.advance(max(until, self.clock.now()))
                if not self.life.dead:
                    return
            except Lost:
                failed += 1
                continue
            except Crash:
                pass
            except StuckPumpError as stuck:
                self.book.problem(f"the pump is stuck: {stuck}")
                return
            await self.restart()
        self.book.problem("the pump fails again and again")

    async def settle(self) -> None:
        """Serve and deliver what is due now."""
        await self.passes(timedelta(0))

    # What people do.

    def hands(self, account: str) -> Client:
        """A person at the terminal."""
        return Client(self.adapter, account)

    async def does(self, act: Coroutine[Any, Any, object]) -> None:
        """A person does something; returns when it is handled, or its event comes late."""
        task = asyncio.create_task(_acted(act))
        self._acts.append(task)
        await self._let_run(task)
        await self._clear_up()

    async def catch_up(self, *, all_of_it: bool = False) -> None:
        """Let an event that is late arrive now, and deliver again what is due to come again."""
        while self.adapter.late:
            late = self.adapter.late
            turned_up = late.popleft()
            if not turned_up.done():
                turned_up.set_result(None)
            await self._let_run()
            await self._clear_up()
            if not all_of_it:
                break
        self.adapter.again()
        await self._let_run()
        await self._clear_up()
        while self.outside.echoes:
            event = self.outside.echoes.popleft()
            await self.does(self.adapter.echo(event))
            if not all_of_it:
                break

    async def _let_run(self, task: asyncio.Task[Any] | None = None) -> None:
        """Give the loop its turns, until the task is done or nothing moves any more."""
        for turn in range(_TURNS_OF_LOOP):
            await asyncio.sleep(0)
            if self.life.dead or (task is not None and task.done()):
                return
            if turn > _MOST_FAILURES and (task is None or self.adapter.late):
                return
        self.book.problem("something that somebody did was never answered")

    async def _clear_up(self) -> None:
        """See how what people did ended; a process that has died is started again."""
        done = [act for act in self._acts if act.done()]
        self._acts = [act for act in self._acts if not act.done()]
        for act in done:
            error = None if act.cancelled() else act.exception()
            if error is not None and not isinstance(error, Crash | Lost | NotOnScreen):
                self.book.raised(error, "an act raised")
        if self.life.dead:
            await self.restart()

    # Looking.

    def rows(self, statement: Select[*tuple[Any, ...]]) -> list[Any]:
        """Rows of a select."""
        return self.inner.read_inline(lambda work: list(work.connection.execute(statement).all()))

    def _arrived(self, key: str, to: Place | UserRef) -> None:
        programme, _, name = first_key(key).partition(":")

        def look(work: UnitOfWork) -> tuple[datetime, tuple[str, str, str] | None]:
            owed = select(outbox.c.created_at).where(
                outbox.c.programme_id == int(programme), outbox.c.key == name
            )
            quiet = quiet_of(work.connection, int(programme), to) if isinstance(to, UserRef) else None
            return work.connection.execute(owed).scalar_one(), quiet

        owed_at, quiet = self.inner.read_inline(look)
        self.book.arrivals.append(Arrival(key, str(to), self.clock.now(), owed_at, quiet))

    # The beginning.

    def _populate(self, draw: Random) -> None:
        for account, (name, zone, role, _) in PEOPLE.items():
            rights = frozenset({"manage"}) if role == "coordinator" else frozenset()
            self.world.add_account(account, name, zone, rights)  # type: ignore[arg-type]  # a set of literals
        for channel, members in CHANNELS.items():
            self.world.add_channel(channel, members=members)
        self.inner.transact_inline(lambda work: metadata.create_all(work.connection))
        self.inner.transact_inline(lambda work: self._begin(work, draw))

    def _begin(self, work: UnitOfWork, draw: Random) -> None:
        now = self.start
        space, coordinator = Place(PLATFORM, SPACE, ""), UserRef(PLATFORM, "cora")
        name, zone, _, _ = PEOPLE["cora"]
        programme = create_programme(work, now, "Riverside", zone, space, coordinator, name)
        work.session.execute(update(Programme).values(**_settings(draw)))
        work.session.expire_all()
        spring = create_cohort(work, now, programme, "Spring 26", zone, Place(PLATFORM, SPACE, "spring"))
        for account, (shown, theirs, role, company) in PEOPLE.items():
            if role != "stranger" and account != "cora":
                who = (UserRef(PLATFORM, account), shown, theirs)
                create_person(work, now, programme, who, role, company)
        autumn = create_cohort(
            work, now, programme, "Autumn 26", "America/New_York", Place(PLATFORM, SPACE, "autumn")
        )
        if draw.random() < 0.6:
            work.session.execute(update(Cohort).where(Cohort.id == autumn).values(open=False))
        off = draw.choice(([], ["saturday", "sunday"], ["sunday"]))
        work.session.execute(update(Cohort).where(Cohort.id == spring).values(days_off=off))
        work.session.flush()
        work.session.expire_all()
        for cohort in work.session.scalars(select(Cohort)):
            self.cohorts[cohort.id] = (cohort.zone, cohort.digest_at, tuple(cohort.days_off))
        for key in work.session.scalars(select(timers.c.key)):
            self.book.armed[f"{programme}:{key}"] += 1


async def _acted(act: Coroutine[Any, Any, object]) -> None:
    with suppress(NotOnScreen):
        await act


def _settings(draw: Random) -> dict[str, Any]:
    """The programme's settings, short enough for whole stories to fit into a run."""
    return {
        "approval": draw.random() < 0.3,
        "undo_seconds": draw.choice((0, 60, 60, 300)),
        "offer_hours": draw.choice((12, 24, 48)),
        "decision_days": draw.choice((1, 2, 5)),
        "release_days": draw.choice((1, 3)),
        "fee_floor_cents": draw.choice((0, 0, 1000)),
        "quiet_from": draw.choice(("21:30", "20:00", "23:00")),
        "quiet_to": draw.choice(("08:00", "07:00", "10:00")),
        "daily_at": draw.choice(("09:00", "09:00", "07:30", "18:00")),
        "retention_days": draw.choice((10, 180)),
    }


def _capabilities(draw: Random) -> Capabilities:
    """What the platform of this run can do: everything, or less, as real ones can."""
    kind = draw.choice(("all", "all", "like discord", "plain"))
    if kind == "like discord":
        return Capabilities(form_after_form=False, form_errors=False, writes_first=False)
    if kind == "plain":
        return Capabilities(forms=False, form_after_form=False, ephemeral=False)
    return Capabilities()

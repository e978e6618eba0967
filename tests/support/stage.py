"""The whole bot on the terminal adapter, with a virtual clock: what scenario tests play on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from sqlalchemy import URL, Engine, Select, create_engine, select

import storage.engines
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.client import Person
from adapters.terminal.world import SPACE, World
from bot.chat.content import plain_text
from bot.chat.events import Right
from bot.chat.routes import Routes
from bot.clock import VirtualClock
from bot.programme import ROUTES
from bot.runtime.runtime import Runtime
from storage.database import Database, Work, open_database
from storage.tables import (
    Channel,
    Cohort,
    Company,
    Identity,
    Member,
    Programme,
    Role,
    Space,
    metadata,
    outbox,
)
from storage.tables import Person as PersonRow

_prepare = storage.engines._prepare_sqlite_writer  # noqa: SLF001 - stages change one pragma of it

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
"""Where the clock stands when the stage opens: a Monday, 08:00 UTC."""

PEOPLE = {
    "cora": ("Cora Lindqvist", "Europe/London", "coordinator", ""),
    "marta": ("Marta Ruiz", "Europe/Madrid", "employer", "Acme Maps"),
    "jo": ("Jo Park", "America/New_York", "employer", "Birch Labs"),
    "ada": ("Ada Okafor", "Europe/Berlin", "student", ""),
    "ben": ("Ben Castillo", "America/New_York", "student", ""),
    "chi": ("Chi Nakamura", "Asia/Tokyo", "student", ""),
}
"""Account id: shown name, zone, role in the programme, company."""


@dataclass
class Stage:
    """The bot and everything around it. People act through `person`; time passes through `tick`."""

    world: World
    adapter: TerminalAdapter
    clock: VirtualClock
    database: Database
    runtime: Runtime
    pause: timedelta = timedelta(seconds=20)
    """What passes before each act: longer than the few seconds in which messages are joined."""

    def person(self, account: str) -> Person:
        """Somebody of PEOPLE, acting at the terminal."""
        return Person(self.adapter, account, self._beat)

    @asynccontextmanager
    async def _beat(self) -> AsyncIterator[None]:
        await self.clock.advance_by(self.pause)
        yield
        await self.settle()

    async def settle(self) -> None:
        """Deliver and serve everything that is due now."""
        await self.clock.advance_by(timedelta(0))

    async def tick(self, **step: float) -> None:
        """Let time pass (days=…, hours=…, minutes=…), everything due on the way being served."""
        await self.clock.advance_by(timedelta(**step))

    async def to(self, instant: datetime) -> None:
        """Let time pass until `instant`."""
        await self.clock.advance(instant)

    def rows(self, statement: Select[Any]) -> Sequence[Any]:
        """Rows of a select on the database."""
        return self.database.read_inline(lambda work: work.connection.execute(statement).all())

    def screen(self, account: str, place: str = "") -> str:
        """Everything an account sees in a place (its DM by default), as plain text, oldest first."""
        at = place or self.world.dm_of(account).id
        lines = []
        for entry in self.world.seen_by(account, at):
            said = entry.content if isinstance(entry.content, str) else plain_text(entry.content)
            lines.append(f"{entry.author}: {said}")
        return "\n".join(lines)

    def ledger(self) -> dict[str, int]:
        """How many outbox rows are in each state."""
        counts: dict[str, int] = {}
        for (state,) in self.rows(select(outbox.c.state)):
            counts[state] = counts.get(state, 0) + 1
        return counts


@asynccontextmanager
async def open_stage(
    folder: Path,
    *,
    start: datetime = MONDAY,
    routes: Routes = ROUTES,
    programme: dict[str, Any] | None = None,
    url: str = "",
    threads: bool = False,
) -> AsyncIterator[Stage]:
    """A stage with a programme, PEOPLE, and the open cohort "Spring 26" in channel `spring`.

    `programme` changes columns of the programme's row. `url` opens another database than a fresh file
    in `folder`; one that has a programme already is taken as it stands. With `threads` the database's
    turns run on threads, as in life. Nothing waits for the disk: deaths are tests/process's business.
    """
    with patch("adapters.terminal.journal.os.fsync"):
        world = World(folder / "world.jsonl", token="stage")
        clock = VirtualClock(start)
        adapter = TerminalAdapter(world, clock.now)
        with (
            patch("storage.engines._prepare_sqlite_writer", _prepare_without_waiting),
            patch("storage.engines.create_engine", _create_engine),
        ):
            database = open_database(url or _fresh_file(folder / "stint.db"), inline=not threads)
        runtime = Runtime(database, routes, {"terminal": adapter}, clock)
        if not world.accounts:
            _people_into(world)
            await database.transact(lambda work: _seed(work, start, programme or {}))
        await adapter.register(routes.specs)
        await runtime.recover()
        await clock.start(runtime.pump)
        running = asyncio.create_task(adapter.run(runtime.receive))
        await asyncio.sleep(0)
        try:
            yield Stage(world, adapter, clock, database, runtime)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await clock.stop()
            await adapter.close()
            world.close()
            await database.close()


def _people_into(world: World) -> None:
    for account, (name, zone, role, _) in PEOPLE.items():
        rights: frozenset[Right] = frozenset({"manage"}) if role == "coordinator" else frozenset()
        world.add_account(account, name, zone, rights)
    world.add_channel("spring", "spring-26")


def _fresh_file(path: Path) -> str:
    """The URL of a SQLite file; one that is not there yet is made with today's tables."""
    if not path.exists():
        path.write_bytes(_empty())
    return f"sqlite:///{path}"


@cache
def _empty() -> bytes:
    """A SQLite file with today's tables, made once for all stages."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "stint.db"
        database = open_database(f"sqlite:///{path}", inline=True)
        database.transact_inline(lambda work: metadata.create_all(work.connection))
        database.close_inline()
        return path.read_bytes()


_first_engines: dict[str, Engine] = {}


def _create_engine(url: URL, **options: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's
    """An engine that knows what the engines of earlier stages have compiled.

    SQLAlchemy keeps that per engine and per dialect object; a quarter of a scenario's time went into
    compiling the same statements for each stage anew.
    """
    engine = create_engine(url, **options)
    first = _first_engines.setdefault(engine.dialect.name, engine)
    engine.dialect = first.dialect
    engine._compiled_cache = first._compiled_cache  # noqa: SLF001 - there is no other way to share it
    return engine


def _prepare_without_waiting(driver: sqlite3.Connection, record: object) -> None:
    _prepare(driver, record)
    driver.execute("PRAGMA synchronous=OFF")


def _seed(work: Work, now: datetime, settings: dict[str, Any]) -> None:
    session = work.session
    programme = Programme(name="Riverside", zone="Europe/London", created_at=now, **settings)
    session.add(programme)
    session.flush()
    mine = {"programme_id": programme.id}
    session.add(Space(**mine, platform="terminal", external_id=SPACE, created_at=now))
    cohort = Cohort(
        **mine,
        name="Spring 26",
        zone="Europe/London",
        digest_at="08:30",
        days_off=["saturday", "sunday"],
        open=True,
        created_at=now,
    )
    session.add(cohort)
    session.flush()
    session.add(Channel(**mine, cohort_id=cohort.id, place=f"terminal/channel/{SPACE}/spring"))
    for account, (name, zone, role, company_name) in PEOPLE.items():
        company = None
        if company_name:
            company = Company(**mine, name=company_name, created_at=now)
            session.add(company)
            session.flush()
        person = PersonRow(
            **mine, name=name, zone=zone, company_id=company.id if company else None, created_at=now
        )
        session.add(person)
        session.flush()
        session.add(Identity(**mine, person_id=person.id, platform="terminal", user_id=account, seen_at=now))
        session.add(Role(**mine, person_id=person.id, role=role, created_at=now))
        if role == "student":
            session.add(
                Member(**mine, cohort_id=cohort.id, person_id=person.id, state="admitted", created_at=now)
            )
    session.flush()

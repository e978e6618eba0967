"""The bot on a virtual clock, whatever platform it is on: its programme, its people, its database."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from sqlalchemy import Select, select

import storage.engines
from bot.chat.adapter import Adapter
from bot.chat.events import Place, UserRef
from bot.chat.routes import Routes
from bot.clock import VirtualClock
from bot.runtime.runtime import Runtime
from storage.database import Database, UnitOfWork, open_database
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
from tests.support import shared_engines
from tests.support.phone import every_message_fits

__all__ = [
    "MONDAY",
    "PEOPLE",
    "Life",
    "Town",
    "begin_life",
    "fresh_database",
    "seed_programme",
    "seeded_database",
]

shared_engines.share()

_prepare = storage.engines._prepare_sqlite_writer  # noqa: SLF001 - stages change one pragma of it

MONDAY = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
"""The clock's time when the stage opens: a Monday, 08:00 UTC."""

PEOPLE = {
    "cora": ("Cora Lindqvist", "Europe/London", "coordinator", ""),
    "marta": ("Marta Ruiz", "Europe/Madrid", "employer", "Acme Maps"),
    "jo": ("Jo Park", "America/New_York", "employer", "Birch Labs"),
    "ada": ("Ada Okafor", "Europe/Berlin", "student", ""),
    "ben": ("Ben Castillo", "America/New_York", "student", ""),
    "chi": ("Chi Nakamura", "Asia/Tokyo", "student", ""),
}
"""Account id: shown name, zone, role in the programme, company."""


@dataclass(frozen=True, slots=True)
class Town:
    """Where PEOPLE are: the channel of their cohort, and the platform's id of an account."""

    channel: Place
    user: Callable[[str], UserRef]


@dataclass
class Life:
    """The bot, its clock and its database; time passes through `tick`."""

    clock: VirtualClock
    database: Database
    runtime: Runtime

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

    def ledger(self) -> dict[str, int]:
        """How many outbox rows are in each state."""
        counts: dict[str, int] = {}
        for (state,) in self.rows(select(outbox.c.state)):
            counts[state] = counts.get(state, 0) + 1
        return counts


@asynccontextmanager
async def begin_life(
    url: str, adapters: Mapping[str, Adapter], clock: VirtualClock, routes: Routes, *, threads: bool = False
) -> AsyncIterator[Life]:
    """The core on the database at `url` and on these adapters, which are closed by their maker."""
    with patch("storage.engines._prepare_sqlite_writer", _prepare_without_waiting):
        database = open_database(url, inline=not threads)
    runtime = Runtime(database, routes, adapters, clock)
    await runtime.recover()
    await clock.start(runtime.pump)
    try:
        with every_message_fits(adapters), patch("bot.runtime.reads.log") as log:
            yield Life(clock, database, runtime)
            # A handler that fails on a reader is tried on the writer, where a person would see nothing of it.
            log.error.assert_not_called()
    finally:
        await clock.stop()
        await database.close()


def fresh_database(path: Path) -> str:
    """The URL of a SQLite file; one that is not there yet is made with today's tables."""
    if not path.exists():
        path.write_bytes(_empty())
    return f"sqlite:///{path}"


def seeded_database(path: Path, now: datetime, town: Town, settings: dict[str, Any]) -> str:
    """The URL of a new SQLite file with the programme of `seed_programme`, made once for its stages."""
    people = tuple(town.user(account).id for account in PEOPLE)
    known = (now, town.channel, people, repr(settings))
    if known not in _SEEDED:
        database = open_database(fresh_database(path), inline=True)
        database.transact_inline(lambda work: seed_programme(work, now, town, settings))
        database.close_inline()
        _SEEDED[known] = path.read_bytes()
    path.write_bytes(_SEEDED[known])
    return fresh_database(path)


_SEEDED: dict[object, bytes] = {}


@cache
def _empty() -> bytes:
    """A SQLite file with today's tables, made once for all stages."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "stint.db"
        database = open_database(f"sqlite:///{path}", inline=True)
        database.transact_inline(lambda work: metadata.create_all(work.connection))
        database.close_inline()
        return path.read_bytes()


def _prepare_without_waiting(driver: sqlite3.Connection, record: object) -> None:
    _prepare(driver, record)
    driver.execute("PRAGMA synchronous=OFF")


def seed_programme(work: UnitOfWork, now: datetime, town: Town, settings: dict[str, Any]) -> None:
    """A programme of PEOPLE with the open cohort "Spring 26"; `settings` are columns of its row."""
    space, platform = town.channel.space, town.channel.platform
    session = work.session
    programme = Programme(name="Riverside", zone="Europe/London", created_at=now, **settings)
    session.add(programme)
    session.flush()
    mine = {"programme_id": programme.id}
    session.add(Space(**mine, platform=platform, external_id=space, created_at=now))
    cohort = Cohort(
        **mine,
        name="Spring 26",
        zone="Europe/London",
        digest_at="08:30",
        days_off=["saturday", "sunday"],
        open=True,
        created_at=now,
    )
    companies = {name: Company(**mine, name=name, created_at=now) for *_, name in PEOPLE.values() if name}
    session.add_all([cohort, *companies.values()])
    session.flush()
    session.add(Channel(**mine, cohort_id=cohort.id, place=str(town.channel)))
    people = {
        account: PersonRow(
            **mine, name=name, zone=zone, company_id=companies[at].id if at else None, created_at=now
        )
        for account, (name, zone, _, at) in PEOPLE.items()
    }
    session.add_all(people.values())
    session.flush()
    for account, (_, _, role, _) in PEOPLE.items():
        theirs = {**mine, "person_id": people[account].id}
        session.add(Identity(**theirs, platform=platform, user_id=town.user(account).id, seen_at=now))
        session.add(Role(**theirs, role=role, created_at=now))
        if role == "student":
            session.add(Member(**theirs, cohort_id=cohort.id, state="admitted", created_at=now))
    session.flush()

"""The creation of reminders, and the firing of overdue ones: Stint beside APScheduler's SQLAlchemyJobStore.

Both on a SQLite file with WAL and the same `synchronous`, sending nothing. Stint's side is what the bot runs:
Remind actions written by `carry`, `serve_timers`, `deliver`. APScheduler's is one `add_job` after the other,
for it has no bulk add, while the scheduler is paused (which is quicker than running); then it resumes and
runs 10,000 asynchronous jobs that do nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from msgspec import Struct
from sqlalchemy import create_engine, event

from benchmarks.costs import Cost, Others, no_others
from benchmarks.stage import DEAF, NOW, PEOPLE, Level, Silent, open_programme, set_pragmas, user, watched
from bot.chat.actions import Action, Post, SetTimer
from bot.chat.content import message
from bot.chat.events import TimerFired
from bot.chat.routes import Routes
from bot.programme.core.turn import Turn
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from bot.runtime.delivery import Office, deliver
from bot.runtime.timers import serve_timers
from bot.runtime.turns import PlatformProfile
from storage.database import Database, UnitOfWork

__all__ = ["COUNT", "Reminders", "do_nothing", "ours", "remind", "serve", "theirs"]

COUNT: Final = 10_000
_DUE: Final = NOW - timedelta(minutes=1)


class _Reminded(Struct, frozen=True):
    """The payload of a reminder's timer: the account that it goes to."""

    to: str


def _post(_turn: Turn, fired: TimerFired) -> Sequence[Action]:
    words = message("Your project's deadline is tomorrow at 18:00.")
    return [Post(fired.read(_Reminded).to, words, f"reminder:{fired.key}")]


def _nothing(_turn: Turn, _fired: TimerFired) -> Sequence[Action]:
    return []


ROUTES = Routes(timers={"bench.post": _post, "bench.nothing": _nothing})


@dataclass(frozen=True, slots=True)
class Reminders:
    """What a side's reminders cost, and the longest stall of its event loop meanwhile (milliseconds).

    `alone`: firing timers whose handlers do nothing, which is all that APScheduler does.
    """

    create: Cost
    fire: Cost
    alone: Cost
    stall: float


async def ours(url: str, count: int, level: Level = "FULL", others: Others = no_others) -> Reminders:
    """Return what the reminders cost Stint on a new database; `others` as of a Cost."""
    silent, create, fire, alone = Silent(), Cost(others), Cost(others), Cost(others)
    async with open_programme(url, level=level) as database:
        async with watched() as loop:
            with create.counting():
                await remind(database, silent, "bench.post", count)
        stall = loop.stall
        async with watched() as loop:
            with fire.counting():
                await serve(database, silent)
        assert silent.sent == count
        await remind(database, silent, "bench.nothing", count)
        with alone.counting():
            await serve(database, silent)
        assert silent.sent == count
    return Reminders(create, fire, alone, max(stall, loop.stall))


async def remind(database: Database, silent: Silent, kind: str, count: int) -> None:
    """Set `count` timers of a kind, each overdue, for PEOPLE people in turn."""
    await database.transact(partial(_remind, port=_port(silent), kind=kind, count=count))


async def serve(database: Database, silent: Silent) -> None:
    """Fire every overdue timer, and deliver every message."""
    await serve_timers(database, _port(silent), NOW, monotonic)
    office = Office(database, {silent.platform: silent}, lambda: NOW)
    await deliver(office, DEAF, asyncio.Event())


def _port(silent: Silent) -> PlatformProfile:
    return PlatformProfile(ROUTES, silent.capabilities, silent.limits)


def _remind(work: UnitOfWork, port: PlatformProfile, kind: str, count: int) -> None:
    turn = Turn(work=work, now=NOW, programme_id=1)
    context = Context(turn, port.routes, None, port.capabilities, port.limits)
    actions = [
        SetTimer(f"{kind}:{n}", _DUE, kind, f"placement:{n}", _Reminded(str(user(n % PEOPLE + 1))))
        for n in range(count)
    ]
    carry_out(context, actions)


@dataclass(slots=True)
class _Ran:
    """A count of APScheduler's jobs that have run, and the event to set at `count` of them."""

    jobs: int = 0
    count: int = 0
    all: asyncio.Event = field(default_factory=asyncio.Event)


_ran = _Ran()


async def do_nothing() -> None:
    """Do nothing: a job, which APScheduler stores by its name and finds again by that."""
    _ran.jobs += 1
    if _ran.jobs == _ran.count:
        _ran.all.set()


async def theirs(folder: Path, count: int, level: Level) -> Reminders:
    """Return what the reminders cost APScheduler; its jobs do nothing."""
    create, fire = Cost(), Cost()
    engine = create_engine(f"sqlite:///{folder / 'apscheduler.db'}")
    pragmas = ("journal_mode=WAL", f"synchronous={level}")
    event.listen(engine, "connect", partial(set_pragmas, pragmas=pragmas))
    scheduler = AsyncIOScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=engine)},
        timezone="UTC",
        job_defaults={"misfire_grace_time": None},
    )
    scheduler.start(paused=True)
    _ran.jobs, _ran.count, _ran.all = 0, count, asyncio.Event()
    async with watched() as loop:
        with create.counting():
            for number in range(count):
                scheduler.add_job(do_nothing, "date", run_date=_DUE, id=f"reminder:{number}")
    stall = loop.stall
    async with watched() as loop:
        with fire.counting():
            scheduler.resume()
            await _ran.all.wait()
    scheduler.shutdown()
    await asyncio.sleep(0)
    engine.dispose()
    return Reminders(create, fire, fire, max(stall, loop.stall))

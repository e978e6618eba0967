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
from time import monotonic, perf_counter
from typing import Final

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from msgspec import Struct
from sqlalchemy import create_engine, event

from benchmarks.stage import NOW, PEOPLE, Level, Silent, open_programme, set_pragmas, user, watched
from bot.chat.actions import Action, Post, SetTimer
from bot.chat.content import message
from bot.chat.events import TimerFired
from bot.chat.routes import Routes
from bot.programme.core.turn import Turn
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from bot.runtime.delivery import deliver
from bot.runtime.timers import serve_timers
from bot.runtime.turns import PlatformProfile
from storage.database import Database, UnitOfWork

__all__ = ["COUNT", "ours", "theirs"]

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


async def ours(folder: Path, count: int, level: Level) -> dict[str, float]:
    """Return Stint's seconds and stalls (milliseconds); "alone" fires timers whose handlers do nothing."""
    silent = Silent()
    port = PlatformProfile(ROUTES, silent.capabilities, silent.limits)
    figures: dict[str, float] = {}
    async with open_programme(folder, level=level) as database:
        async with watched() as loop:
            began = perf_counter()
            await database.transact(lambda work: _remind(work, port, "bench.post", count))
            figures["create_seconds"] = perf_counter() - began
        figures["create_stall"] = loop.stall
        seconds, stall = await _fire(database, port, silent)
        assert silent.sent == count
        figures |= {"fire_seconds": seconds, "fire_stall": stall}
        await database.transact(lambda work: _remind(work, port, "bench.nothing", count))
        seconds, stall = await _fire(database, port, silent)
        assert silent.sent == count
        return figures | {"alone_seconds": seconds, "alone_stall": stall}


def _remind(work: UnitOfWork, port: PlatformProfile, kind: str, count: int) -> None:
    turn = Turn(work=work, now=NOW, programme_id=1)
    context = Context(turn, port.routes, None, port.capabilities, port.limits)
    actions = [
        SetTimer(f"{kind}:{n}", _DUE, kind, f"placement:{n}", _Reminded(str(user(n % PEOPLE + 1))))
        for n in range(count)
    ]
    carry_out(context, actions)


async def _fire(database: Database, port: PlatformProfile, silent: Silent) -> tuple[float, float]:
    async with watched() as loop:
        began = perf_counter()
        await serve_timers(database, port, NOW, monotonic)
        await deliver(database, {silent.platform: silent}, lambda: NOW, _lost)
        seconds = perf_counter() - began
    return seconds, loop.stall


def _lost(*lost: object) -> None:
    raise AssertionError(lost)


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


async def theirs(folder: Path, count: int, level: Level) -> dict[str, float]:
    """Return APScheduler's seconds and stalls (milliseconds)."""
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
        began = perf_counter()
        for number in range(count):
            scheduler.add_job(do_nothing, "date", run_date=_DUE, id=f"reminder:{number}")
        created = perf_counter() - began
    create_stall = loop.stall
    async with watched() as loop:
        began = perf_counter()
        scheduler.resume()
        await _ran.all.wait()
        fired = perf_counter() - began
    scheduler.shutdown()
    await asyncio.sleep(0)
    engine.dispose()
    return {
        "create_seconds": created,
        "create_stall": create_stall,
        "fire_seconds": fired,
        "fire_stall": loop.stall,
    }

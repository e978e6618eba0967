"""Contact with platforms: each has a row that is renewed every minute while it can be reached.

A gap of more than a quarter of an hour is an outage, whether the platform was away or the bot was down: a
timer of each programme moves what people owe who were only there (`bot/programme/notifications/outages.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from bot.chat.actions import SetTimer
from bot.chat.adapter import Adapter
from bot.clock import Clock, raised_at
from bot.programme.core import keys, subjects
from bot.programme.core.timers import Timer, row_of
from bot.programme.notifications.out_of_reach import GRACE, LONGEST_GAP
from storage.database import Database, UnitOfWork
from storage.queries import platforms, timers
from storage.tables.values import Contact

__all__ = ["keep_contact", "note"]

_EVERY: Final = 60.0  # seconds
_CONNECTING: Final = 5.0  # seconds after which a platform is asked again that could not be reached

log = structlog.get_logger(__name__)


def note(work: UnitOfWork, reached: Collection[str], now: datetime) -> None:
    """Renew the rows of platforms that can be reached now; one that could not for long has had an outage.

    A gap that another process has noted, and a clock that was set back, are none.
    """
    before = platforms.last_reached(work.connection, lock=True)
    platforms.renew(work.connection, reached, now)
    for platform in sorted(reached):
        since = before.get(platform, now)
        if now - since <= LONGEST_GAP:
            continue
        row = {
            "platform": platform,
            "since": since,
            "until": now,
            "others": _others(before, platform, reached, now),
        }
        number = platforms.add_outage(work.connection, row)
        if number is not None:
            log.warning("platform.outage", platform=platform, minutes=(now - since) // timedelta(minutes=1))
            _plan(work, platform, number, since)


def _others(
    before: Mapping[str, datetime], platform: str, reached: Collection[str], now: datetime
) -> list[Contact]:
    """Return the platforms that are out as well when this one is noted, with when they were last reached.

    Of those that come back together each is out for the ones before it: the first moves what people owe who
    are on several of them.
    """
    return [
        Contact(each, at)
        for each, at in before.items()
        if at < now - GRACE and each != platform and (each not in reached or each > platform)
    ]


def _plan(work: UnitOfWork, platform: str, number: int, since: datetime) -> None:
    """Set the timer of each programme: it is due when the outage began, before all that was due in it."""
    rows = [
        row_of(
            programme,
            SetTimer(
                keys.OUTAGE_TIMER(number, 0),
                since,
                Timer.OUTAGE_OVER,
                subjects.OUTAGE(number),
                late="fold",
            ),
        )
        for programme in platforms.programmes_on(work.connection, platform)
    ]
    timers.remind(work.connection, rows)


@asynccontextmanager
async def keep_contact(
    database: Database, adapters: Mapping[str, Adapter], clock: Clock
) -> AsyncIterator[None]:
    """Look at once which platforms can be reached, and note it every minute until the block ends."""
    await database.transact(partial(_begin, configured=frozenset(adapters)))
    await _look(database, adapters, clock)
    looking = asyncio.create_task(_go_on(database, adapters, clock))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


def _begin(work: UnitOfWork, configured: Collection[str]) -> None:
    """Forget the platforms on which the bot is no more: no wait is put off for them."""
    platforms.retain(work.connection, configured)


async def _go_on(database: Database, adapters: Mapping[str, Adapter], clock: Clock) -> None:
    all_there = False
    while True:
        await asyncio.sleep(_EVERY if all_there else _CONNECTING)
        try:
            all_there = await _look(database, adapters, clock)
        except Exception as error:  # noqa: BLE001 - a database that is busy now is asked again
            log.error("platform.not_noted", error=type(error).__name__, where=raised_at(error))


async def _look(database: Database, adapters: Mapping[str, Adapter], clock: Clock) -> bool:
    """Note the platforms that can be reached now; return whether all of them can."""
    answers = await asyncio.gather(*(each.is_connected() for each in adapters.values()))
    reached = [name for name, answer in zip(adapters, answers, strict=True) if answer]
    await database.transact(partial(note, reached=reached, now=clock.now()))
    clock.wake_at(clock.now())
    return all(answers)

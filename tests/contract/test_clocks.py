"""Machines that share a database: whatever their own clocks say, they go by that of the database."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from adapters.cli.shared_clock import SharedClock
from bot.clock import WallClock
from storage.database import open_database
from tests.support.databases import sqlite_url
from tests.support.deliveries import Mailbox, begin, drain, owe

CHANNELS = tuple(f"#c{number}" for number in range(8))
JUMPS = (timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1))
real = datetime


@pytest.mark.parametrize("by", JUMPS, ids=str)
async def test_a_machine_whose_clock_jumps_sends_nothing_that_another_is_sending(
    migrated_postgresql_url: str, monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    """Eight messages are on their way on a machine; another, whose clock is wrong, leaves them alone."""
    two = [open_database(migrated_postgresql_url) for _ in range(2)]
    clocks = [SharedClock(database.instant) for database in two]
    for clock in clocks:
        await clock.follow()
    arrived = asyncio.Event()
    words = [f"to {place}" for place in CHANNELS]
    boxes = [Mailbox(moods={each: [arrived.wait] for each in words}), Mailbox()]
    await two[0].transact(begin)
    await two[0].transact(owe(*((f"@{place}", f"to {place}") for place in CHANNELS), at=clocks[0].now()))
    sending = asyncio.create_task(drain(two[0], boxes[0], clocks[0].now))
    async with asyncio.timeout(10):
        while len(boxes[0].moods["to #c7"]):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)

    class Jumped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Jumped":
            return cls.fromtimestamp((real.now(tz) + by).timestamp(), tz)

    monkeypatch.setattr("bot.clock.datetime", Jumped)
    assert await drain(two[1], boxes[1], clocks[1].now) == 0
    arrived.set()
    await sending
    assert sorted(said for _, said in boxes[0].sent) == sorted(words)
    assert boxes[1].sent == []
    for database in two:
        await database.close()


async def test_a_file_has_no_clock_of_its_own(tmp_path: Path, migrated_postgresql_url: str) -> None:
    """PostgreSQL gives an instant in UTC; with SQLite everything is on one machine, whose clock it is."""
    server, file = open_database(migrated_postgresql_url), open_database(sqlite_url(tmp_path / "stint.db"))
    instant = await server.instant()
    assert instant is not None
    assert instant.tzinfo is UTC
    assert abs(instant - WallClock().now()) < timedelta(minutes=1)
    assert await file.instant() is None
    for database in (server, file):
        await database.close()

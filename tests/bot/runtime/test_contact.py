"""Contact with platforms: what is noted each minute, and what counts as an outage."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.adapter import Adapter
from bot.runtime import contact
from bot.runtime.contact import keep_contact, note
from storage.database import Database
from storage.queries import platforms
from storage.tables import Outage, Platform
from tests.support.second_platform import Elsewhere
from tests.support.stage import MONDAY, open_stage

QUARTER = timedelta(minutes=15)


async def noted(database: Database, reached: Collection[str], now: datetime) -> None:
    """Note that platforms can be reached at an instant."""
    await database.transact(partial(note, reached=reached, now=now))


async def outages(database: Database) -> list[tuple[str, timedelta, list[str]]]:
    """Each outage: its platform, how long it was, and which others were out as well when it ended."""
    query = select(Outage).order_by(Outage.id)
    rows = await database.read(lambda work: work.session.scalars(query).all())
    return [
        (row.platform, row.until - row.since, sorted(each.platform for each in row.others)) for row in rows
    ]


async def test_a_quarter_of_an_hour_is_no_outage_and_more_is_one(database: Database) -> None:
    """A gap of exactly 15 minutes is none, a second more is one, and a clock that is set back is none."""
    await noted(database, ["slack"], MONDAY)
    await noted(database, ["slack"], MONDAY + QUARTER)
    assert await outages(database) == []
    longer = QUARTER + timedelta(seconds=1)
    await noted(database, ["slack"], MONDAY + QUARTER + longer)
    assert await outages(database) == [("slack", longer, [])]
    await noted(database, ["slack"], MONDAY)
    await noted(database, ["slack"], MONDAY + QUARTER)
    assert await outages(database) == [("slack", longer, [])]


async def test_two_processes_note_one_outage(database: Database) -> None:
    """Both look at the same instant: the second finds the row renewed."""
    await noted(database, ["slack"], MONDAY)
    later = MONDAY + timedelta(days=3)
    await asyncio.gather(*(noted(database, ["slack"], later) for _ in range(2)))
    assert await outages(database) == [("slack", timedelta(days=3), [])]


async def test_of_platforms_that_come_back_together_the_first_is_theirs_who_use_both(
    database: Database,
) -> None:
    """The second was out for the first, and not the other way round; one that stays out is named by both."""
    await noted(database, ["discord", "slack", "terminal"], MONDAY)
    later = MONDAY + timedelta(days=3)
    await noted(database, ["discord", "slack"], later)
    assert await outages(database) == [
        ("discord", timedelta(days=3), ["slack", "terminal"]),
        ("slack", timedelta(days=3), ["terminal"]),
    ]


async def _until_noted(database: Database) -> None:
    for _ in range(500):
        if await outages(database):
            return
        await asyncio.sleep(0.01)
    raise AssertionError


async def test_contact_is_kept_while_the_bot_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Platforms are looked at before anything is served, and again later; those of before are forgotten."""
    monkeypatch.setattr(contact, "_CONNECTING", 0.01)
    async with open_stage(tmp_path, threads=True) as stage:
        far = Elsewhere(connected=False)
        stage.database.transact_inline(partial(note, reached=["gone", "other"], now=MONDAY))
        adapters: dict[str, Adapter] = {"terminal": stage.adapter, far.platform: far}
        async with keep_contact(stage.database, adapters, stage.clock):
            seen = await stage.database.read(lambda work: platforms.last_reached(work.connection))
            assert seen == {"other": MONDAY, "terminal": MONDAY}
            await stage.tick(hours=1)
            far.connected = True
            await _until_noted(stage.database)
        rows = stage.rows(select(Platform.reached_at).where(Platform.platform == "other"))
        assert rows == [(MONDAY + timedelta(hours=1),)]
        assert ("other", timedelta(hours=1), ["terminal"]) in await outages(stage.database)

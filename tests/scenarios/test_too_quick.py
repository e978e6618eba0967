"""A person who does very much at once, on every platform: bounded answers, and nothing typed is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.adapter import Response
from bot.chat.events import Event
from bot.runtime.pace import Pace
from bot.runtime.runtime import Runtime
from storage.tables import Application
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, WHY, is_posted

ALONE = sorted(set(STAGES) - {"slack and discord"})
NOT_DONE = "That was a lot at once, so this was not done. I go on in"
LATER = "That was a lot at once. I have all that you wrote, and go on with it in"


@pytest.fixture
def paced(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Lets each person do so much at once, and then as much a minute; what waits, waits a moment."""
    received, paces = Runtime.receive, dict[int, Pace]()
    allowed = [1000]

    async def receive(runtime: Runtime, event: Event) -> Response:
        pace = paces.get(allowed[0]) or paces.setdefault(
            allowed[0],
            Pace(
                partial(received, runtime),
                runtime.adapters,
                allowed[0],
                allowed[0],
                monotonic=runtime.clock.monotonic,
                sleep=lambda _: asyncio.sleep(0),
            ),
        )
        return await pace.receive(event)

    monkeypatch.setattr(Runtime, "receive", receive)
    return partial(allowed.__setitem__, 0)


@pytest.mark.parametrize("name", ALONE)
async def test_who_is_too_quick_reads_it_once_and_loses_nothing(
    name: str, tmp_path: Path, paced: Callable[[int], None]
) -> None:
    """Lists past the limit are answered by one sentence; words that are typed are all taken, with another."""
    async with STAGES[name](tmp_path) as platform:
        await is_posted(platform)
        ada = platform.person("ada")
        await ada.presses("Apply", on=TITLE)
        platform.pause = timedelta(0)
        paced(3)
        for _ in range(6):
            await ada.uses("/project list", "spring-26")
        assert ada.view().count(NOT_DONE) == 1
        assert not ada.sees(LATER)
        await platform.tick(minutes=2)
        for said in (WHY, "skip", "yes"):
            await ada.says(said)
        assert not ada.sees(LATER)
        await platform.tick(minutes=2)
        await ada.uses("/project list", "spring-26")
        await ada.uses("/project list", "spring-26")
        await ada.presses("Send application")
        assert platform.rows(select(Application.status)) == [("submitted",)]
        for said in ("/project list words:maps", "/project save 1", "/project saved"):
            await ada.says(said)
        assert ada.view().count(LATER) == 1
        assert ada.view().count(NOT_DONE) == 1

"""The playground with the real bot behind it: the five steps of "Try this", by what is on the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from adapters.cli.demo_programme import begin, database_in, people_into
from adapters.cli.environment import prepare
from adapters.cli.playground import FreeEngine
from adapters.cli.running_bot import open_bot
from adapters.terminal.demo_script import FIRST_DAY
from adapters.terminal.playground import TRY_THIS, Playground, picture
from adapters.terminal.playground.tour import ticked
from adapters.terminal.workspace import Workspace
from bot.clock import VirtualClock
from tests.support.screen import at_once, click_on, settled, shows, types

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "playground.svg"


@asynccontextmanager
async def playing(folder: Path) -> AsyncIterator[Pilot[Any]]:
    """The demonstration's playground as `stint demo` opens it, but with time that passes by acts."""
    url = database_in(folder)
    prepare(url)
    world = Workspace(folder / "world.jsonl")
    people_into(world)
    clock = VirtualClock(FIRST_DAY)
    async with open_bot(url, world, clock) as bot:
        await begin(bot, furnished=True)
        engine = FreeEngine(bot, clock)
        app = Playground(world, bot.adapter, bot.adapter.commands, engine, flowing=False)
        async with app.run_test(size=(120, 36)) as pilot:
            await settled(pilot)
            yield pilot
    world.close()


@pytest.fixture(autouse=True)
def _no_idling(monkeypatch: pytest.MonkeyPatch) -> None:
    """The playground says itself when it rests."""
    at_once(monkeypatch)


async def post(pilot: Pilot[Any]) -> None:
    """As an employer: the form, the scope check's finding, Publish."""
    await click_on(pilot, "Take me there")
    await types(pilot, "", "enter")
    await types(pilot, "Market map of e-bike rental", "tab")
    await types(pilot, "We rent e-bikes in three cities. Who else does, and at what price?", "tab")
    await types(pilot, "A spreadsheet of ten competitors", "tab")
    await types(pilot, "20", "tab")
    await types(pilot, "in two weeks")
    await click_on(pilot, "Continue")
    await click_on(pilot, "Go there")
    await click_on(pilot, "It counts for course credit")
    await click_on(pilot, "Publish  ")


async def apply(pilot: Pilot[Any]) -> None:
    """As a student: Apply in the channel, three questions in the DM, Send."""
    await click_on(pilot, "Take me there")
    await click_on(pilot, "Apply  ")
    await click_on(pilot, "Go there")
    await types(pilot, "I mapped two markets before, for a bakery and a gym.", "enter")
    await click_on(pilot, "Skip  ")
    await click_on(pilot, "Yes  ")
    await click_on(pilot, "Send application  ")


async def decide(pilot: Pilot[Any]) -> None:
    """As the employer: read the application, make an offer, let the minute pass."""
    await click_on(pilot, "Take me there")
    await types(pilot, "", "enter")
    await click_on(pilot, "Read one by one")
    await click_on(pilot, "Make an offer")
    await types(pilot, "", "f6")


async def test_five_steps_from_the_screen_alone(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """All five steps are done by what the screen says and ticked off, and the README's picture shows one.

    `--snapshot-update` draws the picture again.
    """
    async with playing(tmp_path) as pilot:
        app = pilot.app
        await post(pilot)
        assert shows(app, "✓ Post a project")
        await apply(pilot)
        assert shows(app, "✓ Apply to it")
        await decide(pilot)
        assert shows(app, "✓ Decide")
        await click_on(pilot, "Take me there")
        assert shows(app, "Acme Maps offers you a place in Market map of e-bike rental.")
        drawn = picture(app)
        await click_on(pilot, "Accept  ")
        assert shows(app, "✓ Accept the offer")
        assert shows(app, "You start: Market map of e-bike rental")
        for _ in range(3):
            await types(pilot, "", "f7")
        assert shows(app, "All done.")
        assert isinstance(app, Playground)
        assert ticked(app.world) == {step.id for step in TRY_THIS}
    if request.config.getoption("--snapshot-update"):
        PICTURE.write_text(drawn, encoding="utf-8")
    assert drawn == PICTURE.read_text(encoding="utf-8")

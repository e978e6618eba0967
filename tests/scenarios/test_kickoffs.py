"""Kickoffs: either side says that both talked; else both are asked, and then a coordinator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Placement, Task, Wait
from tests.support.actor import Platform
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, is_applied_for, is_decided, is_posted
from tests.support.projects import posted
from tests.support.stage import Stage

BEGUN = datetime(2026, 3, 31, 12, tzinfo=UTC)
"""The day after the work began, after everyone's daily message."""
LATE = datetime(2026, 4, 3, 12, tzinfo=UTC)
"""Four days after the work began."""


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme, on which ada has accepted a place of marta's."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        await is_applied_for(opened)
        await is_decided(opened)
        yield opened


def states(stage: Stage | Platform) -> list[str]:
    """The states of all waits for a kickoff."""
    return [s for (s,) in stage.rows(select(Wait.state).where(Wait.kind == "kickoff").order_by(Wait.id))]


def open_tasks(stage: Stage) -> list[str]:
    """The keys of the open tasks."""
    return [key for (key,) in stage.rows(select(Task.key).where(Task.state == "open"))]


async def accepts(stage: Stage, *students: str, title: str = TITLE, weeks: int = 2) -> None:
    """Students work for marta, who offered each of them a place."""
    number = await posted(stage, *students, title=title, places=len(students), weeks=weeks)
    marta = stage.person("marta")
    for _ in students:
        await marta.uses(f"/applicants {number}")
        await marta.presses("Read one by one")
        await marta.presses("Make an offer")
        await stage.tick(minutes=3)
    await stage.tick(hours=5)  # it is night in New York
    for student in students:
        await stage.person(student).presses("Accept")


@pytest.mark.soak
async def test_one_tap_of_either_side_is_a_kickoff(platform: Platform) -> None:
    """The first message has the button; once it is pressed neither side is asked, and the button goes."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await ada.presses("We talked")
    assert ada.sees(f"Noted: you have talked about {TITLE}.")
    assert states(platform) == ["kept"]
    ((starts,),) = platform.rows(select(Placement.starts_at))
    await platform.to(starts.replace(hour=12))
    await platform.tick(days=5)
    assert not ada.sees("Have you talked")
    assert not marta.sees("Have you talked")
    await ada.uses("/placement")
    with pytest.raises(LookupError):
        await ada.presses("We talked", on="Placement #1")


@pytest.mark.soak
async def test_both_are_asked_and_then_a_coordinator(stage: Stage) -> None:
    """The day after the start both are asked; three working days after it a coordinator hears."""
    await accepts(stage, "ada")
    await stage.to(BEGUN)
    assert f"Have you talked with Acme Maps about {TITLE} yet?" in stage.screen("ada")
    assert f"Have you talked with Ada Okafor about {TITLE} yet?" in stage.screen("marta")
    assert open_tasks(stage) == []
    await stage.to(LATE)
    assert open_tasks(stage) == ["kickoff:1"]
    await stage.person("cora").uses("/stint tasks")
    assert f"{TITLE} · Acme Maps has begun, and no side has said that they talked" in stage.screen("cora")
    assert "If you do not want to wait, you can end it; that is no fault of yours." in stage.screen("ada")
    await stage.person("marta").presses("We talked")
    assert open_tasks(stage) == []
    assert states(stage) == ["kept"]


async def test_interns_of_one_project_are_asked_about_in_one_message(stage: Stage) -> None:
    """The employer reads a row for each by name, the coordinator one task that names who is left."""
    await accepts(stage, "ada", "ben")
    await stage.to(BEGUN)
    asked = stage.screen("marta").rpartition(f"Have you talked with your interns on {TITLE} yet?")[2]
    assert asked.index("Ada Okafor") < asked.index("Ben Castillo")
    assert asked.count("[We talked]") == 2
    await stage.to(LATE)
    assert open_tasks(stage) == ["kickoff:1"]
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "no side has said that they talked: Ada Okafor and Ben Castillo." in stage.screen("cora")
    await stage.person("ben").presses("We talked")
    await cora.uses("/stint tasks")
    assert "no side has said that they talked: Ada Okafor. Please" in stage.screen("cora")


@pytest.mark.soak
async def test_a_side_that_acted_is_not_asked(stage: Stage) -> None:
    """Who wrote is there, so only the other side is asked; work that is handed in is a kickoff."""
    await accepts(stage, "ada")
    ada = stage.person("ada")
    await ada.presses("Write to the employer")
    await ada.fills({"Your message": "Hello, I can talk on Monday."})
    await stage.to(BEGUN)
    assert "Have you talked" not in stage.screen("ada")
    assert "Have you talked with Ada Okafor" in stage.screen("marta")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. A table of shops")
    await ada.fills({"About the work": "The first sheet"})
    assert states(stage) == ["kept"]


async def test_a_student_who_leaves_without_a_kickoff_can_apply_again(stage: Stage) -> None:
    """What was withdrawn for the place and still takes applications is offered, with the way there."""
    for title in ("Logo refresh", "A closed one"):
        await posted(stage, "ada", title=title, deadline_at=datetime(2026, 4, 20, tzinfo=UTC))
    await accepts(stage, "ada")
    ada = stage.person("ada")
    for _ in range(2):
        await ada.uses("/applications")
        await ada.presses("Withdraw")
        await ada.presses("Withdraw it")
    await stage.person("marta").uses("/project close A closed one")
    await stage.person("marta").presses("Close it")
    await stage.to(LATE)
    late = stage.screen("ada").rpartition("no side has said that you talked")[2]
    assert "You withdrew these applications for this place. They still take yours:" in late
    assert "Logo refresh" in late
    assert "A closed one" not in late
    await ada.presses("End it early", on="no side has said")
    await ada.fills({"Reason": "I never heard from them."})
    receipt = stage.screen("ada").rpartition("has ended, and its reminders have stopped.")[2]
    assert "[Apply again]" in receipt
    assert states(stage) == ["dropped"]
    await ada.presses("We talked", on="You start")
    assert "This placement is over, so there is no kickoff to note any more." in stage.screen("ada")
    await ada.presses("Apply again", on="has ended, and its reminders")
    assert "Logo refresh" in stage.screen("ada").rpartition("[Apply again]")[2]

"""Check-ins about several interns: an employer is asked once, with a row for each intern by name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.tables import CheckIn, Task, Wait, timers
from tests.scenarios.test_kickoffs import accepts
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE
from tests.support.stage import Stage

FIRST = datetime(2026, 4, 6, 12, tzinfo=UTC)
"""The day of the first check-in, after everyone's daily message."""
SECOND = datetime(2026, 4, 13, 12, tzinfo=UTC)
SILENT = datetime(2026, 4, 16, 12, tzinfo=UTC)
"""Two days after the second check-in, after the daily message."""

LEAD = "How are your interns doing?"


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Any]:
    """Each platform, on which ada and ben work for marta for four weeks."""
    async with STAGES[request.param](tmp_path) as opened:
        await at_work(opened)
        yield opened


async def at_work(stage: Any) -> None:  # noqa: ANN401 - any stage
    """Ada and ben work for marta for four weeks."""
    await accepts(stage, "ada", "ben", weeks=4)
    for name in ("ada", "ben"):
        await stage.person(name).presses("We talked")


def open_tasks(stage: Stage) -> list[str]:
    """The keys of the open tasks about an employer."""
    found = stage.rows(select(Task.key).where(Task.state == "open"))
    return [key for (key,) in found if "employer" in key]


def employers_waits(stage: Stage) -> list[str]:
    """The states of the waits for an employer's answers."""
    return [s for (s,) in stage.rows(select(Wait.state).where(Wait.kind == "check_ins").order_by(Wait.id))]


async def test_one_card_has_a_row_for_each_intern(platform: Any) -> None:  # noqa: ANN401 - any stage
    """An answer takes the place of its own row; each intern has a wait, and the project one timer."""
    marta = platform.person("marta")
    await platform.to(FIRST)
    assert marta.sees(LEAD)
    assert marta.sees(f" · {TITLE}")
    assert not marta.sees("How is Ada Okafor doing")
    assert employers_waits(platform) == ["open", "open"]
    pending = select(func.count()).where(timers.c.kind == "wait.check_ins", timers.c.state == "pending")
    assert platform.rows(pending) == [(1,)]
    await marta.presses("At risk", on=LEAD)
    assert marta.sees("What is in the way?")
    await marta.presses("On track", on=LEAD)
    answers = select(CheckIn.answer).where(CheckIn.side == "employer").order_by(CheckIn.placement_id)
    assert platform.rows(answers) == [("at_risk",), ("on_track",)]
    assert employers_waits(platform) == ["kept", "kept"]


async def test_silence_about_several_is_one_question_and_one_task(stage: Stage) -> None:
    """After two check-ins in vain both are asked about once, and a coordinator's task names who is left."""
    await at_work(stage)
    marta, cora = stage.person("marta"), stage.person("cora")
    await stage.to(SILENT)
    asked = stage.screen("marta").rpartition(
        "You have not answered my last two questions about these interns."
    )
    assert asked[0]
    assert asked[2].index("Ada Okafor") < asked[2].index("Ben Castillo")
    assert open_tasks(stage) == ["silent-employer:1"]
    await cora.uses("/stint tasks")
    both = f"has not answered two check-ins in a row on {TITLE}, about Ada Okafor and Ben Castillo."
    assert both in stage.screen("cora")
    await marta.presses("On track", on="about these interns")
    await cora.uses("/stint tasks")
    one = f"has not answered two check-ins in a row on {TITLE}, about Ben Castillo."
    assert one in stage.screen("cora")
    await marta.presses("On track", on="about these interns")
    assert open_tasks(stage) == []


async def test_the_card_and_the_task_follow_an_intern_who_leaves(stage: Stage) -> None:
    """What waits to be read and the coordinator's task name those who are still at work."""
    await at_work(stage)
    await stage.to(datetime(2026, 4, 6, 5, tzinfo=UTC))  # asked, and not yet read
    ben = stage.person("ben")
    await ben.uses("/placement")
    await ben.presses("End it early")
    await ben.fills({"Reason": "I am ill."})
    await stage.to(FIRST)
    assert "How is Ada Okafor doing" in stage.screen("marta")
    assert LEAD not in stage.screen("marta")
    assert employers_waits(stage) == ["open", "dropped"]


async def test_a_coordinator_s_task_follows_an_intern_who_leaves(stage: Stage) -> None:
    """Once the last intern of a silent employer has left nothing is asked of a coordinator."""
    await at_work(stage)
    await stage.to(SILENT)
    for name, left in (("ben", ["silent-employer:1"]), ("ada", [])):
        person = stage.person(name)
        await person.uses("/placement")
        await person.presses("End it early")
        await person.fills({"Reason": "I am ill."})
        assert open_tasks(stage) == left

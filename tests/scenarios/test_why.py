"""`/stint why`: a coordinator reads what became of a person's messages on a day, and none of their words."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.support.every_stage import STAGES
from tests.support.projects import posted

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, with an offer that Marta has made to Ada."""
    async with STAGES[request.param](tmp_path) as stage:
        opened: AnyStage = stage
        await posted(opened, "ada", "ben")
        marta = opened.person("marta")
        await marta.uses("/applicants 1")
        await marta.chooses("Ada Okafor")
        await marta.presses("Make an offer")
        await opened.tick(minutes=5)
        yield opened


async def test_a_coordinator_reads_what_became_of_a_persons_messages(platform: AnyStage) -> None:
    """Today, the day before and the day after."""
    cora = platform.person("cora")
    await cora.uses("/stint why @ada")
    for said in (
        "Messages to Ada Okafor",
        "News of an offer: arrived at ",
        "Quiet hours: 21:30 to 08:00",
    ):
        assert cora.sees(said)
    await cora.presses("The day before")
    assert cora.sees("No message to them on ")
    await cora.presses("The day after")
    assert cora.sees("News of an offer: arrived at ")


async def test_only_a_coordinator_asks(platform: AnyStage) -> None:
    """A student who asks about another reads that it is for coordinators."""
    ben = platform.person("ben")
    await ben.uses("/stint why @ada")
    assert ben.sees("coordinator")
    assert not ben.sees("Messages to Ada Okafor")

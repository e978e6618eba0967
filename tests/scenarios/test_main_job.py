"""The main job, from a post to a completed placement, on every platform."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.actor import Platform
from tests.support.every_stage import STAGES
from tests.support.main_job import play


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


async def test_the_main_job(platform: Platform) -> None:
    """Everybody does their part, every promise of time is kept, and nothing that was owed is lost."""
    await play(platform)
    assert set(platform.ledger()) == {"sent"}

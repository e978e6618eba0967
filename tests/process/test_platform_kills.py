"""Kill -9 while Slack and Discord take their time: every message arrives, once."""

from pathlib import Path

import pytest

from tests.support.bot_process import Machines
from tests.support.kill_victims import PLATFORMS
from tests.support.kills import KINDS, drive
from tests.support.stillness import HANGS

pytestmark = pytest.mark.timeout(3 * HANGS)  # it ends by itself once the bot hangs


@pytest.mark.usefixtures("migrated_sqlite_url")
@pytest.mark.parametrize(
    "platform",
    [each if each == "slack" else pytest.param(each, marks=pytest.mark.soak) for each in PLATFORMS],
)
async def test_kills_while_channels_are_written_to_lose_and_repeat_nothing(
    tmp_path: Path, platform: str
) -> None:
    """Killed among cards, in a conversation and among digests: one is in doubt at most, none is lost."""
    driven = await drive(platform, 1, tmp_path, latency=0.05)
    assert (driven.points.total(), driven.lost, driven.repeated) == (3, 0, 0)
    assert driven.doubts <= (1 if platform == "slack" else 0)


@pytest.mark.soak
@pytest.mark.parametrize(
    ("platform", "processes"), [("discord", 1), ("discord", 2), ("slack", 1), ("slack", 2)]
)
async def test_kills_on_postgresql_lose_and_repeat_nothing(
    tmp_path: Path, postgresql_url: str, platform: str, processes: int
) -> None:
    """Killed in each part of a programme, also among processes that share the work: all is there once."""
    driven = await drive(platform, 1, tmp_path, Machines(postgresql_url, processes))
    assert tuple(driven.points) == KINDS
    assert (driven.lost, driven.repeated) == (0, 0)

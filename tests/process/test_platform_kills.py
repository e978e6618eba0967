"""Kill -9 while Slack and Discord take their time: every message arrives, once."""

from pathlib import Path

import pytest

from tests.support.kills import PLATFORMS, drive

pytestmark = pytest.mark.timeout(120)


@pytest.mark.usefixtures("migrated_sqlite_url")
@pytest.mark.parametrize("platform", PLATFORMS)
async def test_kills_while_channels_are_written_to_lose_and_repeat_nothing(
    tmp_path: Path, platform: str
) -> None:
    """Killed among cards, in a conversation and among digests: one is in doubt at most, none is lost."""
    driven = await drive(platform, 1, tmp_path)
    assert driven.kills == 3
    assert max(driven.doubts) <= (1 if platform == "slack" else 0)

"""The main job on Discord with the bot as a process of its own, from its start to SIGTERM."""

from pathlib import Path

from tests.support.discord.apart import open_apart
from tests.support.main_job import play


async def test_the_main_job_with_the_bot_as_a_process(tmp_path: Path) -> None:
    """`stint run`, configured by environment, does all of it; told to stop, it is gone within ten seconds."""
    async with open_apart(tmp_path) as apart:
        await play(apart)
        assert set(apart.ledger()) == {"sent"}
        code, errors = await apart.stop()
        assert code == 0, errors
        assert errors == ""
        assert not apart.fake.gateway.connected

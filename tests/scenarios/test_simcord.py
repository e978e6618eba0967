"""The main job on simcord: Discord as somebody else has read it."""

from pathlib import Path

from tests.support.discord.simstage import open_sim_stage
from tests.support.main_job import play


async def test_the_main_job_on_simcord(tmp_path: Path) -> None:
    """The script of every platform plays to its end, and nothing that was sent is refused on the way."""
    async with open_sim_stage(tmp_path) as stage:
        await play(stage)
        assert set(stage.ledger()) == {"sent"}

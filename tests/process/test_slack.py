"""The main job in Slack with the bot as a separate process, from its start to SIGTERM."""

from pathlib import Path

import pytest

from tests.support.main_job import play
from tests.support.slack.bot_process import open_apart
from tests.support.slack.stage import Mode


@pytest.mark.usefixtures("migrated_sqlite_url")
@pytest.mark.parametrize("mode", ["http", pytest.param("socket", marks=pytest.mark.soak)])
async def test_the_main_job_with_the_bot_as_a_process(tmp_path: Path, mode: Mode) -> None:
    """`stint run`, configured by environment, does all of it; asked to stop, it is gone within ten seconds.

    `make soak` has it by socket too, by which tests/process/test_platform_kills.py always is.
    """
    async with open_apart(tmp_path, mode) as apart:
        await play(apart)
        assert set(apart.ledger()) == {"sent"}
        code, errors = await apart.stop()
        assert code == 0, errors
        assert errors == ""
        assert apart.server.sockets == []

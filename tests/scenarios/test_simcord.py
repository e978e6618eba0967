"""The main job on simcord: Discord as another person has read it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from cryptography.fernet import Fernet

from bot.chat.adapter import Response
from bot.chat.events import Event
from storage.secrets import SecretBox
from tests.support.discord.simcord_stage import SimStage, open_sim_stage
from tests.support.main_job import TITLE, is_applied_for, is_decided, is_posted, play


async def test_the_main_job_on_simcord(tmp_path: Path) -> None:
    """The script of every platform plays to its end, and nothing that was sent is refused on the way."""
    async with open_sim_stage(tmp_path) as stage:
        await play(stage)
        assert set(stage.ledger()) == {"sent"}


@contextmanager
def slow(stage: SimStage) -> Iterator[None]:
    """Let every turn take longer than an answer may."""
    receive = stage.watch.receive

    async def late(event: Event) -> Response:
        await asyncio.sleep(0.02)
        return await receive(event)

    with patch.object(stage.watch, "receive", late), patch("adapters.discord.gateway._DEFER_SECONDS", 0.0):
        yield


@pytest.mark.soak
async def test_slow_answers_and_files_on_simcord(tmp_path: Path) -> None:
    """What is deferred is said where "thinking" stood, or after the press; a file goes in and comes out."""
    async with open_sim_stage(tmp_path) as stage:
        stage.runtime.box = SecretBox([Fernet.generate_key().decode()])
        ada, ben, marta = (stage.person(account) for account in ("ada", "ben", "marta"))
        await is_posted(stage)
        with slow(stage):
            await ben.uses("/stint help", "spring-26")
            assert ben.sees("What you can do here")
            await ben.presses("Details", on=TITLE)
            assert ben.sees("A two-page summary")
        assert not ada.sees("What you can do here")
        later = [each for each in stage.world.backend.http_requests if each.path.startswith("/webhooks/")]
        assert [each.method for each in later] == ["PATCH", "POST"]
        await is_applied_for(stage)
        await is_decided(stage)
        await ada.uses("/placement")
        await ada.presses("Hand in")
        await ada.fills({"File": "summary.pdf"})
        await stage.tick(days=1)
        assert marta.sees("summary.pdf")
        assert set(stage.ledger()) == {"sent"}

"""Several messages within a few seconds, on every platform: each goes where its writer meant it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Application
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, WHY, is_posted

ALONE = sorted(set(STAGES) - {"slack and discord"})


@pytest.mark.soak
@pytest.mark.parametrize("name", ALONE)
async def test_link_typed_at_once_answers_the_question_that_asks_for_one(name: str, tmp_path: Path) -> None:
    """A link a second after the last answer is the work asked for, and no part of the answer before."""
    async with STAGES[name](tmp_path) as platform:
        await is_posted(platform)
        ada = platform.person("ada")
        await ada.presses("Apply", on=TITLE)
        await ada.says(WHY)
        platform.pause = timedelta(seconds=1)
        await ada.says("example.org/mywork")
        platform.pause = timedelta(seconds=20)
        await ada.says("yes")
        await ada.presses("Send application")
        await platform.tick(days=1)
        marta = platform.person("marta")
        await marta.presses("Read: Ada Okafor")
        assert f"{WHY}\nRelevant work\nexample.org/mywork\n" in marta.view()


@pytest.mark.parametrize("name", ALONE)
async def test_a_message_sent_twice_is_taken_once(name: str, tmp_path: Path) -> None:
    """A second after the first, the same words are neither added to the answer nor taken for the next one."""
    async with STAGES[name](tmp_path) as platform:
        await is_posted(platform)
        ada = platform.person("ada")
        await ada.presses("Apply", on=TITLE)
        await ada.says(WHY)
        platform.pause = timedelta(seconds=1)
        await ada.says(WHY)
        platform.pause = timedelta(seconds=20)
        assert ada.sees("already, so I added nothing.")
        await ada.presses("Skip")
        await ada.says("yes")
        await ada.presses("Send application")
        [answers] = platform.rows(select(Application.answers))
        assert [each.value for each in answers[0]][:1] == [WHY]

"""Buttons of messages whose text is not kept any more: they work as before, on every platform."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.runtime.retention import MESSAGES, sweep
from storage.tables import outbox
from tests.support.actor import Staged
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, is_applied_for, is_decided, is_posted


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Staged]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


def empty(platform: Staged) -> None:
    """Empty what was sent so far, as a sweep does when its time is over."""
    over = platform.clock.now() + MESSAGES + timedelta(days=1)
    assert not platform.database.transact_inline(lambda work: sweep(work, over))
    said = platform.rows(select(outbox.c.emptied, outbox.c.reference).where(outbox.c.state == "sent"))
    assert said
    assert all(row.emptied for row in said)
    assert any(row.reference for row in said)


async def test_a_button_of_a_daily_message_answers_below_and_leaves_the_others(platform: Staged) -> None:
    """The answer cannot be where the button was; pressed again, it says what is so now."""
    await is_posted(platform)
    await is_applied_for(platform)
    await is_decided(platform)
    ada, marta = platform.person("ada"), platform.person("marta")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"Link": "example.org/summary"})
    await platform.tick(days=1)
    empty(platform)
    await marta.presses("Accept")
    assert marta.sees("Accepted: A two-page summary.")
    assert marta.sees("things for you today")
    assert marta.sees("accepted your offer")
    await marta.presses("Accept")
    assert marta.sees("There is nothing to decide here now.")
    assert platform.ledger().keys() == {"sent"}


async def test_a_draft_goes_on_from_questions_that_are_not_kept(platform: Staged) -> None:
    """What was answered is in the draft, and its next question comes."""
    await is_posted(platform)
    ada = platform.person("ada")
    await ada.presses("Apply", on=TITLE)
    await ada.says("I sorted answers for our student paper.")
    empty(platform)
    await ada.presses("Skip")
    await ada.presses("Yes")
    await ada.presses("Send application")
    assert ada.sees(f"Your application to {TITLE} is sent.")

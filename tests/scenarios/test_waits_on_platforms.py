"""Waits of before on every platform: a review and an approval that no person gives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage.tables import Milestone, Programme, Project
from tests.support.actor import Staged
from tests.support.every_stage import STAGES
from tests.support.main_job import PAGE, TITLE, fills_project, is_applied_for, is_decided, is_posted


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Staged]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


@pytest.mark.soak
async def test_work_without_a_review_is_settled(platform: Staged) -> None:
    """The employer is reminded with buttons; then both sides read that it is settled and not reviewed."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await is_posted(platform)
    await is_applied_for(platform)
    await is_decided(platform)
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"About the work": "Both pages"})
    await platform.tick(days=3)
    assert marta.sees(f"in {TITLE} waits for your review")
    await ada.uses("/placement")
    assert ada.sees("A two-page summary · with Acme Maps since")
    await platform.tick(days=9)
    assert platform.rows(select(Milestone.status)) == [("settled",)]
    assert ada.sees("has not answered about A two-page summary in 10 days.")
    assert marta.sees("is settled, because no answer came. You can still accept it until")


async def test_an_approval_that_no_coordinator_gives_is_asked_for_again(platform: Staged) -> None:
    """Each coordinator is asked again with the buttons, the poster reads it, and nothing is published."""
    change = update(Programme).values(approval=True)
    platform.database.transact_inline(lambda work: work.session.execute(change))
    marta, cora = platform.person("marta"), platform.person("cora")
    await marta.uses("/project post", "spring-26")
    await fills_project(marta, PAGE)
    await marta.presses("Ask for approval")
    await platform.to(datetime(2026, 3, 12, 12, tzinfo=UTC))
    assert cora.sees(f"{TITLE} · Acme Maps has waited for an approval since")
    assert marta.sees(f"{TITLE} still waits for approval: no coordinator has looked at it yet.")
    assert platform.rows(select(Project.status)) == [("review",)]
    await cora.presses("Approve", on="has waited for an approval since")
    assert platform.rows(select(Project.status)) == [("open",)]

"""The main job on PostgreSQL, with turns on threads as in life: from a post to its completion."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.terminal.scripted_user import ScriptedUser
from storage.tables import Application, Placement
from tests.support.projects import posted, statuses
from tests.support.stage import Stage, open_stage

TITLE = "Market map of repair cafes"


@asynccontextmanager
async def _opened(tmp_path: Path, migrated_postgresql_url: str) -> AsyncIterator[Stage]:
    """A stage on its own PostgreSQL database."""
    async with open_stage(tmp_path, url=migrated_postgresql_url, threads=True) as opened:
        yield opened


pytestmark = pytest.mark.stage(opened=_opened, given=("migrated_postgresql_url",))


async def test_from_a_post_to_its_completion(stage: Stage) -> None:
    """Post, announce, apply, decide, accept, be reminded, hand in, accept the work, close: all of it."""
    ada, marta = stage.person("ada"), stage.person("marta")
    await marta.uses("/project post")
    page = {
        "Title": TITLE,
        "What is wanted": "Find who repairs what in three cities, and draw it on one map.",
        "Deliverables": "A one-page map",
        "Estimated hours": "20",
        "Application deadline": "13 March",
    }
    await marta.fills(page)
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$500", "Weeks": "1", "Start": "18 March"})
    await marta.presses("Publish")
    assert TITLE in stage.screen("ada", "spring")
    await ada.presses("Apply")
    await ada.says("I mapped the bike workshops of my street.")
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    await stage.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await stage.tick(minutes=2)
    await ada.presses("Accept")
    assert statuses(stage) == ["accepted"]
    await stage.to(stage.clock.now().replace(day=25))
    assert f"{TITLE} is due by Wed 25 March" in stage.screen("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"Link": "https://example.org/map"})
    await stage.tick(days=1)
    await marta.presses("Accept")
    for person in (ada, marta):
        await stage.tick(days=1)
        await person.presses("Write a line")
        await person.fills({"Your line": f"A line of {person.id}'s."})
    await stage.tick(days=5)
    for account in ("ada", "marta"):
        assert f"Complete: {TITLE}" in stage.screen(account)
    assert "A line of marta's." in stage.screen("ada")
    assert stage.rows(select(Placement.status)) == [("completed",)]
    assert set(stage.ledger()) == {"sent"}


@pytest.mark.soak
async def test_two_accepts_of_two_people_at_once(stage: Stage) -> None:
    """Ada and Ben press Accept at the same moment for one place: one gets it, the other reads the truth."""
    await posted(stage, "ada", "ben", places=2)
    marta = stage.person("marta")
    for name in ("Ada Okafor", "Ben Castillo"):
        await marta.uses("/applicants")
        await marta.chooses(name)
        await marta.presses("Make an offer", on=name)
        await stage.tick(minutes=2)
    await stage.tick(hours=5)  # it was night in New York, where Ben is
    await stage.database.transact(
        lambda work: work.connection.exec_driver_sql("UPDATE projects SET places = 1")
    )
    at_once = [ScriptedUser(stage.adapter, account) for account in ("ada", "ben")]
    await asyncio.gather(*(person.presses("Accept") for person in at_once))
    await stage.settle()
    assert sorted(statuses(stage)) == ["accepted", "released"]
    assert len(stage.rows(select(Placement.id))) == 1
    kept = stage.rows(select(Application.person_id).where(Application.status == "accepted"))
    assert kept == stage.rows(select(Placement.person_id))

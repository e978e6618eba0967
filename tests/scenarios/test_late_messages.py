"""Messages that waited for open direct messages: on every platform only what still holds comes, each once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Application, outbox
from tests.support.actor import Staged
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, heard, is_applied, is_posted

KIND_WORDS = "Your map was the clearest."
ALONE = sorted(set(STAGES) - {"slack and discord"})


@pytest.fixture(params=ALONE)
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Staged]:
    """Each platform by itself, with one project to which Ada has applied."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        await is_applied(opened.person("ada"))
        await opened.tick(days=1)
        yield opened


def states(platform: Staged, kind: str) -> list[str]:
    """What became of the messages of a kind, the oldest first."""
    query = select(outbox.c.state).where(outbox.c.kind == kind, outbox.c.operation == "send")
    return [state for (state,) in platform.rows(query.order_by(outbox.c.id))]


async def opens(platform: Staged, account: str) -> str:
    """What comes to an account once its direct messages are open again, and it has written there."""
    actor = platform.person(account)
    before = heard(actor)
    platform.shut_dms(account, shut=False)
    await actor.says("hello")
    await platform.tick(minutes=2)
    after = heard(actor)
    return after.removeprefix(before)


async def test_a_decision_comes_and_what_it_overtook_does_not(platform: Staged) -> None:
    """That an offer ran out is no news once the employer has decided; the decision comes once."""
    marta = platform.person("marta")
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    platform.shut_dms("ada")
    await platform.tick(hours=97)
    assert platform.rows(select(Application.status)) == [("expired",)]
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "More good applications than places", "In your own words": KIND_WORDS})
    await platform.tick(minutes=3)
    assert states(platform, "application") == ["held", "held"]
    new = await opens(platform, "ada")
    assert new.count(KIND_WORDS) == 1
    assert "ran out" not in new
    assert states(platform, "application") == ["withdrawn", "sent"]


@pytest.mark.soak
async def test_a_release_comes_and_an_older_change_does_not(platform: Staged) -> None:
    """What the employer changed meanwhile concerns no student whose application is closed."""
    marta = platform.person("marta")
    platform.shut_dms("ada")
    await marta.uses("/project edit 1")
    await marta.presses("The project")
    await marta.fills({"Estimated hours": "24"})
    await marta.presses("Save changes")
    await platform.tick(days=25)
    assert platform.rows(select(Application.status)) == [("released",)]
    assert states(platform, "project.changed") == ["held"]
    new = await opens(platform, "ada")
    assert new.count("your application is closed") == 1
    assert "has changed" not in new
    assert "24 h" not in new
    assert states(platform, "project.changed") == ["withdrawn"]


async def test_a_message_comes_unless_its_writer_is_not_wanted_any_more(platform: Staged) -> None:
    """What was written before the student asked for no more is not brought, wherever she asked."""
    ada, marta, cora = (platform.person(name) for name in ("ada", "marta", "cora"))
    platform.shut_dms("ada")
    await marta.presses("Read: Ada Okafor")
    for writer, words in ((marta, "I know where you study."), (marta, "Answer me."), (cora, "Are you well?")):
        if writer is cora:
            await cora.uses("/applicants 1")
            await cora.chooses("Ada Okafor")
        await writer.presses("Write to the student")
        await writer.fills({"Your message": words})
        if words == "I know where you study.":
            await platform.tick(minutes=1)
            await ada.presses("Read it")
    await platform.tick(hours=1)
    await ada.presses("No more of these messages", on="I know where you study.")
    new = await opens(platform, "ada")
    assert new.count("Are you well?") == 1
    assert "Answer me." not in new
    assert "I know where you study." not in new
    assert states(platform, "letter") == ["answered", "withdrawn", "sent"]


@pytest.mark.parametrize("removed", [False, True])
async def test_an_invitation_comes_while_it_is_one(platform: Staged, *, removed: bool) -> None:
    """Who posts for no company any more does not read that they do; who does reads it, once."""
    cora, ben = platform.person("cora"), platform.person("ben")
    await ben.uses("/stint help")
    platform.shut_dms("ben")
    await cora.uses("/employer invite @ben company:Birch Labs")
    await platform.tick(days=1)
    if removed:
        await cora.uses("/employer remove @ben")
    assert states(platform, "invitation")[-1] == "held"
    new = await opens(platform, "ben")
    assert new.count("Birch Labs") == (0 if removed else 1)
    assert states(platform, "invitation")[-1] == ("withdrawn" if removed else "sent")


async def test_the_coordinators_item_ends_with_what_it_lists(platform: Staged) -> None:
    """It names what waits while it does; once all of it has come, nothing is listed."""
    marta, cora = platform.person("marta"), platform.person("cora")
    platform.shut_dms("ada")
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": "Could you start on Monday?"})
    await platform.tick(hours=1)
    await cora.uses("/stint tasks")
    assert cora.sees("A message from Marta Ruiz")
    new = await opens(platform, "ada")
    assert new.count("Could you start on Monday?") == 1
    await cora.uses("/stint tasks")
    assert cora.sees("Nothing waits for you")
    assert platform.person("marta").sees(f"Your message about {TITLE} has arrived with Ada Okafor.")

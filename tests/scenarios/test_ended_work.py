"""After an early end: work that was handed in before, and the side that was ended."""

import pytest
from sqlalchemy import select

from storage.tables import Milestone, timers
from tests.scenarios.test_early_end import ends
from tests.scenarios.test_placement_times import hands_in
from tests.support.cases import at_work
from tests.support.stage import Stage


@pytest.mark.soak
async def test_work_that_was_handed_in_before_is_settled_like_any_other(stage: Stage) -> None:
    """After an early end it still waits for the employer, who can only accept it, and then is settled."""
    await at_work(stage)
    await hands_in(stage)
    await ends(stage, "ada")
    marta = stage.person("marta")
    await marta.uses("/placement 1")
    work = stage.screen("marta").rpartition("A table of shops · with Acme Maps")[2]
    assert "[Accept]" in work
    assert "[Ask for changes]" not in work.partition("Placement #1")[0]
    await stage.tick(days=8)
    assert stage.screen("marta").count("waits for your review") == 2
    assert stage.rows(select(Milestone.status).order_by(Milestone.id)) == [("settled",), ("open",)]
    assert "it is settled. It has no review yet" in stage.screen("ada")
    await marta.presses("Accept", on="is settled, because")
    assert stage.rows(select(Milestone.status).order_by(Milestone.id)) == [("accepted",), ("open",)]
    assert (
        stage.rows(
            select(timers.c.id).where(timers.c.kind == "placement.reminder", timers.c.state == "pending")
        )
        == []
    )


async def test_changes_cannot_be_asked_for_after_an_end(stage: Stage) -> None:
    """A kept button says so; the work can still be accepted, and its student reads it."""
    await at_work(stage)
    await hands_in(stage)
    await stage.tick(days=1)
    await ends(stage, "ada")
    marta = stage.person("marta")
    await marta.presses("Ask for changes")
    assert "The placement is over, so no changes can be asked for any more." in stage.screen("marta")
    await marta.presses("Accept")
    await stage.tick(days=1)
    assert "Your work was accepted: A table of shops" in stage.screen("ada")


@pytest.mark.soak
async def test_either_side_that_was_ended_tells_its_side(stage: Stage) -> None:
    """It reads until when; only the coordinators read what it writes."""
    await at_work(stage)
    await ends(stage, "ada")
    await stage.tick(days=1)
    marta = stage.person("marta")
    assert "You can tell your side until Mon 23 March 2026. Only the coordinators read it." in stage.screen(
        "marta"
    )
    await marta.presses("Tell my side")
    await marta.fills({"Your message": "I asked for the data twice."})
    assert "I asked for the data twice." in stage.screen("cora")
    assert "I asked for the data twice." not in stage.screen("ada")

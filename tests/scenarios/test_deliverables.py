"""Deliverables: what is done when, due by when, and read by which people, from the post to the placement."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Deliverable, Milestone, Project
from tests.support.actor import Platform
from tests.support.every_stage import STAGES
from tests.support.main_job import PAGE, TITLE, fills_project, is_applied_for, is_decided
from tests.support.projects import posted
from tests.support.stage import Stage

OPEN = "A table of shops (done when it has ten) (after 5 days)"
WANTED = f"{OPEN}\nA plan of the keys (interns only)\nA summary"


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


async def test_deliverables_become_what_an_intern_hands_in_on_any_platform(platform: Platform) -> None:
    """The post shows the open ones; the intern gets all, each with its own date and what counts as done."""
    marta, ada = platform.person("marta"), platform.person("ada")
    await marta.uses("/project post", "spring-26")
    await fills_project(marta, {**PAGE, "Deliverables": WANTED})
    await marta.presses("Publish")
    assert marta.sees(f"{TITLE} is published")
    await ada.presses("Details", on=TITLE)
    assert ada.sees("A table of shops · done when it has ten · due 5 days after the start")
    assert not ada.sees("A plan of the keys")
    await is_applied_for(platform)
    await is_decided(platform)
    assert ada.sees("A plan of the keys")
    rows = platform.rows(select(Milestone.__table__).order_by(Milestone.position))
    assert [row.title for row in rows] == ["A table of shops", "A plan of the keys", "A summary"]
    assert [row.done_when for row in rows] == ["it has ten", "", ""]
    assert rows[0].due_day < rows[1].due_day == rows[2].due_day
    await ada.uses("/placement")
    assert ada.sees("Done when it has ten")


async def _edit(stage: Stage, label: str, answer: str) -> None:
    marta = stage.person("marta")
    await marta.uses("/project edit 1")
    await marta.says(f"edit {label}")
    await marta.says(answer)
    await marta.presses("Save changes")


async def test_an_edit_keeps_what_it_does_not_name(stage: Stage) -> None:
    """The form shows each deliverable with its brackets; a row that stays is the same row."""
    await posted(stage, deliverables=WANTED)
    ids = select(Deliverable.id).order_by(Deliverable.position)
    before = stage.rows(ids)
    await _edit(stage, "title", "A map of shops")
    assert stage.rows(ids) == before
    await _edit(stage, "deliverables", f"{OPEN}\nA summary (by 12 June)")
    rows = stage.rows(select(Deliverable.__table__).order_by(Deliverable.position))
    assert [(row.id, row.title, row.due_on) for row in rows] == [
        (before[0][0], "A table of shops", None),
        (before[2][0], "A summary", date(2026, 6, 12)),
    ]
    (text,) = stage.rows(select(Project.__table__.c.deliverables))
    assert text[0] == f"{OPEN}\nA summary (by 2026-06-12)"  # what the release before this one reads


async def test_brackets_that_are_not_clear_lose_nothing(stage: Stage) -> None:
    """The preview says what cannot be read, nothing is stored, and the answer is still there."""
    await posted(stage)
    await _edit(stage, "deliverables", "A map (after 5 days) (by 12 June)")
    shown = stage.screen("marta")
    assert "“A map (after 5 days) (by 12 June)” says the same thing twice." in shown
    assert [title for (title,) in stage.rows(select(Deliverable.title))] == [
        "A table of shops",
        "A one-page summary",
    ]
    marta = stage.person("marta")
    await marta.says("edit deliverables")
    assert "A map (after 5 days) (by 12 June)" in stage.screen("marta")


async def test_an_offer_counts_what_only_interns_read(stage: Stage) -> None:
    """It says how many deliverables a student reads once they accept, and names none of them."""
    await posted(stage, "ada", deliverables=WANTED)
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    offer = stage.screen("ada")
    assert "One more deliverable is only for interns: you read it when you have accepted." in offer
    assert "A table of shops · done when it has ten · due 5 days after the start" in offer
    assert "A plan of the keys" not in offer
    await stage.person("ada").presses("Accept")
    assert "A plan of the keys" in stage.screen("ada")


async def test_a_new_date_of_a_deliverable_waits_for_the_intern(stage: Stage) -> None:
    """What counts as done and when is part of the terms: it holds once the coordinator and she agree."""
    await posted(stage, "ada", deliverables=OPEN)
    marta, ada, cora = stage.person("marta"), stage.person("ada"), stage.person("cora")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await ada.presses("Accept")
    (before,) = stage.rows(select(Milestone.__table__))
    await _edit(stage, "deliverables", "A table of shops (done when it has twenty) (after 8 days)")
    await cora.uses("/stint tasks")
    await cora.presses("Let them be asked")
    changed = "To hand in, changed: A table of shops · done when it has twenty · due 8 days after the start"
    assert changed in stage.screen("ada")
    assert stage.rows(select(Milestone.__table__)) == [before]
    await ada.presses("Agree")
    await ada.presses("Yes, I agree")
    (after,) = stage.rows(select(Milestone.__table__))
    assert (after.id, after.done_when) == (before.id, "it has twenty")
    assert (after.due_day - before.due_day).days == 3

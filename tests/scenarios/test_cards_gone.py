"""Cards that go: a cohort is taken away or ends, or a card is deleted; and what Apply says then."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.chat.adapter import Refusal
from storage.tables import Announcement, Task
from tests.support.actor import Platform
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, is_posted
from tests.support.projects import posted, publish
from tests.support.stage import Stage


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


async def test_a_cohort_that_is_taken_away_keeps_a_card_that_says_so(platform: Platform) -> None:
    """On every platform its card loses Apply, and comes back with it when the cohort does."""
    await is_posted(platform)
    ada, marta = platform.person("ada"), platform.person("marta")
    await marta.uses(f"/project edit {TITLE}")
    await marta.says("edit cohorts")
    await marta.says("none")
    await marta.presses("Save changes")
    await platform.tick(minutes=1)
    assert ada.sees("This project is no longer for this cohort. Applications that were sent go on.")
    with pytest.raises(LookupError):
        await ada.presses("Apply")
    await marta.uses(f"/project edit {TITLE}")
    await marta.says("edit cohorts")
    await marta.says("all")
    await marta.presses("Save changes")
    await platform.tick(minutes=1)
    assert not ada.sees("This project is no longer for this cohort.")
    await ada.presses("Apply")


async def test_a_cohort_that_ends_says_goodbye_on_any_platform(platform: Platform) -> None:
    """Its cards lose Apply, its channel has a farewell; reopened, they take applications again."""
    await is_posted(platform)
    ada, cora = platform.person("ada"), platform.person("cora")
    await cora.uses("/cohort end Spring 26")
    await cora.presses("End it")
    await platform.tick(minutes=1)
    assert ada.sees("Spring 26 has ended. Thank you for being here!")
    assert ada.sees("This cohort has ended, so you cannot apply here any more.")
    with pytest.raises(LookupError):
        await ada.presses("Apply")
    await cora.presses("Go on with it after all")
    await platform.tick(minutes=1)
    assert not ada.sees("This cohort has ended, so you cannot apply here any more.")
    await ada.presses("Apply")


async def edit_cohorts(stage: Stage, answer: str) -> None:
    """Marta chooses other cohorts for the first project."""
    marta = stage.person("marta")
    await marta.uses("/project edit 1")
    await marta.says("edit cohorts")
    await marta.says(answer)
    await marta.presses("Save changes")


async def test_apply_on_an_old_card_answers_kindly(stage: Stage) -> None:
    """A press that was on its way names the cohort, and begins nothing; other projects are offered."""
    publish(stage)
    publish(stage, title="Another map of repair shops")
    await stage.settle()
    ada = stage.person("ada")
    await edit_cohorts(stage, "none")
    await ada.uses("/apply 1", "spring")
    shown = stage.screen("ada", "spring") + stage.screen("ada")
    assert "is no longer for the cohort Spring 26, so you cannot apply to it here." in shown


@pytest.mark.soak
async def test_digests_read_the_projects_cohorts(stage: Stage) -> None:
    """A project that was taken from a cohort is in no digest of it."""
    publish(stage)
    await edit_cohorts(stage, "none")
    await stage.tick(days=1)
    assert "projects on" not in stage.screen("ada", "spring")


async def test_a_deleted_card_is_posted_again_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next edit finds it gone and posts it again; deleted again it stays so. A coordinator hears it."""

    async def gone(*_to: object, **_rest: object) -> None:
        raise Refusal("message_not_found", lost="target")

    await posted(stage)
    cora = stage.person("cora")
    cards = stage.screen("ada", "spring").count("[Apply]")
    with monkeypatch.context() as deleted:
        deleted.setattr(stage.adapter, "edit", gone)
        await edit_hours(stage, "30")
    assert stage.screen("ada", "spring").count("[Apply]") == cards + 1
    assert "30 h over 2 weeks" in stage.screen("ada", "spring")
    await cora.uses("/stint tasks")
    assert "in the channel of Spring 26 was deleted. I have posted it again." in stage.screen("cora")
    await edit_hours(stage, "35")
    assert "35 h over 2 weeks" in stage.screen("ada", "spring")
    with monkeypatch.context() as deleted:
        deleted.setattr(stage.adapter, "edit", gone)
        await edit_hours(stage, "36")
    assert stage.screen("ada", "spring").count("[Apply]") == cards + 1
    await cora.uses("/stint tasks")
    assert "was deleted again. I leave it so." in stage.screen("cora")
    await edit_hours(stage, "38")
    assert "In one channel the card was deleted" in stage.screen("marta")


async def edit_hours(stage: Stage, hours: str) -> None:
    """Marta changes the hours of the first project."""
    marta = stage.person("marta")
    await marta.uses("/project edit 1")
    await marta.says("edit Estimated hours")
    await marta.says(hours)
    await marta.presses("Save changes")


async def test_a_deleted_card_of_a_closed_project_is_not_posted_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be applied to, so the coordinator only reads that it is gone."""

    async def gone(*_to: object, **_rest: object) -> None:
        raise Refusal("message_not_found", lost="target")

    await posted(stage)
    monkeypatch.setattr(stage.adapter, "edit", gone)
    marta = stage.person("marta")
    before = stage.screen("ada", "spring")
    await marta.uses("/project close 1")
    await marta.presses("Close it")
    assert stage.screen("ada", "spring") == before
    assert [kind for (kind,) in stage.rows(select(Task.kind).where(Task.state == "open"))] == ["card"]
    (made,) = stage.rows(select(Announcement.gone_at))
    assert made[0] is not None

"""Commands typed without what they are about, on every platform: the only one at once, else a choice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Project, Role, SavedProject
from tests.support.actor import Platform
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, is_posted
from tests.support.projects import post
from tests.support.stage import open_stage


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with one project."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        yield opened


async def test_the_only_project_is_the_one_that_is_meant(platform: Platform) -> None:
    """Showing, saving, editing, repeating and closing need no title where there is one project."""
    ada, marta = platform.person("ada"), platform.person("marta")
    before = ada.view().count(TITLE)
    await ada.uses("/project show")
    assert ada.view().count(TITLE) > before
    await ada.uses("/project save")
    assert len(platform.rows(select(SavedProject.id))) == 1
    await ada.uses("/project save")
    assert ada.sees("No project is open to you just now.")
    await marta.uses("/project edit")
    assert marta.sees("Review your answers") or marta.sees("Here is how it will look")
    await marta.uses("/project close")
    await marta.presses("Close it")
    assert platform.rows(select(Project.status)) == [("closed",)]
    await marta.uses("/project close")
    assert marta.sees("You have no project that this can be done with now.")


async def test_several_projects_have_a_button_each(tmp_path: Path) -> None:
    """Those that it can be done with; more than five, and two of one title, are named apart in a list."""
    async with open_stage(tmp_path) as stage:
        marta = stage.person("marta")
        for title in ("Logo refresh", "Market map", "Old map"):
            await post(stage, title=title)
        await marta.uses("/project close Old map")
        await marta.presses("Close it")
        await marta.uses("/project close")
        assert marta.sees("Which project do you mean?")
        with pytest.raises(LookupError):
            await marta.presses("Old map", on="Which project")
        await marta.presses("Market map", on="Which project")
        assert marta.sees("Close Market map?")
        await post(stage, title="Market map")
        await marta.uses("/project close")
        await marta.chooses("Logo refresh")
        assert marta.sees("Close Logo refresh?")


async def test_a_filter_that_cannot_be_read_loses_nothing(platform: Platform) -> None:
    """It says what to type, repeats what was typed, and lists without the filter at a press."""
    ada = platform.person("ada")
    await ada.uses("/project list hours:ten")
    assert ada.sees("No open project fits that.")
    await ada.uses("/project list e-bikes hours:many cohort:winter")
    assert ada.sees("hours:20 shows projects of at most 20 hours")
    assert ada.sees("I know no cohort of that name here.")
    assert ada.sees("You typed: ")
    assert ada.sees("hours:many")
    await ada.presses("List without hours and cohort")
    assert ada.sees("Open projects (1)")
    assert ada.sees(TITLE)


async def test_whose_employer_role_is_chosen_from_a_list(platform: Platform) -> None:
    """Without a person it is asked, and asked once more: what was chosen in a list may be the wrong one."""
    cora = platform.person("cora")
    roles = select(Role.id).where(Role.role == "employer")
    before = len(platform.rows(roles))
    await cora.uses("/employer remove")
    await cora.chooses("Marta Ruiz")
    await cora.presses("Keep it")
    assert cora.sees("Marta Ruiz still posts projects here.")
    assert len(platform.rows(roles)) == before
    await cora.uses("/employer remove")
    await cora.chooses("Marta Ruiz")
    await cora.presses("Take it back")
    assert cora.sees("Marta Ruiz no longer posts projects here.")
    assert len(platform.rows(roles)) == before - 1

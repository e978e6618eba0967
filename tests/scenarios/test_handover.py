"""A project is handed over: in one act, with Undo, and when its owner leaves; every side reads it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from storage.tables import HistoryRow, Person, Project
from tests.support.every_stage import STAGES
from tests.support.projects import posted
from tests.support.stage import open_stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform; ada has applied to marta's project, and ben is an owner of the company too."""
    async with STAGES[request.param](tmp_path) as stage:
        opened: AnyStage = stage
        await posted(opened, "ada")
        await opened.person("marta").uses("/employer invite @ben")
        yield opened


def owner(platform: AnyStage) -> str:
    """The name of the project's owner."""
    query = select(Person.name).join(Project, Project.owner_id == Person.id)
    return next((name for (name,) in platform.rows(query)), "")


async def test_a_project_is_handed_over_in_one_act(platform: AnyStage) -> None:
    """The student, the colleague and the person who hands over read who it is; the history has the change."""
    marta, ben, ada = (platform.person(each) for each in ("marta", "ben", "ada"))
    await marta.uses("/project handover @ben")
    assert marta.sees("looks after Market map of repair shops now.")
    assert owner(platform) == "Ben Castillo"
    await platform.tick(days=1)
    assert ben.sees("handed Market map of repair shops · Acme Maps over to you")
    assert ben.sees("Applicants to answer: 1 · at work: 0")
    assert ada.sees("Ben Castillo looks after Market map of repair shops for Acme Maps now.")
    changed = select(HistoryRow.id).where(HistoryRow.what == "owner")
    assert len(platform.rows(changed)) == 1
    await marta.uses("/project handover @ben")
    assert marta.sees("Ben Castillo looks after Market map of repair shops already.")


async def test_undone_before_a_student_has_read_it_nothing_is_said(platform: AnyStage) -> None:
    """Undo gives it back; the student reads neither, and the colleague that it is not theirs."""
    marta, ben, ada = (platform.person(each) for each in ("marta", "ben", "ada"))
    await marta.uses("/project show 1")
    await marta.presses("Hand it over")
    assert marta.sees("Who looks after Market map of repair shops from now on?")
    await marta.chooses("Ben Castillo")
    await marta.presses("Undo")
    assert marta.sees("Undone: Marta Ruiz looks after Market map of repair shops again.")
    assert owner(platform) == "Marta Ruiz"
    await platform.tick(days=1)
    assert ben.sees("You need not do anything more for it.")
    assert not ada.sees("looks after Market map of repair shops for Acme Maps now")


async def test_waiting_news_goes_to_the_new_owner(platform: AnyStage) -> None:
    """What waited for the daily message of the owner before is the new owner's news."""
    marta, ben, ada = (platform.person(each) for each in ("marta", "ben", "ada"))
    await ada.uses("/applications")
    await ada.presses("Withdraw")
    await ada.presses("Withdraw it")
    await marta.uses("/project handover @ben")
    await platform.tick(days=1)
    assert ben.sees("withdrew") or ben.sees("withdrawn")
    assert not marta.sees("Ada Okafor withdrew")


async def test_a_project_goes_to_a_deciding_colleague_only(platform: AnyStage) -> None:
    """A reviewer, and a person of another company, are refused with what to do first."""
    marta, cora = platform.person("marta"), platform.person("cora")
    await marta.uses("/project handover @jo")
    assert marta.sees("Jo Park does not work for Acme Maps here.")
    await marta.uses("/employer part @ben part:reviewer")
    await marta.uses("/project handover @ben")
    assert marta.sees("Ben Castillo reviews the work for Acme Maps. Make them an owner first")
    await marta.uses("/project handover")
    assert marta.sees("Acme Maps has no one else here who could look after")
    await platform.person("ben").uses("/project handover @marta")
    assert platform.person("ben").sees("its owners decide this")
    await marta.uses("/employer part @ben part:owner")
    await cora.uses("/project handover @ben")
    await platform.tick(days=1)
    assert marta.sees("now. You need not do anything more for it.")


async def test_who_is_removed_and_who_takes_over_both_read_it(platform: AnyStage) -> None:
    """The colleague takes over what was posted, the student reads it, and the person reads what follows."""
    marta, ben, ada, cora = (platform.person(each) for each in ("marta", "ben", "ada", "cora"))
    await cora.uses("/employer remove @marta")
    assert cora.sees("looks after it now.")
    assert owner(platform) == "Ben Castillo"
    await platform.tick(days=1)
    assert marta.sees("You no longer post projects in")
    assert marta.sees("looks after your projects now.")
    assert ben.sees("is yours to look after now: the person who did it is not here any more.")
    assert ada.sees("Ben Castillo looks after Market map of repair shops for Acme Maps now.")


async def test_without_a_colleague_a_coordinator_is_asked(platform: AnyStage) -> None:
    """The task names what waits, the student reads who looks after it, and so does the person who goes."""
    marta, ada, cora = (platform.person(each) for each in ("marta", "ada", "cora"))
    await cora.uses("/employer remove @ben")
    await cora.uses("/employer remove @marta")
    await platform.tick(days=1)
    assert marta.sees("The coordinators look after your projects now.")
    assert ada.sees("so the coordinators do")
    await cora.uses("/stint tasks")
    assert cora.sees("Market map of repair shops · Acme Maps has no owner now.")
    await cora.presses("I look after it")
    assert owner(platform) == "Cora Lindqvist"


@pytest.mark.soak
async def test_who_is_forgotten_reads_before_who_takes_over(platform: AnyStage) -> None:
    """Forget me says who looks after the projects, and then that colleague does."""
    marta, ben = platform.person("marta"), platform.person("ben")
    await marta.uses("/profile")
    await marta.presses("Forget me")
    assert marta.sees("then looks after your project; its students read so.")
    await marta.presses("Yes, forget me")
    assert owner(platform) == "Ben Castillo"
    await platform.tick(days=1)
    assert ben.sees("is yours to look after now")


async def test_forgetting_without_a_colleague_leaves_it_to_the_coordinators(tmp_path: Path) -> None:
    """The person reads so before, and the coordinators have a task."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada")
        marta, cora = stage.person("marta"), stage.person("cora")
        await marta.uses("/profile")
        await marta.presses("Forget me")
        assert marta.sees("The project you look after waits for a coordinator then; its students read so.")
        await marta.presses("Yes, forget me")
        assert owner(stage) == ""
        await cora.uses("/stint tasks")
        assert cora.sees("has no owner now.")


@pytest.mark.soak
async def test_who_leaves_the_space_is_followed_by_a_colleague(tmp_path: Path) -> None:
    """A colleague takes over and reads so; without one the project stays, and the students read who helps."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada")
        marta, ben, ada = stage.person("marta"), stage.person("ben"), stage.person("ada")
        await marta.uses("/employer invite @ben")
        await marta.leaves("spring")
        assert owner(stage) == "Ben Castillo"
        await ben.leaves("spring")
        assert owner(stage) == "Ben Castillo"
        await stage.tick(days=1)
        assert ada.sees("No one at Acme Maps looks after Market map of repair shops just now")

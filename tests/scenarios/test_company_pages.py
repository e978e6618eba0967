"""The page of a company on every platform: what it says, who verified it, and its record of answers."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from bot.programme.core import history
from storage.database import UnitOfWork
from storage.tables import Application, Company, Person, Project, Task
from tests.support.every_stage import STAGES
from tests.support.projects import make_coordinator, post, posted, turn_of
from tests.support.stage import Stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

PAGE = {
    "What it does": "We rent e-bikes in three cities.",
    "Website": "https://acme.example",
    "Place": "Leeds",
}
UNVERIFIED = "Verified: not yet"


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, with a project of Acme Maps."""
    async with STAGES[request.param](tmp_path) as opened:
        stage: AnyStage = opened
        await post(stage)
        yield stage


@pytest.mark.soak
async def test_an_owner_writes_the_page_and_a_coordinator_verifies_it(platform: AnyStage) -> None:
    """Students read it from the project's Details, with who verified it."""
    marta, cora, ada = (platform.person(each) for each in ("marta", "cora", "ada"))
    await marta.uses("/employer show")
    assert marta.sees("The company has not said yet what it does.")
    await marta.presses("Edit")
    await marta.fills(PAGE)
    assert marta.sees("We rent e-bikes in three cities.")
    await ada.uses("/project show 1")
    await ada.presses("The company")
    assert ada.sees("We rent e-bikes in three cities.")
    assert ada.sees("not yet")
    with pytest.raises(LookupError):
        await ada.presses("Verify it")
    await cora.uses("/employer show Acme Maps")
    await cora.presses("Verify it")
    assert cora.sees("Acme Maps is verified. Its page says that you verified it.")
    await ada.uses("/employer show acme maps")
    assert ada.sees("Cora Lindqvist")
    assert platform.rows(select(Task.state).where(Task.kind == "verify")) == [("done",)]


def sent(work: UnitOfWork, project: int) -> None:
    """The applications to a project are in the history as sent."""
    turn = turn_of(work, "ada")
    for each in work.session.scalars(select(Application).where(Application.project_id == project)):
        history.record(turn, each, history.BIRTH, None, "submitted")


async def test_five_answers_are_a_record_on_the_page(platform: AnyStage) -> None:
    """Four applicants have an answer and the page says nothing of them; with the fifth it is a record."""
    marta, ada, cora = (platform.person(each) for each in ("marta", "ada", "cora"))
    for number, applicants in enumerate((("ada", "ben", "chi"), ("ada", "ben")), start=2):
        await posted(platform, *applicants, title=f"Map {number}")
        platform.database.transact_inline(partial(sent, project=number))
        await ada.uses("/employer show Acme Maps")
        assert not ada.sees("of the last year had an answer")
        await marta.uses(f"/applicants {number}")
        await marta.presses("Not this time for the rest")
        await marta.presses(f"The other {len(applicants)}")
        await marta.fills({"Reason": "Hours or dates do not fit"})
        await platform.tick(minutes=3)
    await cora.uses("/project show 2")
    await cora.presses("The company")
    assert cora.sees("All 5 applicants of the last year had an answer in time, half of them within 1 day.")
    await marta.uses("/project show 2")
    await marta.presses("The company")
    assert marta.sees("All 5 applicants of the last year had an answer in time")


@pytest.mark.soak
async def test_a_record_outlives_the_people_it_is_counted_from(stage: Stage) -> None:
    """A project that is handed over and people who are forgotten take none of the answers along."""
    cora, marta, ada = (stage.person(each) for each in ("cora", "marta", "ada"))
    await posted(stage, "ada", "ben", "chi", "jo", "cora")
    stage.database.transact_inline(partial(sent, project=1))
    await marta.uses("/applicants 1")
    await marta.presses("Not this time for the rest")
    await marta.presses("The other 5")
    await marta.fills({"Reason": "Hours or dates do not fit"})
    await stage.tick(hours=5)
    await cora.uses("/employer show Acme Maps")
    await cora.presses("Verify it")
    await cora.uses('/employer invite @ben company:"Acme Maps"')
    await stage.person("ben").uses("/stint help")
    await marta.uses("/project handover @ben")
    owner = select(Person.name).join(Project, Project.owner_id == Person.id)
    assert stage.rows(owner) == [("Ben Castillo",)]
    for each in (ada, marta):
        await each.uses("/profile")
        await each.presses("Forget me")
        await each.presses("Yes, forget me")
    await cora.uses("/employer show Acme Maps")
    shown = stage.screen("cora").rpartition("bot: ")[2]
    assert "All 5 applicants of the last year had an answer in time, half of them within 1 day." in shown
    assert "Verified: by Cora Lindqvist on Mon 9 March" in shown


async def test_a_verification_is_taken_back_and_is_in_the_history(platform: AnyStage) -> None:
    """Both taps are rows of the company's history, which coordinators read."""
    cora = platform.person("cora")
    await cora.uses("/employer show Acme Maps")
    await cora.presses("Verify it")
    await cora.presses("Verified no more")
    assert cora.sees("Acme Maps is not verified any more.")
    verified = select(Company.name).where(
        Company.verified_by_id.is_not(None) | Company.verified_at.is_not(None)
    )
    assert platform.rows(verified) == []
    ((number,),) = platform.rows(select(Company.id).where(Company.name == "Acme Maps"))
    await cora.uses(f"/stint history company {number}")
    assert cora.sees("The company was verified. (you)")
    assert cora.sees("The company is not verified any more. (you)")


async def test_another_website_is_verified_again(stage: Stage) -> None:
    """What the coordinator looked at is different, so a task asks again; a new description needs none."""
    await post(stage)
    marta, cora = stage.person("marta"), stage.person("cora")
    await marta.uses("/employer show")
    await marta.presses("Edit")
    await marta.fills(PAGE)
    await cora.uses("/stint tasks")
    assert "Acme Maps has written its page." in stage.screen("cora")
    await cora.presses("Verify it")
    await marta.uses("/employer show")
    await marta.presses("Edit")
    await marta.fills({**PAGE, "What it does": "We rent and mend e-bikes."})
    assert UNVERIFIED not in stage.screen("marta").rpartition("We rent and mend")[2]
    await marta.presses("Edit")
    await marta.fills({**PAGE, "Website": "https://acme-bikes.example"})
    assert UNVERIFIED in stage.screen("marta").rpartition("acme-bikes")[2]
    await cora.uses("/stint tasks")
    assert "Acme Maps has written its page." in stage.screen("cora").rpartition("is verified")[2]


async def test_a_coordinator_verifies_no_company_of_their_own(stage: Stage) -> None:
    """An owner who is a coordinator too needs another one, and has no button for it."""
    make_coordinator(stage, "marta")
    marta = stage.person("marta")
    await marta.uses("/employer show")
    assert "[Verify it]" not in stage.screen("marta")
    await marta.presses("Edit")
    await marta.fills(PAGE)
    await marta.uses("/stint tasks")
    await marta.presses("Verify it")
    assert "You work for Acme Maps, so another coordinator has to verify it." in stage.screen("marta")
    assert stage.rows(select(Company.name).where(Company.verified_at.is_not(None))) == []


async def test_a_reviewer_does_not_edit_the_page(stage: Stage) -> None:
    """Who decides for a company says what it does; an old button is refused."""
    marta, cora = stage.person("marta"), stage.person("cora")
    await marta.uses("/employer show")
    await cora.uses("/employer part @marta part:reviewer")
    await marta.presses("Edit")
    assert "The owners of a company, and the coordinators, edit its page." in stage.screen("marta")
    await marta.uses("/employer show")
    assert "[Edit]" not in stage.screen("marta").rpartition("Verified:")[2]


async def test_students_read_only_of_companies_whose_projects_they_read(stage: Stage) -> None:
    """A company without a published project is answered like one that does not exist."""
    ada, cora, marta = stage.person("ada"), stage.person("cora"), stage.person("marta")
    await ada.uses("/employer show Acme Maps")
    assert "I find no company by that name here that you could read of." in stage.screen("ada")
    await ada.uses("/employer show")
    assert "Which company? Add its name, like this: /employer show Acme Maps." in stage.screen("ada")
    await marta.uses("/employer show Nimbus")
    assert "I find no company by that name here" in stage.screen("marta")
    await cora.uses("/employer show Acme Maps")
    assert UNVERIFIED in stage.screen("cora")


async def test_a_forgotten_coordinator_is_named_no_more(stage: Stage) -> None:
    """That the company was verified stays, without who did it."""
    await post(stage)
    make_coordinator(stage, "ben")
    ben, ada = stage.person("ben"), stage.person("ada")
    await ben.uses("/employer show Acme Maps")
    await ben.presses("Verify it")
    await ben.uses("/profile")
    await ben.presses("Show my data")
    assert "Companies you verified" in stage.screen("ben")
    await ben.uses("/profile")
    await ben.presses("Forget me")
    await ben.presses("Yes, forget me")
    await ada.uses("/employer show Acme Maps")
    shown = stage.screen("ada").rpartition("bot: ")[2]
    assert "Verified: on Mon 9 March" in shown
    assert "Ben" not in shown

"""People of a company and their parts, on every platform: owner, reviewer, stand-in."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from storage.database import UnitOfWork
from storage.tables import Application, Company, Milestone, Person, Placement, Project, Role
from tests.support.every_stage import STAGES
from tests.support.projects import posted, publish, turn_of
from tests.support.stage import open_stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform; marta is the owner of Acme Maps, and ada applied to its project."""
    async with STAGES[request.param](tmp_path) as stage:
        opened: AnyStage = stage
        await posted(opened, "ada")
        yield opened


def parts(platform: AnyStage) -> dict[str, str]:
    """The parts of Acme Maps' people, by name."""
    query = select(Person.name, Person.company_part).join(Company, Company.id == Person.company_id)
    query = query.join(Role, (Role.person_id == Person.id) & (Role.role == "employer"))
    found = platform.rows(query.where(Company.name == "Acme Maps"))
    return dict(found)


async def test_an_owner_invites_a_reviewer_who_shortlists_and_decides_nothing(platform: AnyStage) -> None:
    """The owner needs no coordinator; the reviewer reads applicants, and is refused what an owner decides."""
    marta, ben = platform.person("marta"), platform.person("ben")
    await marta.uses("/employer invite @ben part:reviewer")
    assert marta.sees("Ben Castillo for Acme Maps: reviewer")
    await platform.tick(hours=10)
    assert ben.sees("invites you to review applications and work")
    assert parts(platform) == {"Marta Ruiz": "owner", "Ben Castillo": "reviewer"}
    await ben.uses("/applicants")
    await ben.presses("Read one by one")
    await ben.presses("Shortlist")
    assert platform.rows(select(Application.status)) == [("shortlisted",)]
    with pytest.raises(LookupError):
        await ben.presses("Make an offer")
    await ben.uses("/project close")
    assert ben.sees("You review work and applications for Acme Maps; its owners decide this.")
    await ben.uses("/project post")
    assert platform.rows(select(Project.status)) == [("open",)]
    await ben.uses("/employer invite @chi")
    assert ben.sees("You review the work for Acme Maps; its owners decide this.")
    await ben.uses("/employer list")
    assert ben.sees("Reviewing: Ben Castillo")
    assert ben.sees("The owners invite colleagues and change parts.")


async def test_work_goes_to_the_reviewer_who_accepts_it(platform: AnyStage) -> None:
    """What is handed in is the reviewer's news and not the owner's, and their Accept counts."""
    marta, ben, ada = (platform.person(each) for each in ("marta", "ben", "ada"))
    await marta.uses("/employer invite @ben part:reviewer")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    await ada.presses("Accept")
    await platform.tick(days=1)
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. A table of shops")
    await ada.fills({"About the work": "The table of forty shops"})
    await platform.tick(days=1)
    assert ben.sees("The table of forty shops")
    assert not marta.sees("The table of forty shops")
    await ben.presses("Accept")
    assert platform.rows(select(Milestone.status).where(Milestone.position == 1)) == [("accepted",)]
    await ben.uses("/placement")
    with pytest.raises(LookupError):
        await ben.presses("End it early")
    assert platform.rows(select(Placement.status)) == [("active",)]


async def test_a_colleague_reads_the_history_and_finds_the_projects_of_the_company(
    platform: AnyStage,
) -> None:
    """What happens while a reviewer is there is theirs to read, and help names the applicants that wait."""
    marta, ben, chi = (platform.person(each) for each in ("marta", "ben", "chi"))
    await marta.uses("/employer invite @ben part:reviewer")
    await ben.says("hello")
    assert ben.sees("One applicant waits for your answer:")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Shortlist")
    await ben.uses("/stint history application 1")
    assert ben.sees("The application was put on the shortlist. (Marta Ruiz)")
    await chi.uses("/stint history application 1")
    assert chi.sees("I find no history by that name that you could read.")


async def test_a_part_is_changed_and_changed_back(platform: AnyStage) -> None:
    """`/employer part` asks which, both sides read it, and Undo gives the part before."""
    marta, ben = platform.person("marta"), platform.person("ben")
    await marta.uses("/employer invite @ben part:reviewer")
    await marta.uses("/employer part @ben")
    assert marta.sees("Which part does Ben Castillo have for Acme Maps? Now: reviewer")
    await marta.presses("Stand-in: acts while no owner is here")
    assert marta.sees("Ben Castillo is there for Acme Maps now: stand-in")
    await platform.tick(hours=10)
    assert ben.sees("gave you another part for Acme Maps: stand-in")
    assert ben.sees("A stand-in may do what an owner does, and is asked while no owner is here.")
    await marta.uses("/employer list")
    assert marta.sees("Standing in: Ben Castillo")
    await marta.presses("Undo")
    assert parts(platform)["Ben Castillo"] == "reviewer"
    await marta.uses("/employer part @ben part:reviewer")
    assert marta.sees("Ben Castillo has that part already: reviewer")


async def test_a_stand_in_is_asked_when_the_owner_has_left(tmp_path: Path) -> None:
    """A project goes on with a stand-in, who reads its applications and decides on them."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada")
        marta, ben = stage.person("marta"), stage.person("ben")
        await marta.uses("/employer invite @ben part:stand_in")
        await stage.tick(hours=10)
        assert ben.sees("A stand-in may do what an owner does")
        await marta.leaves("spring")
        await ben.uses("/applicants")
        await ben.presses("Read one by one")
        await ben.presses("Make an offer")
        assert ben.sees("goes to Ada Okafor")


async def test_an_owner_invites_and_removes_in_their_own_company_only(platform: AnyStage) -> None:
    """Another company, its people, and applicants of their own are refused, with the reason."""
    marta, jo = platform.person("marta"), platform.person("jo")
    await marta.uses('/employer invite @ben company:"Birch Labs"')
    assert marta.sees("You invite people for Acme Maps.")
    await marta.uses("/employer invite @jo")
    assert marta.sees("Is there for another company.")
    await marta.uses("/employer invite @ada")
    assert marta.sees("Has applied to a project of yours.")
    await marta.uses("/employer part @jo part:reviewer")
    assert marta.sees("Jo Park does not work for Acme Maps here.")
    await marta.uses("/employer part @chi part:reviewer")
    await marta.uses("/employer remove @jo")
    assert parts(platform) == {"Marta Ruiz": "owner"}
    await platform.person("cora").uses("/employer part @chi part:reviewer")
    assert platform.person("cora").sees("Chi Nakamura works for no company here.")
    await jo.uses("/employer list")
    assert jo.sees("Birch Labs: Jo Park")
    assert not jo.sees("Acme Maps: Marta Ruiz")


async def test_an_owner_invites_by_form_and_takes_it_back(platform: AnyStage) -> None:
    """Without a name a form asks for the colleague and the part; remove asks whose role is meant."""
    marta = platform.person("marta")
    await marta.uses("/employer invite")
    await marta.fills({"Person": "@ben", "Part": "Reviewer: reads applications, reviews work"})
    assert parts(platform)["Ben Castillo"] == "reviewer"
    await marta.uses("/employer remove")
    await marta.chooses("Ben Castillo")
    await marta.presses("Take it back")
    assert marta.sees("Ben Castillo no longer posts projects here.")
    assert parts(platform) == {"Marta Ruiz": "owner"}


async def test_an_employer_of_no_company_is_sent_to_a_coordinator(tmp_path: Path) -> None:
    """List and invitation say which person can help."""

    def without_company(work: UnitOfWork) -> None:
        turn_of(work, "marta").person.company_id = None

    async with open_stage(tmp_path) as stage:
        stage.database.transact_inline(without_company)
        marta = stage.person("marta")
        for typed in ("/employer list", "/employer invite @ben"):
            await marta.uses(typed)
            assert marta.sees("You are of no company here yet. Ask Cora Lindqvist to invite you.")


async def test_a_company_without_owners_is_listed_so(tmp_path: Path) -> None:
    """In a company with reviewers only, no person decides: its projects are the coordinators'."""
    async with open_stage(tmp_path) as stage:
        publish(stage)
        cora = stage.person("cora")
        await cora.uses("/employer invite @ben company:Acme Maps part:reviewer")
        await cora.uses("/employer remove @marta")
        await cora.uses("/employer list")
        assert cora.sees("Acme Maps: no owner")
        await stage.person("ben").uses("/project show 1")
        with pytest.raises(LookupError):
            await stage.person("ben").presses("I look after it")

"""A space that joins as one company's: its people act there for it, and reach nothing of the programme."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from sqlalchemy import select, update

from adapters.terminal.workspace import PLATFORM
from bot.chat.events import Place, Suggest
from bot.programme import ROUTES
from storage.database import UnitOfWork
from storage.tables import (
    Application,
    Channel,
    Company,
    Person,
    Placement,
    Programme,
    Project,
    Role,
    Space,
    Task,
)
from tests.support.every_stage import STAGES
from tests.support.main_job import fills_project
from tests.support.platform_events import tell_button
from tests.support.projects import posted, publish
from tests.support.stage import Stage, open_stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

CHANNELS: Final = {"terminal": "spring", "slack by socket": "spring-26", "discord": "spring"}
OTHERS: Final = "Sewing patterns for a library"


def is_of_acme(platform: AnyStage) -> None:
    """Make the space the own one of Acme Maps, as if the programme had begun elsewhere."""

    def turn(work: UnitOfWork) -> None:
        acme = work.session.scalars(select(Company.id).where(Company.name == "Acme Maps")).one()
        work.session.execute(update(Space).values(company_id=acme))

    platform.database.transact_inline(turn)


def post_of_birch(platform: AnyStage) -> int:
    """Publish a project of another company, of no cohort in particular; return its id."""
    return publish(platform, "jo", title=OTHERS, cohorts=[])


@pytest.fixture(params=list(CHANNELS))
async def there(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[AnyStage, str]]:
    """Each platform with a channel of Acme Maps' own space; Ada has applied to its project."""
    async with STAGES[request.param](tmp_path) as stage:
        opened: AnyStage = stage
        await posted(opened, "ada")
        post_of_birch(opened)
        is_of_acme(opened)
        yield opened, CHANNELS[request.param]


async def test_its_people_decide_and_check_in_there(there: tuple[AnyStage, str]) -> None:
    """The company's people read applicants and make an offer where they are, and answer the check-in."""
    platform, channel = there
    marta = platform.person("marta")
    await marta.uses("/applicants", channel)
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    await platform.person("ada").presses("Accept")
    assert platform.rows(select(Placement.status)) == [("active",)]
    await platform.tick(days=28, hours=8)
    await marta.presses("On track")
    assert marta.sees("on track")
    await marta.uses("/employer invite @ben part:reviewer", channel)
    assert marta.sees("Ben Castillo for Acme Maps: reviewer")


async def test_its_people_post_there_and_read_applicants_in_direct_messages(
    there: tuple[AnyStage, str],
) -> None:
    """A post begun in the space is the company's; a direct message gives its people no more rights."""
    platform, channel = there
    marta = platform.person("marta")
    await marta.uses("/project post", channel)
    await fills_project(marta)
    await marta.presses("Publish")
    posts = select(Company.name, Project.status).join(Company, Company.id == Project.company_id)
    assert platform.rows(posts.order_by(Project.id.desc()))[0] == ("Acme Maps", "open")
    await marta.uses("/applicants 1")
    assert marta.sees("Ada Okafor")
    await marta.uses("/stint tasks")
    assert marta.sees("is for coordinators")
    await marta.uses("/project close 2")
    assert platform.rows(select(Project.status).where(Project.title == OTHERS)) == [("open",)]


async def test_nothing_of_others_is_seen_there(there: tuple[AnyStage, str]) -> None:
    """A coordinator, a student and the people of another company have no role there, and find only Acme's."""
    platform, channel = there
    cora, ada, jo, marta = (platform.person(each) for each in ("cora", "ada", "jo", "marta"))
    for typed in (
        "/stint tasks",
        "/stint settings",
        "/cohort create",
        "/mentor @jo",
        "/stint coordinator @jo",
    ):
        await cora.uses(typed, channel)
        assert cora.sees("is for coordinators")
    await jo.uses("/applicants", channel)
    assert jo.sees("is for coordinators and employers")
    for each in (cora, ada, jo, marta):
        await each.uses("/project list", channel)
        assert each.sees("Market map of repair shops")
        assert not each.sees(OTHERS)
    assert platform.rows(select(Role.id).where(Role.role == "coordinator").join(Person))


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """The terminal, where Dee manages the space `east`."""
    async with open_stage(tmp_path) as opened:
        opened.world.add_channel("hall", "hall", space="east")
        opened.world.add_account("dee", "Dee Newcomer", "Europe/London", frozenset({"manage"}))
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


async def joins(stage: Stage) -> None:
    """Cora makes a code for Acme Maps, and Dee joins her space with it."""
    cora, dee = stage.person("cora"), stage.person("dee")
    await cora.uses("/stint connect acme maps", "spring")
    assert cora.sees("This code lets one other space join Riverside as the own one of Acme Maps:")
    assert cora.sees("owns Acme Maps here, and nothing more. No cohort is announced there")
    [code] = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", stage.screen("cora", "spring"))
    await dee.uses("/stint setup", "hall")
    await dee.presses("Join one that exists")
    await dee.fills({"Code": code})


async def test_the_person_who_joins_owns_the_company_and_nothing_more(stage: Stage) -> None:
    """No coordinator is asked about them; the coordinators read whose the space is."""
    await joins(stage)
    cora, dee = stage.person("cora"), stage.person("dee")
    assert dee.sees("This space is the own one of Acme Maps in Riverside now, and you own the company here.")
    roles = select(Role.role).join(Person, Person.id == Role.person_id).where(Person.name == "Dee Newcomer")
    assert stage.rows(roles) == [("employer",)]
    part: Any = select(Company.name, Person.company_part).join(Company, Company.id == Person.company_id)
    assert stage.rows(part.where(Person.name == "Dee Newcomer")) == [("Acme Maps", "owner")]
    assert stage.rows(select(Task.id)) == []
    assert cora.sees(" as the own one of Acme Maps, with a code of ours, and owns that company here.")
    await dee.uses("/stint setup", "hall")
    assert dee.sees("/stint setup is for coordinators.")
    await dee.uses("/stint coordinator @dee", "hall")
    assert dee.sees("/stint coordinator is for coordinators.")
    await cora.uses("/stint setup", "spring")
    assert cora.sees("the own one of Acme Maps")
    await dee.uses("/employer list", "hall")
    assert dee.sees("Acme Maps")
    assert not dee.sees("Birch Labs")


@pytest.mark.soak
async def test_an_admin_there_takes_up_no_programme_without_coordinators(stage: Stage) -> None:
    """In a space of the programme they could: to manage a company's own space gives nothing."""
    await joins(stage)

    def leave(work: UnitOfWork) -> None:
        for role in work.session.scalars(select(Role).where(Role.role == "coordinator")):
            work.session.delete(role)

    stage.database.transact_inline(leave)
    await stage.person("dee").uses("/stint coordinator @dee", "hall")
    assert stage.rows(select(Role.id).where(Role.role == "coordinator")) == []


async def test_no_cohort_and_no_task_is_announced_there(stage: Stage) -> None:
    """Neither by a coordinator who is there, nor from elsewhere by its name."""
    await joins(stage)
    cora = stage.person("cora")
    await cora.uses("/cohort channel Spring 26", "hall")
    assert cora.sees("/cohort channel is for coordinators.")
    before = stage.rows(select(Channel.place))
    for typed in ("/cohort channel cohort:Spring channel:#hall", "/stint settings #hall"):
        await cora.uses(typed, "spring")
        assert cora.sees("That space is a company's own: no cohort is announced there")
    for button in ("setup-channel:1", "setup-check:1", "settings-staff", "coordinator-yes:1", "task-page:0"):
        await tell_button(stage, "dee", button)
    assert stage.rows(select(Channel.place)) == before
    assert stage.rows(select(Programme.staff_place)) == [(None,)]


async def test_no_command_of_the_coordinators_is_for_anyone_there(stage: Stage) -> None:
    """Each of them is refused, to a coordinator of the programme as well, who has it everywhere else."""
    await joins(stage)
    cora = stage.person("cora")
    specs = [spec for spec in ROUTES.specs if spec.allowed == {"coordinator"}]
    assert len(specs) > 8
    for spec in specs:
        before = stage.screen("cora", "hall").count("is for coordinators.")
        await cora.uses(spec.name, "hall")
        assert stage.screen("cora", "hall").count("is for coordinators.") == before + 1, spec.name


async def test_what_is_of_others_is_not_found_by_its_number(stage: Stage) -> None:
    """Ids in buttons and options lead to nothing of another company; completion names none of them."""
    await joins(stage)
    post_of_birch(stage)
    dee = stage.person("dee")
    await dee.uses("/project list", "hall")
    assert not dee.sees(OTHERS)
    await dee.uses("/stint history project 1", "hall")
    assert dee.sees("I find no history by that name")
    for path, option in ((("project", "list"), "company"), (("project", "list"), "field")):
        event = Suggest(
            id=f"s:{option}",
            at=stage.clock.now(),
            actor=stage.world.user("dee"),
            place=Place(PLATFORM, "east", "hall"),
            path=path,
            option=option,
            typed="",
        )
        assert (await stage.runtime.receive(event)).options == ()
    assert stage.rows(select(Application.id)) == []
    assert stage.rows(select(Project.title)) == [(OTHERS,)]


async def test_a_code_for_a_company_that_is_not_there_is_refused(stage: Stage) -> None:
    """A name that fits no company makes no code."""
    cora = stage.person("cora")
    await cora.uses("/stint connect nothing of the kind", "spring")
    assert cora.sees("I know no company by that name. /employer list shows the companies.")


@pytest.mark.parametrize("others", [0, 1])
async def test_a_direct_message_of_who_is_only_in_a_company_s_server(tmp_path: Path, others: int) -> None:
    """On Discord it names no server: whose servers are all companies' own shows nothing of others there."""
    async with STAGES["discord"](tmp_path) as opened:
        stage: AnyStage = opened
        await posted(stage, "ada")
        post_of_birch(stage)
        is_of_acme(stage)
        if others:
            stage.database.transact_inline(has_a_space_of_birch)
        zoe, marta, ada, jo = (
            stage.person(each) for each in (stage.people.joins("zoe"), "marta", "ada", "jo")
        )
        for typed in ("/project list", "/project show 2", "/employer show Birch Labs", "/apply 2"):
            await zoe.uses(typed)
        await zoe.says("hello")
        assert zoe.sees("Here is what you can do now.")
        assert not zoe.sees(OTHERS)
        assert not zoe.sees("Birch Labs")
        assert zoe.sees("Open projects (1)") is not bool(others)
        await marta.uses("/project list")
        assert not marta.sees(OTHERS)
        await marta.uses("/applicants 1")
        assert marta.sees("Ada Okafor")
        for known in (ada, jo):
            await known.uses("/project list")
            assert known.sees(OTHERS)


async def test_a_direct_message_is_the_programme_s_where_it_has_a_server(tmp_path: Path) -> None:
    """A person can then come from there, and finds what every person finds."""
    async with STAGES["discord"](tmp_path) as opened:
        stage: AnyStage = opened
        await posted(stage, "ada")
        post_of_birch(stage)
        zoe = stage.person(stage.people.joins("zoe"))
        await zoe.uses("/project list")
        assert zoe.sees(OTHERS)


def has_a_space_of_birch(work: UnitOfWork) -> None:
    """Another server of the programme is the own one of Birch Labs."""
    birch = work.session.scalars(select(Company.id).where(Company.name == "Birch Labs")).one()
    first = work.session.scalars(select(Space)).one()
    space = Space(
        programme_id=first.programme_id,
        platform=first.platform,
        external_id="77",
        company_id=birch,
        state="active",
        created_at=first.created_at,
    )
    work.session.add(space)
    work.session.flush()

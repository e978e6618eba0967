"""Inviting employers: one, several, from pasted rows, and taking the role back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage.tables import Company, Person, Role
from tests.support.projects import post
from tests.support.stage import Stage, open_stage


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage with two people who are new to the programme."""
    async with open_stage(tmp_path) as opened:
        opened.world.add_account("dan", "Dan Novak", "Europe/Prague", frozenset())
        opened.world.add_account("eve", "Eve Stone", "", frozenset())
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


def employers(stage: Stage) -> dict[str, str]:
    """Who posts projects for which company, by name."""
    companies = {row.id: row.name for row in stage.rows(select(Company))}
    held = {row.person_id for row in stage.rows(select(Role).where(Role.role == "employer"))}
    return {row.name: companies[row.company_id] for row in stage.rows(select(Person)) if row.id in held}


@pytest.mark.soak
async def test_one_employer_is_invited_and_reads_what_to_do_next(stage: Stage) -> None:
    """The invited person reads who invites them, to what, for which company, and posts with one press."""
    await stage.person("cora").uses('/employer invite @dan company:"Novak & Sons"')
    screen = stage.screen("dan")
    assert "Cora Lindqvist invites you" in screen
    assert "Novak & Sons" in screen
    dan = stage.person("dan")
    await dan.presses("Post a project")
    await dan.uses("/profile")
    assert "Company: Novak & Sons" in stage.screen("dan")
    assert employers(stage)["Dan Novak"] == "Novak & Sons"


async def test_several_at_once_for_one_company(stage: Stage) -> None:
    """Two people in one line; a company is the same whatever its capitals, and needs no quotes."""
    await stage.person("cora").uses("/employer invite @dan @eve company:acme maps")
    assert "Invited:\n- Dan Novak for Acme Maps\n- Eve Stone for Acme Maps" in stage.screen("cora")
    assert set(employers(stage).values()) == {"Acme Maps", "Birch Labs"}
    assert len(stage.rows(select(Company))) == 2


async def test_pasted_rows_invite_who_is_known_and_say_why_not_the_others(stage: Stage) -> None:
    """A CSV with a head: quotes are read, who is known is invited, each other row has its reason."""
    cora = stage.person("cora")
    await cora.uses("/employer invite")
    rows = 'person,company\n"Marta Ruiz","Ruiz, Ltd"\nJo Park, Birch Labs\nNobody Known, Some Inc'
    await cora.fills({"Person, company": rows})
    screen = stage.screen("cora")
    assert "Marta Ruiz for Ruiz, Ltd (before: Acme Maps)" in screen
    assert "Row 2, Jo Park: Is there for Birch Labs already: owner" in screen
    assert "Row 3, Nobody Known: I know no person by that name here." in screen
    assert employers(stage)["Marta Ruiz"] == "Ruiz, Ltd"


async def test_a_row_without_a_company_is_asked_about(stage: Stage) -> None:
    """No person is invited for no company, by line or by form."""
    cora = stage.person("cora")
    await cora.uses("/employer invite @dan @eve")
    assert "Which company are they from?" in stage.screen("cora")
    await cora.uses("/employer invite")
    await cora.fills({"Person, company": "Marta Ruiz"})
    assert set(employers(stage)) == {"Marta Ruiz", "Jo Park"}


async def test_only_coordinators_invite_for_another_company(stage: Stage) -> None:
    """An employer who tries is refused, as is a student who invites at all, and no person is invited."""
    await stage.person("marta").uses("/employer invite @dan company:Mine")
    assert "You invite people for Acme Maps." in stage.screen("marta")
    await stage.person("ada").uses("/employer invite @dan company:Mine")
    assert "is for coordinators and employers" in stage.screen("ada")
    assert stage.screen("dan") == ""


async def test_the_list_shows_people_and_open_projects(stage: Stage) -> None:
    """Companies by name with who posts for them."""
    await post(stage)
    await stage.person("cora").uses("/employer list")
    screen = stage.screen("cora")
    assert "Acme Maps: Marta Ruiz · 1 open project" in screen
    assert "Birch Labs: Jo Park · no open projects" in screen


async def test_the_role_is_taken_back_and_projects_stay(stage: Stage) -> None:
    """A person invited by mistake cannot post any more; what they posted waits for an owner."""
    await post(stage)
    cora = stage.person("cora")
    await cora.uses("/employer remove @marta")
    assert "One project stays and has no owner now: open it" in stage.screen("cora")
    marta = stage.person("marta")
    await marta.uses("/project post")
    assert "is for" in stage.screen("marta")
    await marta.uses("/profile")
    assert "Here as: none yet" in stage.screen("marta")
    await cora.uses("/employer remove @marta")
    assert "has no employer role here" in stage.screen("cora")
    assert stage.rows(select(func.count()).select_from(Role).where(Role.role == "employer"))[0][0] == 1


async def test_an_invitation_keeps_the_hours_of_its_reader(stage: Stage) -> None:
    """Their platform named their zone with the look-up: it is kept, and the reply says when it goes."""
    stage.world.add_account("ines", "Ines Vega", "America/Los_Angeles")
    cora = stage.person("cora")
    await cora.uses("/employer invite @ines company:Novak")
    seen = stage.screen("cora")
    assert "Invited:" in seen
    assert (
        "Quiet hours last a little longer there, so my message goes out on "
        "Mon 9 March 2026, 15:00 (Europe/London)." in seen
    )
    assert stage.screen("ines") == ""
    assert stage.rows(select(Person.zone).where(Person.name == "Ines Vega")) == [("America/Los_Angeles",)]
    await stage.tick(hours=8)
    invited = stage.screen("ines")
    assert "Cora Lindqvist invites you" in invited
    assert "Which time zone" not in invited


async def test_a_zone_is_asked_for_with_the_time_of_now(stage: Stage) -> None:
    """An invitation that waited for the morning says what time it is when it comes."""
    stage.world.add_account("ines", "Ines Vega", "")
    await stage.tick(hours=14)
    await stage.person("cora").uses("/employer invite @ines company:Novak")
    assert stage.screen("ines") == ""
    await stage.tick(hours=10)
    assert "Europe/London, where it is 08:00 now" in stage.screen("ines")

"""Inviting employers as people type it, on every platform: by name, by @, from a list."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Company, Person
from tests.support.actor import Platform
from tests.support.every_stage import STAGES


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


def company_of(platform: Platform, name: str) -> str:
    """The company that a person posts for."""
    query = select(Company.name).join(Person, Person.company_id == Company.id).where(Person.name == name)
    return "".join(platform.rows(query)[0])


@pytest.mark.parametrize(
    "line",
    [
        '/employer invite people:"Marta Ruiz" company:"Ruiz & Sons"',
        '/employer invite company:"Ruiz & Sons" people:"Marta Ruiz"',
        '/employer invite people:@marta company:"Ruiz & Sons"',
        '/employer invite people:"Marta Ruiz, Ruiz & Sons"',
        "/employer invite people:“Marta Ruiz” company:“Ruiz & Sons”",
    ],
)
async def test_a_name_with_a_blank_is_one_name(platform: Platform, line: str) -> None:
    """It is looked up, and never glued to the company; who was invited for what is said."""
    cora = platform.person("cora")
    await cora.uses(line, "spring-26")
    assert cora.sees("Marta Ruiz for Ruiz & Sons (before: Acme Maps)")
    assert company_of(platform, "Marta Ruiz") == "Ruiz & Sons"


async def test_a_person_is_chosen_from_the_platform_s_own_list(platform: Platform) -> None:
    """The form has a list of people; what is missing is said at its field."""
    cora = platform.person("cora")
    await cora.uses("/employer invite", "spring-26")
    await cora.fills({"Person": "@marta"})
    assert cora.sees("Which company are they from?")
    if not cora.form:
        await cora.presses("Edit")
    await cora.fills({"Person": "@marta", "Company": "Ruiz & Sons"})
    assert cora.sees("Marta Ruiz for Ruiz & Sons (before: Acme Maps)")


async def test_too_many_people_at_once_are_asked_for_in_parts(platform: Platform) -> None:
    """The answer says how many there may be and how many there are, and no person is invited."""
    cora = platform.person("cora")
    people = ", ".join(["@marta"] * 201)
    await cora.uses(f'/employer invite people:"{people}" company:"Ruiz & Sons"', "spring-26")
    assert cora.sees("people at once; these are 201.")
    assert company_of(platform, "Marta Ruiz") == "Acme Maps"


async def test_an_invitation_names_a_person(platform: Platform) -> None:
    """Where no person is named the answer says so; it is never empty."""
    cora = platform.person("cora")
    await cora.uses("/employer invite people:, company:Acme", "spring-26")
    assert cora.sees("I found no person in that.")


async def test_what_was_named_stands_in_the_form_that_asks_for_the_rest(platform: Platform) -> None:
    """A person without a company is half an invitation, and so is a company; neither is asked for again."""
    cora = platform.person("cora")
    await cora.uses("/employer invite person:@marta", "spring-26")
    await cora.fills({"Company": "Ruiz & Sons"})
    assert company_of(platform, "Marta Ruiz") == "Ruiz & Sons"
    await cora.uses("/employer invite company:Acme Maps", "spring-26")
    await cora.fills({"Person": "@marta"})
    assert company_of(platform, "Marta Ruiz") == "Acme Maps"
    await cora.uses("/employer invite person:@marta company:Acme Maps", "spring-26")
    assert cora.sees("Marta Ruiz: Is there for Acme Maps already: owner")
    assert not cora.sees("Row 1")

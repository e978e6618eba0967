"""Countries of a project: where students live who may apply is shown, asked once, and held to kindly."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from storage.tables import Application, Person, Project
from tests.scenarios.test_links import code_in
from tests.support.every_stage import STAGES
from tests.support.main_job import WHY
from tests.support.projects import post
from tests.support.second_platform import Account, open_elsewhere
from tests.support.stage import Stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

HERE = "Map of repair shops"


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, with a project for students in two countries and one for all."""
    async with STAGES[request.param](tmp_path) as opened:
        staged: AnyStage = opened
        await post(staged, title=HERE, countries=["DE", "ES"])
        await post(staged, title="Map of repair cafes")
        yield staged


def country(stage: AnyStage, name: str) -> str | None:
    """Where a person lives, as it is stored."""
    ((found,),) = stage.rows(select(Person.country).where(Person.name == name))
    return str(found) if found else None


@pytest.mark.soak
async def test_a_student_is_asked_once_where_they_live(platform: AnyStage) -> None:
    """The application goes on after the answer; the next project does not ask again."""
    ada = platform.person("ada")
    assert ada.sees("Open to students who live in Germany or Spain")
    await ada.presses("Apply", on=HERE)
    await ada.fills({"Country": "Germany"})
    assert country(platform, "Ada Okafor") == "DE"
    await ada.says(WHY)
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    assert platform.rows(select(Application.status)) == [("submitted",)]
    await post(platform, title="Map of tool libraries", countries=["EU"])
    await ada.presses("Apply", on="Map of tool libraries")
    assert ada.sees("Why this project?")
    marta = platform.person("marta")
    await marta.uses("/applicants 1")
    await marta.chooses("Ada Okafor")
    assert not marta.sees("Germany") or marta.sees("Open to students who live in Germany or Spain")


@pytest.mark.soak
async def test_a_student_elsewhere_reads_why_and_what_else_is_open(platform: AnyStage) -> None:
    """The refusal has another project that is open to them, and the way to correct the country."""
    ben = platform.person("ben")
    await ben.presses("Apply", on=HERE)
    await ben.fills({"Country": "United States"})
    assert ben.sees(
        "Map of repair shops is open to students who live in Germany or Spain, and you live in the"
    )
    assert ben.sees("These are open and look similar:")
    assert country(platform, "Ben Castillo") == "US"
    await ben.presses("Apply", on=HERE)
    assert platform.rows(select(Application.status)) == []
    await ben.presses("Change country")
    await ben.fills({"Country": "Spain"})
    assert ben.sees("You live in Spain.")
    await ben.presses("Apply", on=HERE)
    assert ben.sees("Why this project?")


async def test_what_is_suggested_is_open_where_the_student_lives(stage: Stage) -> None:
    """A project of other countries is in no list of similar ones."""
    await post(stage, title=HERE, countries=["DE"])
    await post(stage, title="Map of repair tools", countries=["FR"])
    await post(stage, title="Map of repair cafes", countries=["US", "FR"])
    ben = stage.person("ben")
    await ben.uses("/apply 1")
    await ben.fills({"Country": "USA"})
    shown = stage.screen("ben")
    assert "Map of repair cafes" in shown
    assert "Map of repair tools" not in shown


async def test_a_person_reads_changes_and_takes_their_country_along(stage: Stage) -> None:
    """`/profile` shows it and changes it, their data has it, and a person who is forgotten has none."""
    await post(stage, title=HERE, countries=["DE"])
    ada = stage.person("ada")
    await ada.presses("Apply", on=HERE)
    await ada.fills({"Country": "Germany"})
    await ada.uses("/profile")
    assert "Country: Germany" in stage.screen("ada")
    await ada.presses("Show my data")
    assert "Where you live\n- Germany" in stage.screen("ada")
    await ada.uses("/profile")
    await ada.presses("Change country")
    await ada.fills({"Country": "Austria"})
    assert "You live in Austria." in stage.screen("ada")
    await ada.uses("/profile")
    await ada.presses("Forget me")
    await ada.presses("Yes, forget me")
    assert stage.rows(select(Person.country).where(Person.country.is_not(None))) == []


async def test_an_employer_names_countries_in_words(stage: Stage) -> None:
    """They are kept as codes; a card names four of them, the post all."""
    await post(stage, title=HERE)
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/project edit 1")
    await marta.says("edit Countries")
    await marta.says("Spian")
    assert "Did you mean Spain?" in stage.screen("marta")
    await marta.says("Spain, Portugal, the UK, Ireland, Norway and Iceland")
    await marta.presses("Save changes")
    assert stage.rows(select(Project.countries)) == [(["ES", "PT", "GB", "IE", "NO", "IS"],)]
    card = stage.screen("ada", "spring")
    assert (
        "Open to students who live in Spain, Portugal, the United Kingdom or Ireland, or in 2 other countries"
        in card
    )
    await ada.uses("/project show 1")
    await ada.presses("More")
    assert "Ireland, Norway or Iceland" in stage.screen("ada")
    await marta.uses("/project edit 1")
    await marta.says("edit Countries")
    await marta.says("any")
    await marta.presses("Save changes")
    assert stage.rows(select(Project.countries)) == [([],)]
    assert "Open to" not in stage.screen("ada", "spring")


async def test_two_accounts_of_a_person_have_one_country(stage: Stage) -> None:
    """What one of them said holds for both, and the person is not asked again."""
    other = open_elsewhere(stage)
    there = Account(stage, other, "ada2")
    await post(stage, title=HERE, countries=["DE"])
    ada = stage.person("ada")
    await ada.presses("Apply", on=HERE)
    await ada.fills({"Country": "Germany"})
    await there.uses("stint", "link")
    await ada.uses(f"/stint link {code_in(there.screen())}")
    await ada.presses("Join")
    countries = stage.rows(select(Person.country).where(Person.country.is_not(None)))
    assert countries == [("DE",)]


async def test_a_student_is_not_offered_what_is_for_others(platform: AnyStage) -> None:
    """A list, the picker and the home page leave out what is for other countries, and say how to see it."""
    ben = platform.person("ben")
    await ben.uses("/project list")
    assert ben.sees("· for students who live in Germany or Spain")
    await ben.presses("Say where I live")
    await ben.fills({"Country": "Vereinigte Staaten"})
    assert country(platform, "Ben Castillo") == "US"
    await ben.uses("/project list")
    assert ben.sees("Open projects (1)")
    assert ben.sees("1 more is only for students who live in other countries.")
    await ben.presses("Show all countries")
    assert ben.sees("Open projects (2)")
    await ben.uses("/project list country:Spain")
    assert ben.sees("Open projects (2)")
    await ben.uses("/apply")
    with pytest.raises(LookupError):
        await ben.chooses(HERE, on="Which project would you like to apply to?")
    await ben.chooses("Map of repair cafes")
    assert ben.sees("Why this project?")


async def test_what_is_for_others_alone_is_said_to_be_so(stage: Stage) -> None:
    """Where nothing else is open, the list and the picker say why, and a country is asked about by name."""
    await post(stage, title=HERE, countries=["FR"])
    await post(stage, title="Map of repair cafes", countries=["EU"])
    ada = stage.person("ada")
    await ada.uses("/apply map of repair cafes")
    await ada.fills({"Country": "USA"})
    for line, said in (
        ("/project list", "No project that fits is open to students where you live."),
        ("/project list", "2 more are only for students who live in other countries."),
        ("/apply", "Nothing that you have not applied to is open to students where you live."),
        ("/project list country:Atlantis", "Write the name of a country, or country:any"),
        ("/project list country:any", "Open projects (2)"),
        ("/project list country:Deutschland", "Open projects (1)"),
    ):
        await ada.uses(line)
        assert said in stage.screen("ada")

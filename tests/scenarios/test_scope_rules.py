"""Rules of the scope check on every platform: tuned by a coordinator, read by an employer who writes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from bot.programme.projects.scope_rules import SCOPE_RULES
from storage.tables import Programme, Project
from tests.scenarios.test_away import goes_away
from tests.support import main_job
from tests.support.every_stage import STAGES
from tests.support.main_job import fills_project

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

WHY = "Our students have a course on Fridays."
PAGE = main_job.PAGE | {
    "What is wanted": "We rent e-bikes in three cities, and want a map of them by Friday."
}


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform."""
    async with STAGES[request.param](tmp_path) as opened:
        stage: AnyStage = opened
        yield stage


async def tunes(platform: AnyStage, rule: str, **values: str) -> None:
    """Cora changes a rule."""
    cora = platform.person("cora")
    await cora.uses("/stint rules")
    await cora.chooses(rule)
    await cora.presses("Change it")
    await cora.fills({name.replace("_", " "): value for name, value in values.items()})


def tuned(platform: AnyStage) -> dict[str, tuple[str, int | None, str]]:
    """What the programme tuned: the state, limit and reason of each rule."""
    ((rules,),) = platform.rows(select(Programme.scope_rules))
    return {name: (each.state, each.limit, each.reason) for name, each in (rules or {}).items()}


async def test_a_coordinator_tunes_a_rule_and_takes_it_back(platform: AnyStage) -> None:
    """Each rule is listed with its reason; what was changed is in the history, and one tap takes it back."""
    cora = platform.person("cora")
    await cora.uses("/stint rules")
    assert cora.sees("Students read the channel between courses")
    await tunes(platform, "Too dense", What_it_does="Stop", Limit="8", Reason=WHY)
    assert cora.sees("The work takes more than 8 h a week.")
    await cora.presses("History")
    assert cora.sees("The rule “Too dense” of the scope check is now: stop (8). Before: suggestion (20)")
    assert tuned(platform) == {"too-dense": ("stop", 8, WHY)}
    await cora.uses("/stint rules")
    await cora.presses("More")
    assert cora.sees(WHY)
    await cora.chooses("Too dense")
    await cora.presses("Use the original")
    assert cora.sees("The rule is as it was at first:")
    assert tuned(platform) == {}


async def test_an_employer_reads_the_programme_s_reason_as_they_write(platform: AnyStage) -> None:
    """A phrase of the programme's own stops a draft, and says why; without it, the project goes out."""
    marta = platform.person("marta")
    await tunes(platform, "Ongoing work", What_it_does="Stop", Words="friday, every day", Reason=WHY)
    await marta.uses("/project post")
    await fills_project(marta, PAGE)
    assert marta.sees("“Friday” sounds like ongoing work.")
    assert marta.sees(f"Why this programme asks for it: {WHY}")
    await marta.presses("Publish")
    assert platform.rows(select(Project.id)) == []
    await tunes(platform, "Ongoing work", What_it_does="Suggestion", Words="every day", Reason=WHY)
    await marta.presses("Publish")
    assert platform.rows(select(Project.status)) == [("open",)]


async def test_what_cannot_be_tuned_is_refused_with_a_reason(platform: AnyStage) -> None:
    """A limit outside its bounds, no words, endless words, a rule that stays: nothing is written."""
    cora = platform.person("cora")
    for rule, values, said in (
        ("Too dense", {"Limit": "3"}, "5"),
        ("Ongoing work", {"Words": ","}, "Name at least one word, or switch the rule off."),
        ("Ongoing work", {"Words": "so " * 30}, "Please name at most 100 phrases"),
    ):
        await tunes(platform, rule, Reason=WHY, **values)
        assert cora.sees(said)
    assert tuned(platform) == {}
    await cora.uses("/stint rules")
    await cora.chooses("Deadline passed")
    assert cora.sees("The dates of a project would not fit together without this rule, so it stays.")


async def test_each_rule_says_what_it_looks_for_and_why(platform: AnyStage) -> None:
    """Each page has its reason; one that was switched off says so."""
    cora = platform.person("cora")
    await tunes(platform, "No skills", What_it_does="Off", Reason=WHY)
    await cora.uses("/stint rules")
    for rule in SCOPE_RULES.values():
        await cora.chooses(rule.id.replace("-", " ").capitalize())
        assert cora.sees(rule.reason)
    assert cora.sees("Originally: suggestion")
    await tunes(platform, "Ongoing work", What_it_does="Stop", Reason=WHY)
    assert cora.sees(
        "by words such as: ongoing, on-going, as needed, day-to-day, daily task, daily tasks, every"
    )
    assert cora.sees("stop (39)")
    await cora.presses("History")
    assert cora.sees("The rule “No skills” of the scope check is now: off. Before: suggestion")


async def test_absences_of_a_coordinator_are_on_the_page_of_the_programme(platform: AnyStage) -> None:
    """Who is of no company has their absences there, with who it is; a student finds no such page."""
    await goes_away(platform, "cora")
    cora, ada = platform.person("cora"), platform.person("ada")
    await cora.uses("/stint history programme")
    assert cora.sees("History: Riverside")
    assert cora.sees("you: Away until Fri 13 March.")
    await ada.uses("/stint history programme 1")
    assert ada.sees("I find no history by that name that you could read.")

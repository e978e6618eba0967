"""Pay: who pays, how, and within how many days, from the post to the terms of a placement."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from storage.tables import Project, Terms, TermsOffer
from tests.support.every_stage import STAGES
from tests.support.main_job import PAGE, TITLE, is_posted
from tests.support.projects import posted
from tests.support.stage import Stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

USUAL = "$400 · paid by Acme Maps, within 14 days after the work is accepted"


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


def paid(stage: AnyStage) -> list[tuple[str, int | None]]:
    """Who pays for each project, and within how many days."""
    return [(row.payer, row.pay_days) for row in stage.rows(select(Project.payer, Project.pay_days))]


async def edit(stage: Stage, label: str, answer: str) -> None:
    """The employer changes one answer of the first project."""
    marta = stage.person("marta")
    await marta.uses("/project edit 1")
    await marta.says(f"edit {label}")
    await marta.says(answer)
    await marta.presses("Save changes")


async def accepted(stage: AnyStage) -> None:
    """Ada, who applied, is offered a place and accepts it."""
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.chooses("Ada Okafor")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await stage.person("ada").presses("Accept")


@pytest.mark.soak
async def test_a_post_names_the_company_and_two_weeks_unless_it_says_otherwise(platform: AnyStage) -> None:
    """Nothing is asked of an employer who leaves the page: the usual is written with the fee, on one line."""
    await is_posted(platform)
    assert paid(platform) == [("Acme Maps", 14)]
    ada = platform.person("ada")
    await ada.uses(f"/project show {TITLE}")
    while not ada.sees("paid by"):
        await ada.presses("More")
    assert ada.sees("paid by Acme Maps, within 14 days after the work is accepted")


@pytest.mark.soak
async def test_an_employer_says_who_pays_and_how(stage: Stage) -> None:
    """The post, the offer and the terms have it; words and days are on a page of the form."""
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/project post")
    await marta.fills(PAGE)
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$400"})
    await marta.presses("Pay and readers")
    await marta.fills({"Who pays": "The Acme Foundation, by bank transfer", "Days to pay": "30"})
    await marta.presses("Publish")
    await ada.uses("/project show 1")
    said = "$400 · paid by The Acme Foundation, by bank transfer, within 30 days after the work is accepted"
    assert said in stage.screen("ada")


@pytest.mark.soak
async def test_the_terms_keep_how_it_is_paid(stage: Stage) -> None:
    """The offer says it; another number of days is asked of the intern, who may keep what was agreed."""
    await posted(stage, "ada", "ben", payer="Acme Maps", pay_days=14, places=2)
    ada = stage.person("ada")
    await accepted(stage)
    assert USUAL in stage.screen("ada")
    await edit(stage, "Days to pay", "30")
    await edit(stage, "Days to pay", "1")
    shown = stage.screen("ada")
    assert (
        "Payment: paid by Acme Maps, within 14 days after the work is accepted → paid by Acme Maps" in shown
    )
    await ada.presses("Keep what we agreed")
    assert stage.rows(select(Terms.pay_days)) == [(14,)]
    assert stage.rows(select(TermsOffer.pay_days).where(TermsOffer.state == "kept")) == [(1,)]
    await stage.tick(days=1)
    news = stage.screen("ben")
    assert "Payment: paid by Acme Maps, within 1 day after the work is accepted (before: paid by Acme" in news


async def test_a_post_from_before_says_what_is_known(stage: Stage) -> None:
    """Without both nothing is said; each alone is a sentence, and no edit adds the other."""
    await posted(stage, "ada")
    ada = stage.person("ada")
    await ada.uses("/project show 1")
    assert "paid" not in stage.screen("ada")
    await edit(stage, "Places", "2")
    assert paid(stage) == [("", None)]
    for label, answer, said in (
        ("Who pays", "Acme Maps", "$400 for each intern · paid by Acme Maps\n"),
        ("Who pays", "none", "$400 for each intern\n"),
        ("Days to pay", "7", "$400 for each intern · paid within 7 days after the work is accepted"),
        ("Days to pay", "1", "$400 for each intern · paid within 1 day after the work is accepted"),
    ):
        await edit(stage, label, answer)
        await ada.uses("/project show 1")
        first = stage.screen("ada")
        await ada.presses("More")
        assert said in first + stage.screen("ada")


async def test_an_unpaid_post_says_nothing_of_payment(stage: Stage) -> None:
    """Who pays goes with the fee."""
    await posted(stage, payer="Acme Maps", pay_days=14)
    await edit(stage, "Fee", "unpaid")
    await edit(stage, "Why it is unpaid", "It counts for course credit")
    assert paid(stage) == [("", None)]

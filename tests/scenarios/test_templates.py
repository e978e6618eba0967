"""Posts that begin with a template, on every platform: of a field, or a post of the company's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select

from bot.programme.projects.templates import TEMPLATES
from storage.tables import Deliverable, Placement, Project
from tests.support.every_stage import STAGES
from tests.support.projects import posted
from tests.support.stage import Stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

RESEARCH = "A map of who else offers what we offer"
STEP = "An outline (after 5 days) (first step)\nThe whole text"


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, before anything is posted."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


async def handed_in(platform: AnyStage) -> None:
    """Ada works for Marta, and has handed in the first step."""
    await posted(platform, "ada", deliverables=STEP)
    marta, ada = platform.person("marta"), platform.person("ada")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    await ada.presses("Accept")
    await platform.tick(days=1)
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. An outline")
    await ada.fills({"About the work": "Three pages"})


async def test_a_post_begins_with_a_template(platform: AnyStage) -> None:
    """The form is filled, the deadline is asked for, and what is published is what the template says."""
    marta = platform.person("marta")
    await marta.uses("/project template")
    await marta.chooses("Research")
    assert marta.sees("I filled in a project from the template Research: say when students can apply until")
    assert marta.sees("Until when can students apply?")
    await marta.says("next Friday")
    assert marta.sees(RESEARCH)
    await marta.presses("Fee and time")
    await marta.fills({"Fee": "$400"})
    await marta.presses("Publish")
    assert platform.rows(select(Project.title, Project.field, Project.hours, Project.status)) == [
        (RESEARCH, "Research", 20, "open")
    ]
    first = select(Deliverable.after_days, Deliverable.first_step).order_by(Deliverable.position)
    assert platform.rows(first) == [(5, True), (None, False), (None, False)]
    ada = platform.person("ada")
    await ada.uses("/project show 1")
    await ada.presses("More")
    assert ada.sees("a first step: after it, either side may end the work without a reason")


async def test_an_own_post_is_a_template(platform: AnyStage) -> None:
    """What was published before is offered beside the fields, and is copied without its dates."""
    await posted(platform)
    marta = platform.person("marta")
    await marta.uses("/project template")
    assert marta.sees("Or begin with a project that was published before:")
    await marta.chooses("Market map of repair shops")
    assert marta.sees("I copied Market map of repair shops.")
    await marta.uses("/project template repair shops")
    assert marta.sees("Until when can students apply?")


async def test_a_template_that_was_begun_goes_on(platform: AnyStage) -> None:
    """The same template again is the same draft, until that is published or cancelled."""
    marta = platform.person("marta")
    await marta.uses("/project template writing")
    await marta.says("next Friday")
    await marta.uses("/project template Writing")
    assert marta.sees("Three articles that explain our product")
    await marta.uses("/project post")
    assert marta.sees("You have a project in the making: Three articles that explain our product.")


@pytest.mark.soak
@pytest.mark.stage(programme={"fee_floor_cents": 2000})
async def test_every_template_is_ready_to_publish(stage: Stage) -> None:
    """With the programme's least fee, only the deadline is asked for; nothing stops the post."""
    marta = stage.person("marta")
    for template in TEMPLATES:
        await marta.uses(f"/project template {template.field}")
        await marta.says("next Friday")
        assert "Stop:" not in stage.screen("marta").rpartition("I filled in")[2]
        await marta.presses("Publish")
    published = stage.rows(select(Project.__table__).order_by(Project.id))
    expected = [(each.title, each.hours * 2000, "open") for each in TEMPLATES]
    assert [(each.title, each.fee_cents, each.status) for each in published] == expected


@pytest.mark.soak
@pytest.mark.stage(programme={"fee_floor_cents": 2000})
async def test_a_template_is_in_the_language_of_its_writer(stage: Stage) -> None:
    """The words are put into the writer's language once; every reader reads them as they are."""
    stage.languages["marta"] = "en-XA"
    marta = stage.person("marta")
    await marta.uses("/project template research")
    await marta.says("next Friday")
    await marta.presses("⟦Pûblîsh⟧")
    await stage.person("ada").uses("/project show 1")
    assert "⟦À màp öf whö élsé öfférs whàt wé öffér⟧" in stage.screen("ada")


async def test_no_student_posts_from_a_template(stage: Stage) -> None:
    """Students are refused, and a template that is no longer there is said so."""
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.uses("/project template research")
    assert "I filled in" not in stage.screen("ada")
    await marta.uses("/project template gardening")
    assert "I find no project of yours by that title or company." in stage.screen("marta")


async def test_after_the_first_step_the_student_gives_no_reason(platform: AnyStage) -> None:
    """The form asks for none, and both sides and the coordinators read that none was needed."""
    await handed_in(platform)
    ada, marta, cora = (platform.person(each) for each in ("ada", "marta", "cora"))
    await ada.uses("/placement 1")
    await ada.presses("End it early")
    await ada.fills({})
    assert ada.sees("No reason was given. After the first step, none is needed.")
    assert platform.rows(select(Placement.status, Placement.reason)) == [("ended", "")]
    await platform.tick(days=1)
    assert marta.sees("No reason was given. After the first step, none is needed.")
    assert not marta.sees("The programme knows why")
    assert cora.sees("No reason was given. After the first step, none is needed.")


async def test_after_the_first_step_the_employer_may_choose_a_reason(platform: AnyStage) -> None:
    """A short reason alone is enough, and the student reads it."""
    await handed_in(platform)
    marta, ada = platform.person("marta"), platform.person("ada")
    await marta.uses("/placement 1")
    await marta.presses("End it early")
    await marta.fills({"For the other side": "Plans have changed"})
    assert marta.sees("They read that it ended, and the reason that you chose.")
    await platform.tick(days=1)
    assert ada.sees("The reason: Plans have changed.")


@pytest.mark.soak
async def test_before_the_first_step_a_reason_is_needed(stage: Stage) -> None:
    """Nothing was handed in, so an early end says why."""
    await posted(stage, "ada", deliverables=STEP)
    marta, ada = stage.person("marta"), stage.person("ada")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await ada.presses("Accept")
    await ada.uses("/placement 1")
    await ada.presses("End it early")
    await ada.fills({})
    assert stage.rows(select(Placement.status)) == [("active",)]

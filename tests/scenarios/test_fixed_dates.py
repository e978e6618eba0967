"""Dates that cannot move: people read which, and nothing moves them but what both sides agree on."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from bot.chat.local_day import EVERYWHERE, Day
from bot.programme.core import dates
from storage.tables import Milestone, Placement, Project, Terms, TermsOffer
from tests.support.projects import posted
from tests.support.stage import Stage

START = Day(date(2026, 3, 12), EVERYWHERE)


async def offered(stage: Stage) -> None:
    """Ada, who applied, has an offer."""
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)


async def test_everybody_reads_what_cannot_move(stage: Stage) -> None:
    """The post, the offer and the placement name it; asked for another date, both sides read it again."""
    await posted(stage, "ada", fixed=["due", "starts", "deliverables"])
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.uses("/project show 1")
    await ada.presses("More")
    named = "Cannot move: the start, the end and the dates of deliverables"
    assert stage.screen("ada").count(named) == 1
    await offered(stage)
    assert stage.screen("ada").count(named) == 2
    await ada.presses("Accept")
    await ada.presses("See the placement")
    await ada.presses("Ask for another date")
    await ada.presses("1. A table of shops")
    assert "The employer marked this date as one that cannot move. You can ask all the same." in ada.view()
    await ada.fills({"New date": "24 April 2026"})
    assert "I ask a coordinator. Until then the date stays." in stage.screen("ada")
    ((due,),) = stage.rows(select(Milestone.due_at).where(Milestone.position == 1))
    await stage.tick(days=1)
    said = "You marked this date as one that cannot move, so it stays unless you agree. Please answer by"
    assert said in stage.screen("marta")
    await stage.tick(days=8)
    assert stage.rows(select(Milestone.due_at).where(Milestone.position == 1)) == [(due,)]
    await stage.person("cora").uses("/stint tasks")
    assert "A table of shops" in stage.screen("cora")
    await marta.presses("Agree")
    assert stage.rows(select(Milestone.due_at).where(Milestone.position == 1)) != [(due,)]


async def test_a_start_that_cannot_move_does_not_follow_the_deadline(stage: Stage) -> None:
    """A later deadline takes the decision date along, and leaves the start where it is."""
    await posted(stage, fixed=["starts"], **dates.columns("starts", Day(date(2026, 4, 20), EVERYWHERE)))
    marta = stage.person("marta")
    ((decide,),) = stage.rows(select(Project.decide_at))
    await marta.uses("/project edit 1")
    await marta.says("edit Application deadline")
    await marta.says("26 March 2026")
    await marta.presses("Save changes")
    assert stage.rows(select(Project.starts_day)) == [(date(2026, 4, 20),)]
    assert stage.rows(select(Project.decide_at)) != [(decide,)]


@pytest.mark.soak
async def test_an_end_that_cannot_move_stays_when_the_work_begins_late(stage: Stage) -> None:
    """An offer that is made and accepted after the start is due on the day that the post named."""
    await posted(stage, "ada", fixed=["due"], weeks=3, **dates.columns("starts", START))
    await stage.to(datetime(2026, 3, 23, 9, tzinfo=UTC))
    await offered(stage)
    assert stage.rows(select(TermsOffer.due_day)) == [(date(2026, 4, 2),)]
    await stage.person("ada").presses("Accept")
    assert stage.rows(select(Placement.due_day)) == [(date(2026, 4, 2),)]


@pytest.mark.soak
async def test_an_end_that_has_passed_moves_all_the_same(stage: Stage) -> None:
    """There would be no time for the work otherwise; without the mark it moves with the start."""
    await posted(stage, "ada", fixed=["due"], weeks=1, **dates.columns("starts", START))
    await stage.to(datetime(2026, 3, 23, 9, tzinfo=UTC))
    await offered(stage)
    ((offer,),) = stage.rows(
        select(TermsOffer.id.label("id")).where(TermsOffer.due_at > TermsOffer.starts_at)
    )
    assert offer == 1


async def test_a_mark_is_a_term(stage: Stage) -> None:
    """Marked later, it is asked of the intern, who agrees."""
    await posted(stage, "ada")
    await offered(stage)
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.presses("Accept")
    await marta.uses("/project edit 1")
    await marta.says("edit Fixed dates")
    await marta.says("The end")
    await marta.presses("Save changes")
    assert "Cannot move: – → the end" in stage.screen("ada")
    await ada.presses("Agree")
    rows = stage.rows(select(Terms.fixed).order_by(Terms.version))
    assert [list(fixed) for (fixed,) in rows] == [[], ["due"]]

"""What could not be delivered starts no clock: each kind of wait that opens with a message to who owes."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from storage.tables import Application, Milestone, Project, Wait
from tests.scenarios.test_date_requests import asks as asks_for_date
from tests.scenarios.test_decisions import reads
from tests.scenarios.test_placement_times import place
from tests.scenarios.test_questions import writes as asks_a_question
from tests.support.projects import posted
from tests.support.stage import Stage


def due_dates(stage: Stage, kind: str) -> list[object]:
    """By when the waits of a kind are owed; None while no clock runs."""
    return [due for (due,) in stage.rows(select(Wait.due_at).where(Wait.kind == kind).order_by(Wait.id))]


async def test_an_offer_that_did_not_arrive_is_kept_until_the_start(stage: Stage) -> None:
    """Its student's direct messages are closed: it stays open, and its time begins when it is read."""
    await posted(stage, "ada")
    stage.shut_dms("ada")
    await reads(stage, "Ada Okafor")
    await stage.person("marta").presses("Make an offer", on="Ada Okafor")
    await stage.tick(days=6)
    assert stage.rows(select(Application.status)) == [("offered",)]
    assert [(starts,) for starts in due_dates(stage, "offer")] == stage.rows(select(Project.starts_at))
    stage.shut_dms("ada", shut=False)
    await stage.person("ada").uses("/applications")
    await stage.tick(minutes=5)
    ((due,),) = stage.rows(select(Wait.due_at).where(Wait.kind == "offer"))
    assert due > stage.clock.now() + timedelta(days=2)


async def test_a_question_that_did_not_arrive_is_not_waited_for(stage: Stage) -> None:
    """The reader's direct messages are closed, so there is no wait, no reminder and no task."""
    await posted(stage, "ada")
    stage.shut_dms("marta")
    await asks_a_question(stage, "ada", "Write to the employer", "Which shops do you mean?")
    await stage.tick(days=7)
    assert due_dates(stage, "question") == []


async def test_work_and_dates_that_the_employer_could_not_read_of_are_not_settled(stage: Stage) -> None:
    """Neither counts as reviewed by silence or agreed by it; a coordinator is asked about the date."""
    await place(stage)
    stage.shut_dms("marta")
    await asks_for_date(stage, "20 April")
    before = stage.rows(select(Milestone.due_day).order_by(Milestone.id))
    await stage.tick(days=4)
    assert stage.rows(select(Milestone.due_day).order_by(Milestone.id)) == before
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. A table of shops")
    await ada.fills({"About the work": "All of it"})
    await stage.tick(days=12)
    assert ("handed_in",) in stage.rows(select(Milestone.status))
    assert ("settled",) not in stage.rows(select(Milestone.status))


async def test_a_check_in_that_did_not_arrive_is_no_silence(stage: Stage) -> None:
    """Both sides' direct messages are closed: no coordinator reads that they left check-ins unanswered."""
    await place(stage, weeks=4)
    for account in ("ada", "marta"):
        stage.shut_dms(account)
    await stage.tick(days=40)
    await stage.person("cora").uses("/stint tasks")
    assert "check-ins in a row" not in stage.screen("cora")

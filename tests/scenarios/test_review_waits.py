"""Work that waits for a review: reminders, a coordinator, and a settlement that does not testify."""

import pytest
from sqlalchemy import select, update

from storage.tables import Milestone, Placement, Report, Task, Wait
from tests.scenarios.test_placement_times import hands_in, place
from tests.support.stage import Stage


async def handed_in(stage: Stage) -> None:
    """Ada works for marta, and has handed in her table."""
    await place(stage)
    await hands_in(stage)


async def hands_in_rest(stage: Stage) -> None:
    """Ada hands in her summary, the last deliverable."""
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("2. A one-page summary")
    await ada.fills({"About the work": "All of it on a page"})


def milestone_states(stage: Stage) -> list[str]:
    """The status of each deliverable, in their order."""
    return [status for (status,) in stage.rows(select(Milestone.status).order_by(Milestone.id))]


async def test_work_without_an_answer_is_settled_and_not_reviewed(stage: Stage) -> None:
    """Reminders after two days and five, then a coordinator; after a week it is settled, as was said."""
    await handed_in(stage)
    assert "An answer comes by Mon 16 March (Madrid)" in stage.screen("ada")
    await stage.person("ada").uses("/placement")
    await stage.person("ada").presses("More")
    held = "→ A table of shops · with Acme Maps since Mon 9 March 2026"
    assert f"{held}, answered by Mon 16 March (Madrid) at the latest" in stage.screen("ada")
    await stage.tick(days=1, hours=12)
    assert "waits for your review" not in stage.screen("marta")
    await stage.tick(days=1, hours=12)
    waits = "A table of shops of Ada Okafor in Market map of repair shops waits for your review"
    assert stage.screen("marta").count(waits) == 1
    assert "Without an answer it is settled on Mon 16 March" in stage.screen("marta")
    cora = stage.person("cora")
    await stage.tick(days=3)
    assert stage.screen("marta").count(waits) == 1
    assert "still waits for your review, and I do not ask again. Without an answer" in stage.screen("marta")
    await cora.uses("/stint tasks")
    assert "and the employer has not answered" in stage.screen("cora")
    await stage.tick(days=2)
    assert "Acme Maps has not answered in 7 days about A table of shops in Market map" in stage.screen("ada")
    assert "it is settled. It has no review yet, and your record says so." in stage.screen("ada")
    assert "is settled, because no answer came. You can still accept it until" in stage.screen("marta")
    assert stage.rows(select(Task.key).where(Task.state == "open")) == []
    assert milestone_states(stage) == ["settled", "open"]
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("More")
    assert "A table of shops · handed in, not reviewed" in stage.screen("ada")


async def test_settled_work_can_still_be_accepted_and_no_more(stage: Stage) -> None:
    """Changes cannot be asked for any more; a review that comes late makes it accepted work."""
    await handed_in(stage)
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. A table of shops")
    await stage.tick(days=8)
    await ada.fills({"About the work": "The second sheet"})
    assert "That deliverable is settled already. Nothing more is needed." in stage.screen("ada")
    await marta.presses("Ask for changes", on="waits for your review")
    assert "no changes can be asked for any more" in stage.screen("marta")
    await marta.presses("Accept", on="You can still accept it")
    assert milestone_states(stage) == ["accepted", "open"]
    await stage.tick(hours=12)
    assert "Your work was accepted: A table of shops" in stage.screen("ada")


async def test_settled_work_completes_a_placement_without_saying_that_it_is_accepted(stage: Stage) -> None:
    """The last deliverable has three days more; then the work is complete, and says what has no review."""
    await handed_in(stage)
    await hands_in_rest(stage)
    await stage.tick(days=9)
    assert milestone_states(stage) == ["settled", "handed_in"]
    await stage.tick(days=3)
    assert milestone_states(stage) == ["settled", "settled"]
    assert [status for (status,) in stage.rows(select(Placement.status))] == ["completed"]
    assert "is complete. Not every deliverable has a review." in stage.screen("ada")
    assert "every deliverable is accepted" not in stage.screen("ada") + stage.screen("marta")
    await stage.tick(days=4)
    lead = "Handed in, not reviewed:\n- A table of shops\n- A one-page summary"
    assert lead in stage.screen("ada")
    assert "Accepted:" not in stage.screen("ada") + stage.screen("marta")


async def test_no_work_is_settled_while_a_report_is_open(stage: Stage) -> None:
    """No clock runs in a case: nothing is asked or settled until the report has its answer."""
    await handed_in(stage)
    marta = stage.person("marta")
    await marta.uses("/placement")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": "Send me a picture of you."})
    await stage.tick(hours=12)
    await stage.person("ada").presses("Report")
    await stage.tick(days=9)
    assert milestone_states(stage) == ["handed_in", "open"]
    assert "waits for your review" not in stage.screen("marta")
    change = update(Report).values(ended_at=stage.clock.now())
    stage.database.transact_inline(lambda work: work.session.execute(change))
    await stage.tick(days=1)
    assert milestone_states(stage) == ["settled", "open"]


async def test_a_second_request_for_changes_reaches_a_coordinator(stage: Stage) -> None:
    """The first is between the two sides; the task names how many there were, and an acceptance closes it."""
    await handed_in(stage)
    marta, ada = stage.person("marta"), stage.person("ada")
    for number, wish in enumerate(("Please add the opening hours.", "And the prices."), 1):
        await marta.uses("/placement")
        await marta.presses("Ask for changes")
        await marta.fills({"What should change": wish})
        assert [key for (key,) in open_tasks(stage)] == ["changes:1"][: number - 1]
        await stage.tick(minutes=5)
        await ada.uses("/placement")
        await ada.presses("Hand in")
        await ada.presses("1. A table of shops")
        await ada.fills({"About the work": f"Sheet {number + 1}"})
    await stage.person("cora").uses("/stint tasks")
    assert "asks again for changes of A table of shops of Ada Okafor" in stage.screen("cora")
    assert "(times so far: 2)" in stage.screen("cora")
    await marta.uses("/placement")
    await marta.presses("Accept")
    assert open_tasks(stage) == []


def open_tasks(stage: Stage) -> list[tuple[str]]:
    """The keys of the open tasks."""
    return [(key,) for (key,) in stage.rows(select(Task.key).where(Task.state == "open"))]


@pytest.mark.soak
async def test_work_handed_in_before_an_early_end_is_still_settled(stage: Stage) -> None:
    """The wait goes on after the end: the employer is asked, can accept, and else it is settled in time."""
    await handed_in(stage)
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("End it early")
    await ada.fills({"Reason": "My plans have changed."})
    await stage.tick(days=3)
    assert "waits for your review" in stage.screen("marta")
    await stage.tick(days=6)
    assert milestone_states(stage) == ["settled", "open"]
    waits = stage.rows(select(Wait).where(Wait.kind.in_(("review", "hand_in"))))
    assert sorted({(wait.kind, wait.state) for wait in waits}) == [
        ("hand_in", "dropped"),
        ("hand_in", "kept"),
        ("review", "settled"),
    ]

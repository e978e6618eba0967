"""While a case is open no clock runs: nothing is asked, reminded, settled or offered on; then it goes on."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.tables import Application, CheckIn, HistoryRow, Milestone, Person, Placement, Wait
from tests.scenarios.test_early_end import at_work as with_a_waiting_list
from tests.scenarios.test_early_end import ends
from tests.scenarios.test_placement_times import hands_in, sent_to
from tests.support.cases import MARKER, AnyStage, at_work, closes, confides, opens
from tests.support.every_stage import STAGES
from tests.support.projects import posted, statuses
from tests.support.stage import Stage

TITLE = "Market map of repair shops"
PAUSED = "The coordinators have paused this"


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform with Ada at work for Marta; Cora and Jo are coordinators."""
    async with STAGES[request.param](tmp_path) as opened:
        await at_work(opened)
        yield opened


async def test_they_notice_nothing(platform: AnyStage) -> None:
    """Work is not settled and neither side asked; what the employer reads stays true; later it goes on."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await hands_in(platform)
    await confides(platform, "Cora Lindqvist")
    await platform.tick(days=14)
    assert [status for (status,) in platform.rows(select(Milestone.status).order_by(Milestone.id))] == [
        "handed_in",
        "open",
    ]
    for person in (ada, marta):
        assert not person.sees("waits for your review")
        assert not person.sees("is settled, because")
        assert not person.sees("you need not wait: it is settled")
    await marta.uses("/placement")
    assert marta.sees("→ A table of shops · handed in, due by")
    assert not marta.sees(PAUSED)
    await marta.presses("Write to the student", on="Placement #1")
    await marta.fills({"Your message": "How is it going?"})
    assert ada.sees("How is it going?")
    await opens(platform, "cora")
    await closes(platform, "cora")
    assert not marta.sees("coordinator, writes to you")
    wait = select(Wait.due_at).where(Wait.kind == "review")
    ((due,),) = platform.rows(wait)
    assert due.date() == datetime(2026, 3, 30, tzinfo=UTC).date()  # seven days, of which none was in the case
    await platform.tick(days=8)
    assert marta.sees("is settled, because no answer came.")


@pytest.mark.soak
async def test_neither_side_is_reminded_or_asked_at_work(stage: Stage) -> None:
    """Through all dates of the placement: no reminder, check-in, missed date or task; and none afterwards."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist")
    await stage.to(datetime(2026, 4, 20, tzinfo=UTC))
    for name in ("ada", "marta"):
        for words in ("is due by", "going?", "doing with", "has passed", "silence is not", "not handed in"):
            assert sent_to(stage, name, f"**{words}") == []
            assert words not in stage.screen(name).partition("Open the case")[2], words
    assert stage.rows(select(CheckIn.id)) == []
    await stage.person("jo").uses("/stint tasks")
    assert "Nothing waits for you." in stage.screen("jo")


async def test_stopped_at_once(platform: AnyStage) -> None:
    """The other side's messages and acts are refused without a reason, and dates move when it goes on."""
    ada, cora, marta = (platform.person(name) for name in ("ada", "cora", "marta"))
    await hands_in(platform)
    await marta.uses("/placement")
    await confides(platform, "Cora Lindqvist", notices="Stop their messages and all dates now")
    assert ada.sees("Messages from Acme Maps wait, and all dates are on hold.")
    await marta.presses("Write to the student", on="Placement #1")
    assert marta.sees("The coordinators have paused this for Market map of repair shops.")
    for act in ("Accept", "Move a date", "End it early"):
        await marta.presses(act, on="A table of shops")
    assert platform.rows(select(Milestone.status).order_by(Milestone.id)) == [("handed_in",), ("open",)]
    assert platform.rows(select(Placement.status)) == [("active",)]
    await marta.uses("/placement")
    assert marta.sees(PAUSED)
    assert not marta.sees("confidence")
    before = _dates(platform)
    await platform.tick(days=3)
    await opens(platform, "cora")
    await cora.presses("Tell the other side of the pause")
    assert marta.sees("Please do not write to Ada Okafor, here or elsewhere")
    await closes(platform, "cora", **{"To the other side": "Please go on with it, by the book."})
    after = _dates(platform)
    assert after[0] == before[0]
    assert after[1] - before[1] == timedelta(days=4)  # a day that was begun counts whole
    assert ada.sees("Open dates are 4 days later.")
    assert marta.sees("Open dates are 4 days later.")
    due = select(HistoryRow.id).where(HistoryRow.what == "due", HistoryRow.subject == "milestone:2")
    assert len(platform.rows(due)) == 1
    await marta.uses("/placement")
    await marta.presses("Write to the student", on="Placement #1")
    assert marta.form is not None


def _dates(platform: AnyStage) -> list[datetime]:
    return [due for (due,) in platform.rows(select(Milestone.due_at).order_by(Milestone.id))]


async def test_the_student_stops_and_lets_go_on(stage: Stage) -> None:
    """Either can be chosen at any time; letting go on moves the dates, and the employer reads by how much."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist")
    ada, marta = stage.person("ada"), stage.person("marta")
    before = _dates(stage)
    await opens(stage, "ada", "On its way to")
    await ada.presses("Stop their messages and dates")
    assert "Ada Okafor had the messages and dates of Market map of repair shops stopped" in stage.screen(
        "cora"
    )
    await ada.uses("/placement")
    await ada.presses("Write to the employer", on="You start")
    assert "You stopped the messages about this. In your case you can let them go on." in stage.screen("ada")
    await stage.tick(days=1, hours=12)
    await ada.presses("Open the case", on="You stopped the messages")
    await ada.presses("Let messages and dates go on")
    assert "Messages and dates go on. Open dates are 2 days later." in stage.screen("ada")
    assert "goes on. The open dates of Ada Okafor are 2 days later." in stage.screen("marta")
    assert [after - was for was, after in zip(before, _dates(stage), strict=True)] == [timedelta(days=2)] * 2
    await marta.uses("/placement")
    assert "[Move a date]" in stage.screen("marta").rpartition("Placement #1")[0]


async def test_an_offer_does_not_run_out_in_a_case(stage: Stage) -> None:
    """Its button leads to a case; the offer can be accepted all the while, and has its time after the end."""
    await posted(stage, "ada")
    ada, cora, marta = (stage.person(name) for name in ("ada", "cora", "marta"))
    await marta.uses("/applicants 1")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await ada.presses("Talk to a coordinator", on="offers you a place")
    await ada.presses("Write")
    await ada.fills({"Who reads it": "Cora Lindqvist", "Your words": MARKER})
    until = stage.rows(select(Application.offer_until))[0][0]
    await stage.tick(days=6)
    assert statuses(stage) == ["offered"]
    assert "runs out on" not in stage.screen("ada")
    await opens(stage, "cora")
    await closes(stage, "cora")
    later = stage.rows(select(Application.offer_until))[0][0]
    assert timedelta(days=6) <= later - until <= timedelta(days=6, minutes=5)
    await stage.to(later + timedelta(minutes=2))
    assert statuses(stage) == ["expired"]
    assert "ran out on" in stage.screen("ada")
    assert "did not answer the offer" in stage.screen("marta") or cora is not None


async def test_an_applicant_in_a_case_is_not_released_with_the_others(stage: Stage) -> None:
    """Neither by the clock nor by a coordinator who does not know; after the end the time is given."""
    await posted(stage, "ada", "ben")
    ada = stage.person("ada")
    await ada.uses("/stint report")
    await ada.presses(TITLE)
    await ada.presses("Write")
    await ada.fills({"Who reads it": "Cora Lindqvist", "Your words": MARKER})
    await stage.to(datetime(2026, 3, 30, tzinfo=UTC))
    assert statuses(stage) == ["submitted", "released"]
    await ada.uses("/applications")
    assert "You have an open case about it, so no clock runs." in stage.screen("ada")
    await opens(stage, "cora")
    await closes(stage, "cora")
    assert statuses(stage) == ["submitted", "released"]
    await stage.tick(days=30)
    assert statuses(stage) == ["released", "released"]


async def test_the_place_is_not_offered_on(stage: Stage) -> None:
    """The employer reads that it is kept, a press is refused, and after the end the question comes."""
    await with_a_waiting_list(stage)
    await confides(stage, "Cora Lindqvist")
    await ends(stage, "ada")
    await stage.tick(days=1)
    marta = stage.person("marta")
    kept = "The place is kept for now: the coordinators still settle how it became free."
    assert kept in stage.screen("marta")
    await marta.uses("/applicants 1")
    await marta.chooses("Ben Castillo")
    await marta.presses("Make an offer")
    assert statuses(stage) == ["accepted", "submitted"]
    await opens(stage, "cora", "writes to you in confidence")
    await closes(stage, "cora")
    await stage.tick(days=1)
    assert "Next on your waiting list" not in stage.screen("marta")
    await marta.presses("Offer it to the next in line")
    await stage.tick(minutes=3)
    assert statuses(stage) == ["accepted", "offered"]


async def test_an_offer_that_is_declined_in_a_case_goes_to_no_one_by_itself(stage: Stage) -> None:
    """The next on the waiting list waits until the case is closed."""
    await posted(stage, "ada", "ben")
    ada, marta = stage.person("ada"), stage.person("marta")
    for student, way in (("Ben Castillo", "Put on the waiting list"), ("Ada Okafor", "Make an offer")):
        await marta.uses("/applicants 1")
        await marta.chooses(student)
        await marta.presses(way)
    await stage.tick(minutes=3)
    await ada.presses("Talk to a coordinator", on="offers you a place")
    await ada.presses("Write")
    await ada.fills({"Who reads it": "Cora Lindqvist", "Your words": MARKER})
    await ada.presses("Decline", on="offers you a place")
    await ada.presses("Decline it")
    await stage.tick(days=1)
    assert statuses(stage) == ["declined", "submitted"]
    assert "declined the place" in stage.screen("marta")
    assert "The place is kept for now" in stage.screen("marta")


@pytest.mark.soak
async def test_what_it_is_about_is_kept_until_its_end(stage: Stage) -> None:
    """The employer who asks to be forgotten is kept with what was written, and erased after the end."""
    await at_work(stage)
    marta = stage.person("marta")
    await marta.uses("/placement")
    await marta.presses("Write to the student", on="Placement #1")
    await marta.fills({"Your message": "Come to my hotel."})
    await confides(stage, "Cora Lindqvist")
    await marta.uses("/profile")
    await marta.presses("Forget me")
    await marta.presses("Yes, forget me")
    assert "The coordinators are still looking into something about:" in stage.screen("marta")
    assert ("Marta Ruiz",) in stage.rows(select(Person.name))
    await opens(stage, "cora")
    await closes(stage, "cora")
    assert ("Marta Ruiz",) not in stage.rows(select(Person.name))

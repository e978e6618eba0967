"""Offers that are waited for: how long they are open, one more day, nights, and places that come late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage.tables import Application, Person, Programme, Wait
from tests.scenarios.test_decisions import offers, reads
from tests.support.actor import Staged
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, is_applied, is_posted
from tests.support.projects import DECIDE, posted, statuses
from tests.support.stage import Stage

ALONE = sorted(set(STAGES) - {"slack and discord"})


@pytest.fixture(params=ALONE)
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Staged]:
    """Each platform by itself, with the whole programme and one project."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        yield opened


def until(stage: Staged | Stage, student: int = 1) -> datetime:
    """Until when the offer of the first application, or another, is open."""
    query = select(Application.offer_until).order_by(Application.id).offset(student - 1).limit(1)
    ((instant,),) = stage.rows(query)
    assert isinstance(instant, datetime)
    return instant


async def test_a_student_has_one_more_day_once(platform: Staged) -> None:
    """The reminder and the list have the button; the employer reads of it, and a second press is refused."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await is_applied(ada)
    await platform.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    before = until(platform)
    await platform.to(before - timedelta(hours=8))
    assert ada.view().count("runs out on") == 1
    await ada.presses("One more day")
    assert ada.sees(f"You have one more day for {TITLE}. Please answer by")
    after = until(platform)
    assert timedelta(days=1) <= after - before <= timedelta(hours=36)
    await ada.presses("One more day")
    assert ada.sees("You have had one more day for this offer already. Please answer by")
    assert until(platform) == after
    await platform.to(before + timedelta(minutes=1))
    assert platform.rows(select(Application.status)) == [("offered",)]
    assert marta.sees("takes one more day to think about your offer")
    await platform.to(after + timedelta(minutes=1))
    assert platform.rows(select(Application.status)) == [("expired",)]
    waits = platform.rows(select(Wait).where(Wait.kind != "applicants").order_by(Wait.id))
    assert [wait.state for wait in waits] == ["kept", "settled"]


@pytest.mark.soak
async def test_an_offer_before_a_weekend_has_a_whole_weekday(stage: Stage) -> None:
    """Made on a Friday it is open through Monday, and ends when its student is up on Tuesday."""
    await posted(stage, "ada")
    await stage.to(datetime(2026, 3, 13, 15, tzinfo=UTC))
    await offers(stage, "Ada Okafor")
    assert until(stage) == datetime(2026, 3, 17, 9, tzinfo=UTC)  # 10:00 in Berlin


@pytest.mark.soak
async def test_no_offer_ends_in_its_students_night(stage: Stage) -> None:
    """What would run out while the student sleeps runs out two hours after their quiet hours."""
    change = update(Programme).values(offer_hours=86)
    stage.database.transact_inline(lambda work: work.session.execute(change))
    await posted(stage, "ada")
    await offers(stage, "Ada Okafor")
    assert until(stage) == datetime(2026, 3, 13, 9, tzinfo=UTC)


@pytest.mark.soak
async def test_a_place_that_becomes_free_at_night_is_offered_in_the_morning(stage: Stage) -> None:
    """An offer from the waiting list starts a clock, so it goes out when its student is awake."""
    await posted(stage, "ada", "ben")
    change = update(Person).where(Person.name == "Ben Castillo").values(zone="America/New_York")
    stage.database.transact_inline(lambda work: work.session.execute(change))
    marta, ada = stage.person("marta"), stage.person("ada")
    await reads(stage, "Ben Castillo")
    await marta.presses("Put on the waiting list")
    await offers(stage, "Ada Okafor")
    await stage.to(datetime(2026, 3, 10, 8, 2, tzinfo=UTC))  # 04:02 for Ben
    await ada.presses("Decline")
    await ada.presses("Decline it")
    assert statuses(stage) == ["declined", "offered"]
    assert "offers you a place" not in stage.screen("ben")
    await stage.to(datetime(2026, 3, 10, 12, 1, tzinfo=UTC))
    assert "offers you a place" in stage.screen("ben")
    assert until(stage, 2) == datetime(2026, 3, 13, 12, tzinfo=UTC)
    await stage.tick(days=1)
    assert (
        "The offer goes out on Tue 10 March 2026, 13:00 (Europe/Madrid), after the student's quiet hours; "
        "an answer comes by Fri 13 March 2026, 13:00 (Europe/Madrid)." in stage.screen("marta")
    )


async def test_a_place_comes_late_to_who_wants_it(platform: Staged) -> None:
    """Released and asked, a student who says yes may still be offered a place, which says that it is late."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await is_applied(ada)
    ((due,),) = platform.rows(select(Wait.due_at).where(Wait.kind != "applicants"))
    await platform.to(due + timedelta(days=3, hours=12))
    assert platform.rows(select(Application.status)) == [("released",)]
    assert ada.sees("with a place, shall I bring it to you?")
    await ada.presses("Yes, bring it")
    assert ada.sees("You owe nothing for that, and can apply elsewhere.")
    await ada.uses("/applications")
    assert ada.sees("gave no answer in time, so I released you. A place that comes by")
    await platform.tick(days=1)
    assert marta.sees("you can still offer a place to those who agree to that.")
    await marta.uses("/applicants")
    assert marta.sees("released, still wants a place by")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    assert platform.rows(select(Application.status)) == [("offered",)]
    assert ada.sees("It comes late: you were promised an answer by")
    await ada.presses("Accept")
    assert platform.rows(select(Application.status)) == [("accepted",)]


async def test_no_place_comes_late_to_who_does_not_want_it(stage: Stage) -> None:
    """After a no, and after the two weeks, the employer has no button, and an old one is refused."""
    await posted(stage, "ada", "ben")
    await stage.to(DECIDE + timedelta(days=3, hours=4))
    ada, ben, marta = (stage.person(name) for name in ("ada", "ben", "marta"))
    await ada.presses("No, thanks")
    assert "is over for you, and I bring you nothing more about it." in stage.screen("ada")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    assert "[Make an offer]" not in stage.screen("marta")
    await stage.tick(hours=12)
    await ben.presses("Yes, bring it")
    await stage.tick(days=15)
    await marta.presses("Next")
    assert "[Make an offer]" not in stage.screen("marta")
    await ben.presses("No, thanks")
    assert "No place can come late here any more." in stage.screen("ben")
    assert statuses(stage) == ["released", "released"]


@pytest.mark.soak
async def test_an_offer_that_is_made_at_night_waits_for_the_morning(stage: Stage) -> None:
    """The employer reads when it goes out; its time begins then, and the student is not woken."""
    await posted(stage, "ben")  # in New York, where it is four in the morning
    await offers(stage, "Ben Castillo")
    said = "is made, and can no longer be undone. It goes out on Mon 9 March 2026, 13:00 (Europe/Madrid)"
    assert said in stage.screen("marta")
    await stage.to(datetime(2026, 3, 9, 11, 59, tzinfo=UTC))
    assert "offers you a place" not in stage.screen("ben")
    await stage.to(datetime(2026, 3, 9, 12, 1, tzinfo=UTC))
    assert "offers you a place" in stage.screen("ben")
    assert until(stage) == datetime(2026, 3, 12, 12, tzinfo=UTC)

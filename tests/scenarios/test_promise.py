"""The answer promise: every person who applied gets an answer."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.chat.local_day import Day
from bot.programme.core import dates
from storage.tables import Application, Notice, Task, Wait
from tests.support.projects import DECIDE, posted, set_columns, statuses
from tests.support.stage import Stage


@pytest.mark.soak
async def test_the_employer_is_reminded_two_days_before_and_on_the_day(stage: Stage) -> None:
    """Each reminder comes in the message of that morning, where the employer is, and says which it is."""
    await posted(stage, "ada", decide_at=DECIDE + timedelta(hours=10))
    await stage.to(DECIDE - timedelta(days=2, hours=2))
    assert "waits for your answer" not in stage.screen("marta")
    await stage.to(DECIDE - timedelta(days=1, hours=23))
    assert stage.screen("marta").count("waits for your answer") == 1
    assert stage.screen("marta").count("I remind you once more before then.") == 1
    await stage.to(DECIDE + timedelta(hours=1))
    assert stage.screen("marta").count("waits for your answer") == 2
    assert stage.screen("marta").count("I remind you once more before then.") == 1
    assert stage.screen("marta").count("This is my last reminder before then.") == 1


async def test_a_reminder_that_waits_follows_the_employer(stage: Stage) -> None:
    """The promised day moves with the employer, also in what was noted down and not read yet."""
    await posted(stage, "ada", **dates.columns("decide", Day(date(2026, 3, 24), "Europe/Madrid")))
    await stage.to(datetime(2026, 3, 22, 6, tzinfo=UTC))
    (waits,) = stage.rows(select(Notice).where(Notice.state == "waiting", Notice.subject.like("promise:%")))
    assert waits.useful_until == datetime(2026, 3, 24, 22, 59, tzinfo=UTC)
    await stage.person("marta").uses("/profile Auckland")
    (waits,) = stage.rows(select(Notice).where(Notice.state == "waiting", Notice.subject.like("promise:%")))
    assert waits.useful_until == datetime(2026, 3, 24, 10, 59, tzinfo=UTC)
    await stage.to(datetime(2026, 3, 22, 22, tzinfo=UTC))
    assert "You promised it by Tue 24 March." in stage.screen("marta")


@pytest.mark.soak
async def test_no_reminder_comes_when_every_applicant_has_an_answer(stage: Stage) -> None:
    """With every application answered the decision date passes in silence."""
    await posted(stage, "ada")
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.chooses("Ada Okafor")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "places"})
    await stage.to(DECIDE + timedelta(days=5))
    assert "for your answer" not in stage.screen("marta")
    assert stage.rows(select(Task.id)) == []
    assert "your application is closed" not in stage.screen("ada")


@pytest.mark.soak
async def test_the_coordinator_hears_when_the_date_has_passed(stage: Stage) -> None:
    """The task says who waits and what happens next; it closes by itself once all are answered."""
    await posted(stage, "ada")
    await stage.to(DECIDE + timedelta(hours=1))
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert (
        "the decision was due by Tue 24 March 2026, 08:00 (Europe/London). One applicant waits"
        in stage.screen("cora")
    )
    await cora.presses("See the applicants")
    await cora.chooses("Ada Okafor")
    await cora.presses("Not this time")
    await cora.fills({"Reason": "places"})
    await stage.tick(minutes=2)
    assert [state for (state,) in stage.rows(select(Task.state))] == ["done"]


async def test_three_days_later_who_still_waits_is_released(stage: Stage) -> None:
    """The note is honest, says it is no fault of theirs, and the employer reads of it."""
    await posted(stage, "ada", "ben")
    await stage.to(DECIDE + timedelta(days=3) - timedelta(minutes=1))
    assert statuses(stage) == ["submitted", "submitted"]
    await stage.to(DECIDE + timedelta(days=3, minutes=1))
    assert statuses(stage) == ["released", "released"]
    screen = stage.screen("ada")
    assert "Acme Maps promised you an answer on Market map of repair shops by Tue 24 March 2026" in screen
    assert "and gave none. That is not a no" in screen
    await stage.tick(days=1)
    reason = "because no answer came by Tue 24 March"
    assert f"I have released 2 applicants from Market map of repair shops, {reason}" in stage.screen("marta")
    await stage.person("ada").uses("/applications")
    assert "Acme Maps gave no answer by Tue 24 March" in stage.screen("ada")
    await stage.person("marta").uses("/applicants")
    assert "Ada Okafor · released, no answer came in time" in stage.screen("marta")
    assert [state for (state,) in stage.rows(select(Task.state))] == ["done"]


async def test_a_coordinator_may_release_at_once(stage: Stage) -> None:
    """One press and a yes end the waiting before the three days are over."""
    await posted(stage, "ada")
    await stage.to(DECIDE + timedelta(hours=1))
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    await cora.presses("Release them now")
    await cora.presses("Release them")
    assert statuses(stage) == ["released"]
    await stage.to(DECIDE + timedelta(days=4))
    assert stage.screen("ada").count("your application is closed") == 1


async def test_who_is_next_in_line_waits_while_an_offer_is_open(stage: Stage) -> None:
    """On the waiting list one is not released while the place may still come; then it ends."""
    await posted(stage, "ada", "ben")
    await stage.to(DECIDE + timedelta(days=2, hours=20))
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.chooses("Ben Castillo")
    await marta.presses("Put on the waiting list")
    await marta.uses("/applicants")
    await marta.chooses("Ada Okafor")
    await marta.presses("Make an offer", on="Ada Okafor")
    await stage.to(DECIDE + timedelta(days=3, hours=1))
    assert statuses(stage) == ["offered", "submitted"]
    await stage.person("ada").presses("Accept")
    await stage.tick(minutes=2)  # the day on which the place is gone, not when the offer would have run out
    assert statuses(stage) == ["accepted", "released"]
    await stage.tick(hours=12)
    assert "Every place in Market map of repair shops is taken" in stage.screen("ben")
    assert "What you wrote is kept, and offered to you again when you apply next." in stage.screen("ben")
    await stage.tick(days=2)
    reason = "because every place is taken."
    assert f"I have released one applicant from Market map of repair shops, {reason}" in stage.screen("marta")
    await stage.person("ben").uses("/applications")
    assert "Every place was taken, so I released you." in stage.screen("ben")
    await marta.uses("/applicants")
    assert "Ben Castillo · released, every place was taken" in stage.screen("marta")


async def test_no_applicant_is_released_by_an_old_button_before_a_later_date(stage: Stage) -> None:
    """Once the decision date has moved, "Release them now" says by when the answers are promised."""
    project_id = await posted(stage, "ada")
    await stage.to(DECIDE + timedelta(hours=1))
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    await set_columns(stage, project_id, decide_at=DECIDE + timedelta(days=7))
    await cora.presses("Release them now")
    assert "so I release no applicant before that" in stage.screen("cora")
    assert statuses(stage) == ["submitted"]


@pytest.mark.soak
async def test_a_closed_project_still_answers(stage: Stage) -> None:
    """Closing a project early ends no promise: who applied is answered, or released by the same date."""
    project_id = await posted(stage, "ada")
    marta = stage.person("marta")
    await marta.uses(f"/project close {project_id}")
    if marta.sees("[Close it]"):
        await marta.presses("Close it")
    await stage.to(DECIDE + timedelta(days=3, minutes=1))
    assert statuses(stage) == ["released"]


@pytest.mark.soak
async def test_a_project_without_an_owner_is_the_coordinators(stage: Stage) -> None:
    """Applications to an imported project are a coordinator's task, and the promise holds."""
    await posted(stage, owner="")
    ada = stage.person("ada")
    await ada.presses("Apply")
    await ada.says("I like maps and I have time in April.")
    await ada.presses("Skip")
    await ada.says("yes")
    await ada.presses("Send application")
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "Market map of repair shops · Acme Maps has no owner here" in stage.screen("cora")
    await cora.presses("Read: Ada Okafor")
    assert "I like maps" in stage.screen("cora")
    await stage.to(DECIDE + timedelta(days=3, minutes=1))
    assert statuses(stage) == ["released"]


@pytest.mark.soak
async def test_a_moved_date_moves_the_promise(stage: Stage) -> None:
    """With a later decision date no person is reminded, or released, by the old one."""
    project_id = await posted(stage, "ada")
    await set_columns(stage, project_id, decide_at=DECIDE + timedelta(days=10))
    await stage.to(DECIDE + timedelta(days=4))
    assert statuses(stage) == ["submitted"]
    assert stage.rows(select(Task.id)) == []
    await stage.to(DECIDE + timedelta(days=13, minutes=1))
    assert statuses(stage) == ["released"]


async def test_an_expired_offer_is_an_answer(stage: Stage) -> None:
    """Who let an offer run out does not read again that no answer came."""
    await posted(stage, "ada")
    stage.database.transact_inline(
        lambda work: work.session.execute(update(Application).values(status="expired"))
    )
    await stage.to(DECIDE + timedelta(days=4))
    assert statuses(stage) == ["expired"]
    assert "your application is closed" not in stage.screen("ada")


async def test_a_later_release_holds_for_who_waits_already(stage: Stage) -> None:
    """A coordinator who gives employers more days gives them for the promises that are running, too."""
    await posted(stage, "ada")
    cora = stage.person("cora")
    await cora.uses("/stint settings")
    await cora.presses("Time to answer")
    await cora.fills({"Days until release": "6"})
    await stage.to(DECIDE + timedelta(days=5))
    assert statuses(stage) == ["submitted"]
    await stage.to(DECIDE + timedelta(days=6, minutes=1))
    assert statuses(stage) == ["released"]


async def test_a_decision_undone_after_the_release_is_followed_by_it(stage: Stage) -> None:
    """An answer that is held keeps the student waiting; taken back, the release comes a minute later."""
    await posted(stage, "ada")
    cora = stage.person("cora")
    await cora.uses("/stint settings")
    await cora.presses("Time to answer")
    await cora.fills({"Seconds to undo": "600"})
    await stage.to(DECIDE + timedelta(days=3, minutes=-5))
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.chooses("Ada Okafor")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "places"})
    await stage.to(DECIDE + timedelta(days=3, minutes=1))
    assert statuses(stage) == ["submitted"]
    await marta.presses("Undo")
    await stage.tick(minutes=2)
    assert statuses(stage) == ["released"]
    (wait,) = stage.rows(select(Wait).where(Wait.kind == "answer"))
    assert (wait.kind, wait.subject, wait.state) == ("answer", "application:1", "settled")


@pytest.mark.soak
async def test_who_waits_sees_with_which_company_and_until_when(stage: Stage) -> None:
    """The list says with which company the application is, since when, and when the answer is due."""
    project_id = await posted(stage, "ada")
    ada = stage.person("ada")
    await ada.uses("/applications")
    line = "With Acme Maps since Mon 9 March 2026, answered by {} March 2026, 09:00 (Europe/Berlin) at the"
    assert line.format("Tue 24") in stage.screen("ada")
    await set_columns(stage, project_id, decide_at=DECIDE + timedelta(days=1))
    await ada.uses("/applications")
    assert line.format("Wed 25") in stage.screen("ada")

"""When a placement speaks: before quiet nights, in one message, and again when work waits for a word."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.terminal.screen import buttons_of
from storage.database import UnitOfWork
from storage.tables import Placement, Task, outbox, timers
from tests.support.kept_stage import open_played
from tests.support.projects import posted, project_row, seed_application, turn_of
from tests.support.stage import MONDAY, Stage, open_stage

TITLE = "Market map of repair shops"


async def _play(stage: Stage) -> None:
    """Play until ada, in Berlin, works for marta from 30 March to 13 April."""
    await place(stage)


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def place(stage: Stage, title: str = TITLE, weeks: int = 2) -> None:
    """A project of marta's that ada is offered and accepts."""
    number = await posted(stage, "ada", title=title, weeks=weeks)
    marta = stage.person("marta")
    await marta.uses(f"/applicants {number}")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)
    await stage.person("ada").presses("Accept")
    await stage.person("ada").presses("We talked")


async def moves(stage: Stage, deliverable: str, date: str, who: str = "marta") -> None:
    """A person of the employer's side moves the date of a deliverable."""
    person = stage.person(who)
    await person.uses("/placement 1")
    await person.presses("Move a date")
    await person.presses(deliverable)
    await person.fills({"New date": date, "Reason": "It suits us better."})


async def hands_in(stage: Stage) -> None:
    """Ada hands in her table."""
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. A table of shops")
    await ada.fills({"About the work": "The first sheet"})


def sent_to(stage: Stage, account: str, words: str) -> list[datetime]:
    """When messages with these words went to an account, UTC."""
    query = select(outbox.c.sent_at, outbox.c.message).where(outbox.c.destination == f"terminal/@{account}")
    return [at for at, said in stage.rows(query.order_by(outbox.c.id)) if words in str(said)]


@pytest.mark.soak
async def test_the_last_call_comes_before_a_quiet_night(stage: Stage) -> None:
    """For a date at six in the morning it comes the evening before, before the quiet hours begin."""
    await moves(stage, "1. A table of shops", "8 April 2026 06:00")
    await stage.person("ada").presses("Agree")
    await stage.to(datetime(2026, 4, 9, tzinfo=UTC))
    (call,) = sent_to(stage, "ada", "silence is not")
    assert call == datetime(2026, 4, 7, 19, 15, tzinfo=UTC)  # 21:15 in Berlin, quiet from 21:30


async def test_the_last_call_follows_new_quiet_hours(stage: Stage) -> None:
    """Who is quiet earlier from now on gets it earlier."""
    ada = stage.person("ada")
    await moves(stage, "1. A table of shops", "8 April 2026 06:00")
    await stage.person("ada").presses("Agree")
    await ada.uses("/profile")
    await ada.presses("Change quiet hours")
    await ada.fills({"Quiet from": "20:00", "Quiet until": "08:00"})
    await stage.to(datetime(2026, 4, 9, tzinfo=UTC))
    (call,) = sent_to(stage, "ada", "silence is not")
    assert call == datetime(2026, 4, 7, 17, 45, tzinfo=UTC)


@pytest.mark.soak
async def test_last_calls_of_one_hour_are_one_message(tmp_path: Path) -> None:
    """Two placements that are due at the same time call once, with both."""
    async with open_stage(tmp_path) as stage:
        await place(stage)
        await place(stage, "Second project")
        await stage.to(datetime(2026, 4, 14, tzinfo=UTC))
        (call,) = sent_to(stage, "ada", "silence is not")
        assert call == datetime(2026, 4, 13, 18, 59, tzinfo=UTC)
        last = stage.screen("ada").rpartition("2 things for you today")[2]
        assert TITLE in last
        assert "Second project" in last


@pytest.mark.soak
async def test_work_that_has_its_word_is_not_asked_for(stage: Stage) -> None:
    """An answer, and a newer version, end the waiting for the old one."""
    await hands_in(stage)
    marta = stage.person("marta")
    await marta.uses("/placement")
    await marta.presses("Ask for changes")
    await marta.fills({"What should change": "Please add the opening hours."})
    await stage.tick(days=8)
    assert "waits for your review" not in stage.screen("marta")


async def test_a_coordinator_who_moves_a_date_tells_both_sides(stage: Stage) -> None:
    """The student at once, the employer in the day's message, with who did it and why."""
    await moves(stage, "2. A one-page summary", "24 April 2026", who="cora")
    assert "has moved to Fri 24 April." in stage.screen("ada")
    await stage.tick(days=1)
    assert "Cora Lindqvist moved the date of A one-page summary of Ada Okafor" in stage.screen("marta")
    assert "It suits us better." in stage.screen("marta")


async def test_a_second_press_on_agree_or_keep_says_nothing_twice(stage: Stage) -> None:
    """The date that was agreed is the date already; a kept one is said once."""
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.uses("/placement")
    await ada.presses("Ask for another date")
    await ada.presses("2. A one-page summary")
    await ada.fills({"New date": "24 April 2026", "Reason": "Exams"})
    await stage.tick(days=1)
    for _ in range(2):
        await marta.presses("Keep the date")
    assert stage.screen("ada").count("stays as it is") == 1
    stands = [
        (entry, each) for entry in marta.screen() for each in buttons_of(entry) if each.label == "Agree"
    ]
    for _ in range(2):
        await marta.press(*stands[-1])
    with pytest.raises(LookupError):
        await marta.presses("Agree")
    assert stage.screen("ada").count("has moved to Fri 24 April") == 1
    assert "That is the date already" in stage.screen("marta")


async def test_an_answer_after_two_silences_closes_the_item(tmp_path: Path) -> None:
    """The coordinator reads of the silence, and nothing waits once the student has answered."""
    async with open_stage(tmp_path) as stage:
        await place(stage, weeks=4)
        await stage.to(datetime(2026, 4, 16, 10, tzinfo=UTC))
        keys = {key for (key,) in stage.rows(select(Task.key).where(Task.state == "open"))}
        assert keys == {"silent:1:student", "silent-employer:1"}
        assert "You have not answered my last two questions" in stage.screen("ada")
        await stage.person("ada").presses("On track")
        assert f"Noted for {TITLE}: on track." in stage.screen("ada")
        await stage.person("marta").presses("On track")
        assert "Noted for Ada Okafor: on track." in stage.screen("marta")
        assert stage.rows(select(Task.key).where(Task.state == "open")) == []


@pytest.mark.soak
async def test_ten_check_ins_of_a_day_are_one_card_with_buttons_for_each(tmp_path: Path) -> None:
    """An employer with ten interns has one message that morning, in which each row answers for its intern."""
    async with open_stage(tmp_path) as stage:
        names = [f"s{number}" for number in range(10)]
        for name in names:
            stage.world.add_account(name, f"Student {name}", "Europe/Madrid")
            await stage.person(name).uses("/project list")
        await posted(stage, *names, places=10, weeks=3)
        marta = stage.person("marta")
        await marta.uses("/applicants")
        await marta.presses("Read one by one")
        for number in range(10):
            await marta.presses("Make an offer")
            await marta.presses("Next application" if number < 9 else "Undo")
        await marta.presses("Back to the application")
        await marta.presses("Make an offer")
        await stage.tick(minutes=3)
        for name in names:
            await stage.person(name).presses("Accept")
        await stage.to(datetime(2026, 4, 5, 12, tzinfo=UTC))
        marta.reads()
        await stage.tick(days=1)
        assert marta.unread() == 1
        card = stage.screen("marta").rpartition("How are your interns doing?")[2]
        assert [number for number in range(10) if f"s{number} · Market map" in card] == list(range(9))
        await marta.presses("Show the other one")
        assert (
            "How is Student s9 doing with Market map" in stage.screen("marta").rpartition("the other one]")[2]
        )


async def test_the_end_of_a_placement_is_heard_without_a_name_after_forgetting(stage: Stage) -> None:
    """An intern ends it and is forgotten: employer and coordinator still read of it, without a name."""
    ada, cora, marta = stage.person("ada"), stage.person("cora"), stage.person("marta")
    await ada.uses("/placement")
    await ada.presses("End it early")
    await ada.fills({"Reason": "I am moving away."})
    await ada.uses("/profile")
    await ada.presses("Forget me")
    await ada.presses("Yes, forget me")
    await stage.tick(days=1)
    await cora.uses("/stint tasks")
    listed = stage.screen("cora").rpartition("task")[2]
    for heard in (stage.screen("marta"), listed):
        assert f"A person who left has ended the work on {TITLE}" in heard
        assert "moving away" not in heard
    await marta.uses("/placement 1")
    assert "A person who left" in stage.screen("marta")


@pytest.mark.soak
async def test_a_completed_placement_closes_without_a_forgotten_person(stage: Stage) -> None:
    """The closing message reaches the employer; no person is looked for who is no longer there."""
    ada, marta = stage.person("ada"), stage.person("marta")
    for deliverable in ("1. A table of shops", "2. A one-page summary"):
        await ada.uses("/placement")
        await ada.presses("Hand in")
        if ada.form is None:
            await ada.presses(deliverable)
        await ada.fills({"About the work": "Done."})
        await marta.uses("/placement")
        await marta.presses("Accept")
    await ada.uses("/profile")
    await ada.presses("Forget me")
    await ada.presses("Yes, forget me")
    await stage.tick(days=5)
    assert f"Complete: {TITLE}" in stage.screen("marta")
    assert stage.rows(select(timers.c.key).where(timers.c.state == "failed")) == []


async def test_late_work_that_comes_in_settles_what_was_said_of_its_date(stage: Stage) -> None:
    """The coordinator's task closes with the last open deliverable of the date."""
    await stage.to(datetime(2026, 4, 16, 9, tzinfo=UTC))
    late = select(Task.state).where(Task.key.startswith("overdue:"))
    assert stage.rows(late) == [("open",)]
    await hands_in(stage)
    assert stage.rows(late) == [("open",)]
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("2. A one-page summary")
    await ada.fills({"About the work": "The summary"})
    assert stage.rows(late) == [("done",)]


@pytest.mark.soak
async def test_what_is_in_is_not_reminded_of_in_the_mornings_message(stage: Stage) -> None:
    """Work handed in at dawn takes the reminder out of the message of that day."""
    await moves(stage, "1. A table of shops", "9 April 2026")
    await stage.person("ada").presses("Agree")
    await stage.to(datetime(2026, 4, 8, 3, tzinfo=UTC))
    await hands_in(stage)
    await stage.tick(hours=12)
    assert "is due by Thu 9 April" not in stage.screen("ada").rpartition("Handed in")[2]


@pytest.mark.soak
async def test_changes_that_are_asked_late_come_with_some_days(stage: Stage) -> None:
    """After the date the new version has three days; no person is called late meanwhile."""
    await stage.to(datetime(2026, 4, 12, 10, tzinfo=UTC))
    for deliverable in ("1. A table of shops", "2. A one-page summary"):
        ada = stage.person("ada")
        await ada.uses("/placement")
        await ada.presses("Hand in")
        await ada.presses(deliverable)
        await ada.fills({"About the work": "Done."})
    await stage.to(datetime(2026, 4, 15, 10, tzinfo=UTC))
    marta = stage.person("marta")
    await marta.presses("Ask for changes")
    await marta.fills({"What should change": "Please add the opening hours."})
    assert "The new version is due by Sat 18 April." in stage.screen("ada")
    assert "The new version is due by Sat 18 April (Berlin)." in stage.screen("marta")
    await stage.to(datetime(2026, 4, 18, 10, tzinfo=UTC))
    assert "has not handed in" not in stage.screen("marta")
    await stage.to(datetime(2026, 4, 20, 10, tzinfo=UTC))
    assert "has not handed in" in stage.screen("marta")


async def test_many_placements_are_pages(tmp_path: Path) -> None:
    """Eleven are three pages of five; a number or words of the title find one."""
    async with open_stage(tmp_path) as stage:
        await place(stage)
        stage.database.transact_inline(ten_more)
        cora = stage.person("cora")
        await cora.uses("/placement")
        assert "Placements (11)" in stage.screen("cora")
        await cora.presses("More")
        assert "Page 2 of 3" in stage.screen("cora")
        await cora.uses("/placement 3")
        assert "Placement #3" in stage.screen("cora")


def ten_more(work: UnitOfWork) -> None:
    """Ten more placements like the first, of as many projects."""
    first = work.session.scalars(select(Placement)).one()
    turn = turn_of(work, "ada")
    for number in range(10):
        project = project_row(work, None, MONDAY, title=f"Project {number}")
        application = seed_application(work, project, turn.person, MONDAY, status="accepted")
        same = {"person_id": first.person_id, "starts_at": first.starts_at, "due_at": first.due_at}
        work.session.add(
            Placement(
                programme_id=1,
                project_id=project.id,
                application_id=application.id,
                status="active",
                created_at=MONDAY,
                **same,
            )
        )

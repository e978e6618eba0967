"""A placement from kickoff to completion, as both sides and the coordinator live through it."""

from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.programme.core import verbs
from storage.database import UnitOfWork
from storage.tables import CheckIn, Milestone, Placement, Submission, timers
from tests.support.kept_stage import open_played
from tests.support.platform_events import tell_button
from tests.support.projects import posted
from tests.support.stage import Stage, open_stage


async def _play(stage: Stage) -> None:
    """Play until ada's offer for marta's project is open."""
    await posted(stage, "ada")
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)


pytestmark = pytest.mark.stage(opened=open_played, play=_play)


async def begin(stage: Stage) -> None:
    """Ada accepts: she works from 30 March to 13 April, in Berlin's time."""
    await stage.person("ada").presses("Accept")
    await stage.person("ada").presses("We talked")


async def to_day(stage: Stage, day: int, hour: int = 10, month: int = 4) -> None:
    """Let time pass until this hour UTC of a day of 2026."""
    await stage.to(stage.clock.now().replace(month=month, day=day, hour=hour, minute=0, second=0))


def pending(stage: Stage, kind: str) -> int:
    """How many timers of this kind are set."""
    found = select(timers.c.id).where(timers.c.kind == kind, timers.c.state == "pending")
    return len(stage.rows(found))


@pytest.mark.soak
async def test_the_kickoff_says_everything_needed(stage: Stage) -> None:
    """Dates in the student's own zone, the deliverables, and the details that only interns see."""
    await begin(stage)
    dm = stage.screen("ada")
    assert "Due: Mon 13 April\n" in dm
    assert "A one-page summary" in dm
    assert "The door code is 4711." in dm
    assert "4711" not in stage.screen("ben", "spring")
    await stage.tick(days=1)
    assert "Ada Okafor accepted your offer" in stage.screen("marta")


async def test_a_placement_that_has_not_begun_says_so(stage: Stage) -> None:
    """Between accepting and the first day nothing is under way yet; from that day on it is."""
    await begin(stage)
    ada = stage.person("ada")
    await ada.uses("/placement")
    assert "Status: not begun yet" in stage.screen("ada")
    await ada.uses("/profile")
    await ada.presses("Show my data")
    assert "Market map of repair shops: not begun yet." in stage.screen("ada")
    await ada.presses("Forget me")
    assert "has not ended, and another person counts on it." in stage.screen("ada")
    assert "under way" not in stage.screen("ada")
    await to_day(stage, 30, month=3)
    await ada.uses("/placement")
    assert "Status: under way" in stage.screen("ada")


async def test_nothing_is_handed_in_twice_over(stage: Stage) -> None:
    """Once every deliverable is accepted, an old Hand in says that nothing waits, without an empty choice."""
    await begin(stage)

    def accept(work: UnitOfWork) -> None:
        work.connection.execute(update(Milestone).values(status="accepted"))

    ada = stage.person("ada")
    await ada.uses("/placement")
    stage.database.transact_inline(accept)
    await ada.presses("Hand in")
    assert "nothing waits to be handed in" in stage.screen("ada")


@pytest.mark.soak
async def test_reminders_come_a_week_a_day_and_three_hours_before(stage: Stage) -> None:
    """Three reminders in the student's days, and none after the work is in."""
    await begin(stage)
    await to_day(stage, 5)
    seen = []
    for day in (7, 13, 14):
        before = stage.screen("ada").count("is due by Mon 13 April")
        await to_day(stage, day, 23 if day == 13 else 10)
        seen.append(stage.screen("ada").count("is due by Mon 13 April") - before)
    assert seen == [1, 2, 0]


@pytest.mark.soak
async def test_a_check_in_with_trouble_becomes_an_item_and_a_line_joins_it(stage: Stage) -> None:
    """Both sides are asked; the coordinator reads of trouble, with the student's own line."""
    await begin(stage)
    await to_day(stage, 6)
    assert "How is Ada Okafor doing" in stage.screen("marta")
    ada = stage.person("ada")
    await ada.presses("At risk")
    await ada.presses("Add a line")
    await ada.fills({"Your line": "The data came late."})
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "is at risk" in stage.screen("cora")
    assert "The data came late." in stage.screen("cora")
    assert "The data came late." not in stage.screen("marta")


@pytest.mark.soak
async def test_the_two_sides_seeing_it_differently_is_said_so(stage: Stage) -> None:
    """An employer who says on track and a student who is stuck are a disagreement."""
    await begin(stage)
    await to_day(stage, 6)
    await stage.person("marta").presses("On track")
    await stage.person("ada").presses("Stuck")
    await stage.person("cora").uses("/stint tasks")
    assert "Ada Okafor and the employer see" in stage.screen("cora")


@pytest.mark.soak
async def test_changing_an_answer_settles_the_item(stage: Stage) -> None:
    """Back on track, nothing waits for the coordinator any more."""
    await begin(stage)
    await to_day(stage, 6)
    ada = stage.person("ada")
    await ada.presses("Stuck")
    await ada.presses("Change the answer")
    await ada.presses("On track")
    await stage.person("cora").uses("/stint tasks")
    assert "Nothing waits for you" in stage.screen("cora")
    assert stage.rows(select(CheckIn.answer).where(CheckIn.side == "student")) == [("on_track",)]


@pytest.mark.soak
async def test_two_silences_in_a_row_reach_the_coordinator(tmp_path: Path) -> None:
    """A longer placement with two unanswered check-ins: the coordinator finds out by itself."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada", weeks=4)
        marta = stage.person("marta")
        await marta.uses("/applicants")
        await marta.presses("Read one by one")
        await marta.presses("Make an offer")
        await stage.tick(minutes=3)
        await begin(stage)
        await to_day(stage, 9)
        await stage.person("cora").uses("/stint tasks")
        assert "Nothing waits for you" in stage.screen("cora")
        await to_day(stage, 16)
        await stage.person("cora").uses("/stint tasks")
        assert "has not answered two check-ins in a row" in stage.screen("cora")
        assert "You have not answered my last two questions about Market map" in stage.screen("ada")


async def test_a_side_that_wrote_is_not_asked_whether_all_is_well(tmp_path: Path) -> None:
    """Ada answers no check-in but writes a message, a sign of life; Marta does neither, and is asked."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada", weeks=4)
        ada, marta, cora = (stage.person(name) for name in ("ada", "marta", "cora"))
        await marta.uses("/applicants")
        await marta.presses("Read one by one")
        await marta.presses("Make an offer")
        await stage.tick(minutes=3)
        await begin(stage)
        await to_day(stage, 9)
        await ada.uses("/applications")
        await ada.presses("Write to the employer")
        await ada.fills({"Your message": "Half of the table is done."})
        await to_day(stage, 16)
        await cora.uses("/stint tasks")
        assert "Ada Okafor (student) has not answered" not in stage.screen("cora")
        assert "Marta Ruiz (employer) has not answered two check-ins in a row" in stage.screen("cora")
        assert "You have not answered my last two questions" not in stage.screen("ada")


async def test_work_goes_back_and_forth_until_it_is_accepted(stage: Stage, tmp_path: Path) -> None:
    """Handed in, changed, handed in again, accepted; complete with a closing message for both."""
    (tmp_path / "summary.pdf").write_bytes(b"%PDF-1.7 one page")
    await begin(stage)
    await to_day(stage, 8)
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("1. A table of shops")
    await ada.fills({"Link": "example.org/sheet"})
    await stage.tick(days=1)
    await marta.presses("Ask for changes")
    await marta.fills({"What should change": "Please add the opening hours."})
    assert "Please add the opening hours." in stage.screen("ada")
    await ada.presses("Hand in again")
    await ada.fills({"About the work": "Opening hours added."})
    await marta.uses("/placement")
    await marta.presses("Accept")
    await tell_button(stage, "ada", str(verbs.MILESTONE_HAND_IN(1)))
    assert "That deliverable is accepted already. Nothing more is needed." in stage.screen("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"File": str(tmp_path / "summary.pdf")})
    await stage.tick(days=1)
    assert "summary.pdf" in stage.screen("marta")
    await marta.uses("/placement")
    await marta.presses("Accept")
    assert [v for (v,) in stage.rows(select(Submission.version).order_by(Submission.id))] == [1, 2, 1]
    assert stage.rows(select(Placement.status)) == [("completed",)]
    assert "is complete" in stage.screen("ada")
    await ada.presses("Write a line")
    await ada.fills({"Your line": "I learned to ask early."})
    await stage.tick(days=1)
    await marta.presses("Write a line")
    await marta.fills({"Your line": "Careful, and pleasant to work with."})
    for account in ("ada", "marta"):
        dm = stage.screen(account)
        assert "Complete: Market map of repair shops" in dm
        assert "I learned to ask early." in dm
        assert "Careful, and pleasant to work with." in dm


async def finish(stage: Stage) -> None:
    """Ada hands everything in, and Marta accepts it."""
    ada, marta = stage.person("ada"), stage.person("marta")
    for _ in range(2):
        await ada.uses("/placement")
        await ada.presses("Hand in")
        if ada.form is None:
            await ada.presses("1. A table of shops")
        await ada.fills({"About the work": "Done."})
        await marta.uses("/placement")
        await marta.presses("Accept")


@pytest.mark.soak
async def test_completion_stops_every_reminder_and_closes_without_lines(stage: Stage) -> None:
    """No person is reminded of finished work; the closing message goes out after three days anyway."""
    await begin(stage)
    await to_day(stage, 1)
    await finish(stage)
    await stage.tick(days=30)
    assert "is due" not in stage.screen("ada")
    assert stage.screen("ada").count("Complete: Market map") == 1
    assert "with Acme Maps, Mon 30 March to Wed 1 April" in stage.screen("ada")


@pytest.mark.soak
async def test_work_that_is_done_before_it_begins_has_the_day_of_its_end(stage: Stage) -> None:
    """A person who is ready before the first day reads no span of days that runs backwards."""
    await begin(stage)
    await finish(stage)
    await stage.tick(days=4)
    assert "Ada Okafor with Acme Maps, until Mon 9 March\nAccepted:" in stage.screen("ada")


@pytest.mark.soak
async def test_the_employer_moves_a_date_and_everything_follows(stage: Stage) -> None:
    """The student reads of it, old reminders are gone and new ones come at the new date."""
    await begin(stage)
    marta = stage.person("marta")
    await marta.uses("/placement")
    await marta.presses("Move a date")
    await marta.presses("1. A table of shops")
    await marta.fills({"New date": "20 April 2026", "Reason": "The data comes later."})
    assert "has moved to Mon 20 April." in stage.screen("ada")
    assert "The data comes later." in stage.screen("ada")
    await to_day(stage, 20)
    dm = stage.screen("ada")
    assert "is due by Mon 20 April." in dm
    dates = {m for (m,) in stage.rows(select(Milestone.due_at))}
    assert len(dates) == 2


@pytest.mark.soak
async def test_the_student_asks_for_a_date_and_the_employer_agrees(stage: Stage) -> None:
    """Until the employer agrees the date stays; then it moves."""
    await begin(stage)
    ada, marta = stage.person("ada"), stage.person("marta")
    await ada.presses("See the placement")
    await ada.presses("Ask for another date")
    await ada.presses("2. A one-page summary")
    await ada.fills({"New date": "24 April 2026", "Reason": "Exams"})
    before = stage.rows(select(Milestone.due_at).where(Milestone.position == 2))
    await stage.tick(days=1)
    assert "asks to move A one-page summary" in stage.screen("marta")
    await marta.presses("Agree")
    after = stage.rows(select(Milestone.due_at).where(Milestone.position == 2))
    assert before != after
    assert "has moved to Fri 24 April." in stage.screen("ada")


@pytest.mark.soak
async def test_ending_early_tells_everyone_and_stops_the_clock(stage: Stage) -> None:
    """No timers are left, the coordinator has an item, and the place is free again."""
    await begin(stage)
    ada = stage.person("ada")
    await ada.presses("See the placement")
    await ada.presses("End it early")
    await ada.fills({"Reason": "I found a job."})
    assert "I found a job." in stage.screen("cora")
    await stage.tick(days=1)
    assert "Ada Okafor has ended the work on Market map of repair shops." in stage.screen("marta")
    assert "I found a job." not in stage.screen("marta")
    assert pending(stage, "placement.reminder") == 0
    assert pending(stage, "placement.checkin") == 0
    assert "1 place\n" in stage.screen("ben", "spring")


@pytest.mark.soak
async def test_a_missed_date_reaches_both_sides_and_then_the_coordinator(stage: Stage) -> None:
    """First the two who can mend it, a day and a half later the one who must not find out too late."""
    await begin(stage)
    await to_day(stage, 15, 9)
    assert "has passed" in stage.screen("ada")
    assert "has not handed in all of" in stage.screen("marta")
    await stage.person("cora").uses("/stint tasks")
    assert "is late with" not in stage.screen("cora")
    await to_day(stage, 16, 9)
    await stage.person("cora").uses("/stint tasks")
    assert "is late with" in stage.screen("cora")


async def test_a_strangers_placement_stays_closed(stage: Stage) -> None:
    """Neither its number nor a button of it opens it to another person."""
    await begin(stage)
    ben = stage.person("ben")
    await ben.uses("/placement 1")
    assert "That placement is not yours" in stage.screen("ben")
    assert "4711" not in stage.screen("ben")


@pytest.mark.soak
async def test_what_waits_for_its_reader_comes_first(stage: Stage) -> None:
    """Of the deliverables the employer sees first what was handed in, the student what is still to do."""
    await begin(stage)

    def set_statuses(work: UnitOfWork, *statuses: str) -> None:
        found = work.session.scalars(select(Milestone).order_by(Milestone.position))
        for milestone, status in zip(found, statuses, strict=True):
            milestone.status = status

    def marks(person: str) -> list[str]:
        lines = stage.screen(person).splitlines()
        return [
            line.strip()[0] for line in lines if ", due by Mon 13 April" in line and "shops · A" not in line
        ][-2:]

    stage.database.transact_inline(lambda work: set_statuses(work, "accepted", "handed_in"))
    await stage.person("marta").uses("/placement")
    assert marks("marta") == ["→", "✓"]
    stage.database.transact_inline(lambda work: set_statuses(work, "handed_in", "open"))
    await stage.person("ada").uses("/placement")
    assert marks("ada") == ["·", "→"]


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ("ben", "It begins when you accept an offer"),
        ("marta", "No student works for you yet."),
        ("cora", "name the student or the project"),
    ],
)
async def test_an_empty_list_of_placements_speaks_to_its_reader(
    stage: Stage, account: str, said: str
) -> None:
    """A student, an employer and a coordinator each read what would begin one for them."""
    person = stage.person(account)
    await person.uses("/placement")
    assert said in stage.screen(account)

"""Mentors of students at work, on every platform: assigned, read by both sides, refused, worried, ended."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select, update

from storage.database import UnitOfWork
from storage.tables import CheckIn, Company, Letter, Mentor, Milestone, Person, Role, Task, timers
from tests.support.every_stage import STAGES
from tests.support.platform_events import tell_button
from tests.support.projects import make_coordinator, posted
from tests.support.stage import Stage, open_stage

AnyStage: TypeAlias = Any
"""A stage of whichever platform."""

LINE = "Market map of repair shops · deliverables done: 0 of 2, the next due by"


async def at_work(platform: AnyStage) -> None:
    """Live until Ada has accepted Marta's place; she works from 30 March to 13 April."""
    await posted(platform, "ada")
    marta = platform.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await platform.tick(minutes=3)
    await platform.person("ada").presses("Accept")


@pytest.fixture(params=["terminal", "slack by socket", "discord"])
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AnyStage]:
    """Each platform, with Ada at work for Acme Maps; Jo is of another company."""
    async with STAGES[request.param](tmp_path) as stage:
        opened: AnyStage = stage
        await at_work(opened)
        yield opened


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Stage]:
    """The same on the terminal alone."""
    async with open_stage(tmp_path) as stage:
        await at_work(stage)
        yield stage


async def assigned(platform: AnyStage, way: str = "Reads check-ins") -> None:
    """Cora makes Jo Ada's mentor."""
    cora = platform.person("cora")
    await cora.uses("/mentor @jo market map")
    assert cora.sees("Does Jo Park read the check-ins of Ada Okafor from now on?")
    await cora.presses(way)
    assert cora.sees("Jo Park is the mentor of Ada Okafor now. Both read what a mentor sees.")
    await platform.tick(hours=8)


async def to_day(platform: AnyStage, day: int, hour: int = 14, month: int = 4) -> None:
    """Let time pass until this hour UTC of a day of 2026."""
    await platform.tick(
        hours=(platform.clock.now().replace(month=month, day=day, hour=hour, minute=0) - platform.clock.now())
        / timedelta(hours=1)
    )


def statuses(platform: AnyStage) -> list[str]:
    """The status of each mentor, the first assigned at the head."""
    return [status for (status,) in platform.rows(select(Mentor.status).order_by(Mentor.id))]


@pytest.mark.soak
async def test_both_read_what_a_mentor_sees_and_may_promise(platform: AnyStage) -> None:
    """The student reads what the mentor reads, and the mentor what they cannot see or promise."""
    ada, jo, marta = (platform.person(each) for each in ("ada", "jo", "marta"))
    await assigned(platform)
    assert ada.sees(" is your mentor for Market map of repair shops now.")
    assert ada.sees("your check-ins from now on: none of before, and none that you keep for the coordinators")
    assert ada.sees("You can work without a mentor, and need not say why")
    assert jo.sees(" now, for Market map of repair shops · Acme Maps, until")
    assert jo.sees("Nothing is asked of you.")
    assert jo.sees("You do not see earlier check-ins, those for the coordinators only, the application")
    assert jo.sees("You cannot promise dates, money, a place, or that something stays between you two.")
    await jo.uses("/placement")
    assert jo.sees("You are the mentor of ")
    assert not jo.sees("The door code is 4711.")
    assert not jo.sees("A table of shops")
    await ada.uses("/placement")
    assert ada.sees("Mentor")
    await marta.uses("/placement")
    assert not marta.sees("Mentor")


async def test_the_week_s_line_asks_nothing_and_has_three_buttons(platform: AnyStage) -> None:
    """Each Monday the mentor reads one line; We talked is noted for the student and the coordinators."""
    ada, cora, jo = (platform.person(each) for each in ("ada", "cora", "jo"))
    await assigned(platform)
    await to_day(platform, 16, month=3)
    assert jo.sees(LINE)
    await jo.presses("We talked")
    assert jo.sees("Noted: you talked with ")
    await ada.uses("/placement")
    assert ada.sees(", last talked on ")
    await jo.presses("Write to the student", on="Noted: you talked")
    await jo.fills({"Your message": "How are you?"})
    assert ada.sees("Jo Park (mentor) writes to you about Market map of repair shops:")
    await ada.presses("Reply", on="How are you?")
    await ada.fills({"Your message": "Well, thank you."})
    assert jo.sees("Well, thank you.")
    await jo.presses("All messages", on="Well, thank you.")
    assert jo.sees("Between the student and Jo Park as mentor, who are its only readers.")
    assert jo.sees("Jo Park (mentor),")
    assert [each for (each,) in platform.rows(select(Letter.person_id))] == [None, None]
    await cora.uses("/placement market")
    assert cora.sees(", last talked on ")
    assert not cora.sees("Well, thank you.")


async def test_a_worry_reaches_the_coordinators_and_no_other(platform: AnyStage) -> None:
    """One press is enough; words go to the coordinators, who can write back to the mentor."""
    ada, cora, jo, marta = (platform.person(each) for each in ("ada", "cora", "jo", "marta"))
    await assigned(platform)
    await jo.uses("/placement")
    await jo.presses("I am worried")
    assert jo.sees("The coordinators read now that you are worried about ")
    assert cora.sees(" (mentor) is worried about ")
    await jo.presses("Write to a coordinator", on="The coordinators read now")
    await jo.fills({"Your message": "She has not slept."})
    assert cora.sees("She has not slept.")
    await cora.presses("Reply", on="She has not slept.")
    await cora.fills({"Your message": "I call her today."})
    assert jo.sees("Cora Lindqvist (coordinator) writes to you")
    await cora.uses("/stint tasks")
    assert cora.sees("(mentor) is worried about ")
    await cora.uses("/placement market")
    await cora.presses("Messages with the mentor")
    assert cora.sees("Between Jo Park and the coordinators, who are its only readers.")
    for other in (ada, marta):
        assert not other.sees("is worried")
        assert not other.sees("She has not slept.")


async def test_a_coordinator_of_the_company_reads_no_worry(platform: AnyStage) -> None:
    """What a mentor confides about the student is kept from the employer's side."""
    make_coordinator(platform, "marta")
    await assigned(platform)
    jo, marta = platform.person("jo"), platform.person("marta")
    await jo.uses("/placement")
    await jo.presses("I am worried")
    await jo.presses("Write to a coordinator", on="The coordinators read now")
    await jo.fills({"Your message": "She has not slept."})
    await platform.tick(days=1)
    await marta.uses("/stint tasks")
    assert not marta.sees("is worried")
    assert not marta.sees("Jo Park wrote to the coordinators")
    assert not marta.sees("She has not slept.")


async def test_the_student_refuses_and_need_not_say_why(platform: AnyStage) -> None:
    """The mentor reads that the part is over, the coordinators can name another, and no more is read."""
    ada, cora, jo = (platform.person(each) for each in ("ada", "cora", "jo"))
    await assigned(platform)
    await ada.presses("No mentor, please")
    assert ada.sees("Done. Jo Park is not your mentor for Market map of repair shops any more")
    assert statuses(platform) == ["refused"]
    await platform.tick(days=1)
    assert jo.sees("You are no longer the mentor of Ada Okafor for Market map of repair shops.")
    assert not jo.sees("refused")
    await cora.uses("/stint tasks")
    assert cora.sees("Ada Okafor works without Jo Park as mentor in Market map of repair shops from now on.")
    await jo.presses("Write to the student")
    assert not platform.rows(select(Letter.id))
    await jo.uses("/placement 1")
    assert jo.sees("That placement is not yours.")
    await cora.uses("/stint history placement 1")
    assert cora.sees("Jo Park: Not a mentor any more: the student wished so. (Ada Okafor)")
    await ada.uses("/stint history placement 1")
    assert ada.sees("Jo Park: Mentor from now on. (Cora Lindqvist)")
    assert platform.rows(select(Role.id).where(Role.role == "mentor")) == []
    assert not platform.rows(
        select(timers.c.id).where(timers.c.kind == "mentor.week", timers.c.state == "pending")
    )


async def test_a_check_in_is_the_mentor_s_to_read_unless_it_is_kept(platform: AnyStage) -> None:
    """Beforehand the student reads who reads; an answer for the coordinators only stays with them."""
    ada, jo = platform.person("ada"), platform.person("jo")
    await assigned(platform)
    await to_day(platform, 6)
    assert ada.sees("Jo Park, your mentor, reads your answer, unless you give it for the coordinators only.")
    await ada.presses("At risk")
    assert ada.sees("The coordinators and Jo Park, your mentor, see this.")
    await jo.uses("/placement")
    assert jo.sees(": at risk")
    await ada.presses("Change the answer")
    await ada.presses("For the coordinators only")
    assert ada.sees("Only the coordinators read what you press here.")
    await ada.presses("Stuck")
    assert ada.sees("Only the coordinators see this.")
    await jo.uses("/placement")
    assert not jo.sees("stuck")


async def test_what_is_kept_is_taken_out_of_a_line_that_waits(terminal: Stage) -> None:
    """The line was made at night; who keeps their answer before the mentor's morning is not in it."""
    ada = terminal.person("ada")
    await assigned(terminal)
    await to_day(terminal, 6)
    await ada.presses("At risk")
    await to_day(terminal, 13, hour=6)  # 02:00 in New York, where Jo lives
    await ada.presses("Change the answer")
    await ada.presses("For the coordinators only")
    await ada.presses("Stuck")
    await to_day(terminal, 13)
    shown = terminal.screen("jo").rpartition(LINE)[2]
    assert "The week of Mon 13 April" in shown
    assert "Check-in" not in shown


@pytest.mark.soak
async def test_nothing_of_before_is_the_mentors(terminal: Stage) -> None:
    """A check-in of before is not shown, nor one of the employer's, nor any to a colleague."""
    ada, jo, marta = (terminal.person(each) for each in ("ada", "jo", "marta"))
    await to_day(terminal, 6)
    await ada.presses("At risk")
    await marta.presses("On track")
    await assigned(terminal)
    await jo.uses("/placement")
    assert "at risk" not in terminal.screen("jo")
    assert "on track" not in terminal.screen("jo")

    def later(work: UnitOfWork) -> None:
        later_than_the_mentor = terminal.clock.now()
        work.session.execute(update(CheckIn).values(asked_at=later_than_the_mentor))

    await terminal.database.transact(later)
    await jo.uses("/placement")
    assert "Check-in" in terminal.screen("jo").rpartition("You are the mentor")[2]

    def joins(work: UnitOfWork) -> None:
        acme = work.session.scalars(select(Company.id).where(Company.name == "Acme Maps")).one()
        work.session.execute(update(Person).where(Person.name == "Jo Park").values(company_id=acme))

    await terminal.database.transact(joins)
    await jo.uses("/placement")
    assert "Check-in" not in terminal.screen("jo").rpartition("You are the mentor")[2]


@pytest.mark.soak
async def test_a_colleague_of_the_company_is_not_asked_about_and_reads_no_check_ins(terminal: Stage) -> None:
    """A person of the company may mentor, and what they are is said; check-ins are not offered."""
    cora, ada = terminal.person("cora"), terminal.person("ada")
    await terminal.person("marta").uses("/employer invite @ben part:reviewer")
    await cora.uses("/mentor @ben 1")
    assert cora.sees("Ben Castillo is the mentor of Ada Okafor now.")
    await terminal.tick(hours=8)
    assert ada.sees(
        "Ben Castillo reads your dates and how many deliverables are done, and none of your check-ins."
    )
    assert terminal.person("ben").sees("You do not see check-ins, the application, the work itself")


async def test_who_may_not_mentor_is_refused_with_the_reason(terminal: Stage) -> None:
    """The student, a coordinator, the mentor of now, and people who have no right to it."""
    cora = terminal.person("cora")
    for typed, said in (
        ("@ada 1", "Ada Okafor is the student of this placement."),
        ("@cora 1", "Cora Lindqvist is a coordinator, and reads more than a mentor does."),
        ("@jo nothing like it", "I find no placement under way by that title or name."),
        ("@jo 9", "I cannot find that placement."),
    ):
        await cora.uses(f"/mentor {typed}")
        assert cora.sees(said)
    await assigned(terminal)
    await cora.uses("/mentor @jo 1")
    assert cora.sees("Jo Park is the mentor already.")
    await terminal.person("marta").uses("/mentor @ben 1")
    assert terminal.person("marta").sees("/mentor is for coordinators.")
    await tell_button(terminal, "ben", "mentor-assign:1:5:yes")
    await tell_button(terminal, "ben", "mentor-end:1")
    await tell_button(terminal, "ben", "mentor-refuse:1")
    assert terminal.person("ben").sees("Only the student can refuse a mentor.")
    await tell_button(terminal, "ben", "mentor-stop:1")
    assert terminal.person("ben").sees("Only the mentor can give this part back.")
    await tell_button(terminal, "ben", "mentor-worried:1")
    await tell_button(terminal, "ben", "mentor-talked:1")
    assert terminal.person("ben").sees("Only the mentor can do that.")
    await tell_button(terminal, "marta", "letters-all:1:mentor3")
    assert terminal.person("marta").sees("These messages are between others")
    assert statuses(terminal) == ["active"]


async def test_a_coordinator_chooses_among_placements_and_takes_the_part_away(terminal: Stage) -> None:
    """Another mentor takes the place of the first; Undo ends it, and both read so."""
    cora, ada, jo = (terminal.person(each) for each in ("cora", "ada", "jo"))
    await assigned(terminal, "Does not")
    assert ada.sees("and none of your check-ins.")
    await cora.uses("/mentor @ben")
    await cora.presses("Does not", on="Does Ben Castillo read")
    assert statuses(terminal) == ["ended", "active"]
    await terminal.tick(days=1)
    assert jo.sees("You are no longer the mentor of Ada Okafor")
    await cora.uses("/placement 1")
    await cora.presses("End the mentor's part")
    assert cora.sees("Ben Castillo is no longer the mentor of Ada Okafor.")
    await terminal.tick(days=1)
    assert ada.sees("Ben Castillo is no longer your mentor for Market map of repair shops")
    assert statuses(terminal) == ["ended", "ended"]


async def test_a_mentor_gives_the_part_back(terminal: Stage) -> None:
    """The student and the coordinators read it; a button of before says that it is over."""
    cora, ada, jo = (terminal.person(each) for each in ("cora", "ada", "jo"))
    await assigned(terminal)
    await jo.presses("I cannot do this")
    assert jo.sees("Done. You are no longer the mentor of Ada Okafor.")
    await terminal.tick(days=1)
    assert ada.sees("Jo Park is no longer your mentor for Market map of repair shops")
    await cora.uses("/stint tasks")
    assert cora.sees("Jo Park no longer mentors Ada Okafor in Market map of repair shops.")
    await cora.uses("/stint history placement 1")
    assert cora.sees("Jo Park: Not a mentor any more. (Jo Park)")
    await tell_button(terminal, "jo", "mentor-talked:1")
    assert jo.sees("That mentor's part is over.")
    await ada.presses("Write to the mentor")
    assert ada.sees("There is no mentor here now.")
    await ada.presses("No mentor, please")
    assert ada.sees("That mentor's part is over.")


@pytest.mark.soak
async def test_the_part_is_over_with_the_work(terminal: Stage) -> None:
    """When the placement ends, so does the mentor's part, and no line comes any more."""
    await assigned(terminal)
    ada, jo = terminal.person("ada"), terminal.person("jo")
    await ada.uses("/placement")
    await ada.presses("End it early")
    await ada.fills({"Reason": "My plans have changed."})
    assert statuses(terminal) == ["ended"]
    await terminal.tick(days=8)
    assert jo.sees("You are no longer the mentor of Ada Okafor")
    assert not jo.sees(LINE)


@pytest.mark.soak
async def test_a_mentor_who_is_away_gets_no_line_and_the_student_reads_so(terminal: Stage) -> None:
    """While a mentor is away nothing comes, and a message to them says until when."""
    await assigned(terminal)
    ada, jo = terminal.person("ada"), terminal.person("jo")
    await jo.uses("/away")
    await jo.fills({"Away until": "17 March 2026"})
    assert jo.sees("As a mentor you need no cover, as nothing is asked of you")
    await to_day(terminal, 16, month=3)
    assert not jo.sees(LINE)
    await ada.uses("/placement")
    await ada.presses("Write to the mentor")
    await ada.fills({"Your message": "Can we talk?"})
    assert ada.sees("Jo Park is away until Tue 17 March (New York), and no one covers")
    await to_day(terminal, 23, month=3)
    assert jo.sees(LINE)


async def test_a_person_who_only_mentors_is_asked_for_no_cover(terminal: Stage) -> None:
    """Neither the question nor the answer speaks of a colleague who acts meanwhile."""
    await assigned(terminal)
    await terminal.person("cora").uses("/employer remove @jo")
    jo = terminal.person("jo")
    await jo.uses("/away")
    form = terminal.world.dialog_of("jo")
    assert form is not None
    assert "cover" not in {question.name for question in form.opened.form.questions}
    await jo.fills({"Away until": "17 March 2026"})
    assert jo.sees("As a mentor you need no cover")
    assert not jo.sees("covers for you")
    assert not jo.sees("invites a colleague")


async def test_a_mentor_who_is_forgotten_or_left_is_none(terminal: Stage) -> None:
    """The part ends with the account; the student reads so, and the coordinators what is left behind."""
    await assigned(terminal)
    ada, cora = terminal.person("ada"), terminal.person("cora")
    await terminal.person("jo").leaves("spring")
    await cora.uses("/stint tasks")
    assert cora.sees("mentor in Market map of repair shops")
    await ada.uses("/placement")
    shown = terminal.screen("ada").rpartition("Student: Ada Okafor")[2]
    assert "Mentor: Jo Park" not in shown
    assert "[Write to the mentor]" not in shown


async def test_what_is_stored_of_a_mentor_is_theirs_to_read_and_to_end(terminal: Stage) -> None:
    """The export names students and mentors; a mentor who is forgotten is no mentor any more."""
    await assigned(terminal)
    ada, jo = terminal.person("ada"), terminal.person("jo")
    for who in (ada, jo):
        await who.uses("/profile")
        await who.presses("Show my data")
    assert "Your mentors" in terminal.screen("ada")
    assert "Students whose mentor you are or were" in terminal.screen("jo")
    await jo.uses("/profile")
    await jo.presses("Forget me")
    await jo.presses("Yes, forget me")
    assert statuses(terminal) == ["ended"]
    await terminal.tick(days=1)
    assert ada.sees("is no longer your mentor for Market map of repair shops")
    assert not terminal.rows(select(Task.id).where(Task.kind == "mentor.worry"))


async def test_one_of_several_students_is_chosen_and_what_is_over_needs_none(tmp_path: Path) -> None:
    """The command asks which of the placements under way; a mentor has a way to them in our messages."""
    async with open_stage(tmp_path) as stage:
        await posted(stage, "ada", "ben", places=2)
        marta, cora, jo = (stage.person(each) for each in ("marta", "cora", "jo"))
        for student in ("Ada Okafor", "Ben Castillo"):
            await marta.uses("/applicants 1")
            await marta.chooses(student)
            await marta.presses("Make an offer")
            await stage.tick(minutes=3)
        await stage.tick(hours=4)  # it is night for Ben, whose offer goes out in his morning
        for student in ("ada", "ben"):
            await stage.person(student).presses("Accept")
        await cora.uses("/mentor @jo")
        assert cora.sees("Which student does Jo Park mentor?")
        await cora.chooses("Ben Castillo · Market map of repair shops")
        await cora.presses("Reads check-ins")
        await jo.says("hello")
        await jo.presses("Students I mentor")
        assert jo.sees("You are the mentor of Ben Castillo.")
        await stage.person("ada").uses("/placement")
        await stage.person("ada").presses("End it early")
        await stage.person("ada").fills({"Reason": "My plans have changed."})
        await cora.uses("/mentor @chi 1")
        assert cora.sees("This placement is over, so it needs no mentor any more.")
        await stage.person("chi").leaves("spring")
        await cora.uses("/mentor @chi 2")
        assert cora.sees("Chi Nakamura has left the programme.")


async def test_when_all_is_handed_in_no_date_is_next_and_a_letter_has_no_mute(terminal: Stage) -> None:
    """The line has the count alone; a mentor's messages are stopped by ending the part, not by a mute."""
    await assigned(terminal)
    jo = terminal.person("jo")

    def all_in(work: UnitOfWork) -> None:
        work.session.execute(update(Milestone).values(status="handed_in"))

    await terminal.database.transact(all_in)
    await jo.uses("/placement")
    assert jo.sees("deliverables done: 0 of 2\n")
    await jo.presses("Write to the student")
    await jo.fills({"Your message": "Well done."})
    await tell_button(terminal, "ada", "letter-mute:1")
    assert terminal.person("ada").sees("To stop a mentor's messages, press No mentor, please in /placement.")

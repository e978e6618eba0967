"""What people get from others at night: it comes in the morning, and the time to answer begins then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.programme.applications import offer_time
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.placements import date_rules
from bot.programme.placements.deliverables import review_reminders
from bot.programme.placements.lookup import milestones, placement_of, sides
from storage.database import UnitOfWork
from storage.tables import Application, Person, Report, Wait, outbox
from tests.scenarios.test_placement_times import place
from tests.support.actor import Platform
from tests.support.every_stage import STAGES
from tests.support.main_job import is_applied_for, is_posted
from tests.support.projects import posted, turn_of
from tests.support.stage import MONDAY, Stage

NIGHT = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)
"""23:30 in Berlin and Madrid, where Ada and Marta live."""

MORNING = datetime(2026, 3, 10, 7, 0, tzinfo=UTC)
"""08:00 there, when their quiet hours are over."""


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme, on which ada and ben have applied to marta's project."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        await is_applied_for(opened)
        yield opened


async def writes(stage: Stage | Platform, who: str, label: str, words: str) -> None:
    """A person writes to the other side."""
    person = stage.person(who)
    await person.uses("/applications" if who == "ada" else "/applicants 1")
    if who != "ada":
        await person.presses("Read one by one")
    await person.presses(label)
    await person.fills({"Your message": words})


async def test_a_message_at_night_comes_in_the_morning_and_its_clock_starts_then(platform: Platform) -> None:
    """The writer reads when it goes; the two working days for an answer are counted from its arrival."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await platform.to(NIGHT)
    await writes(platform, "marta", "Write to the student", "Which cities do you know?")
    assert marta.sees("This goes to Ada Okafor after quiet hours, by")
    await platform.to(MORNING - timedelta(minutes=1))
    assert not ada.sees("Which cities do you know?")
    assert platform.rows(select(Wait.id).where(Wait.kind == "question")) == []
    await platform.to(MORNING + timedelta(minutes=1))
    assert ada.sees("Which cities do you know?")
    [(since,)] = platform.rows(select(Wait.since).where(Wait.kind == "question"))
    [(due,)] = platform.rows(select(Wait.due_at).where(Wait.kind == "question"))
    assert MORNING <= since < MORNING + timedelta(minutes=1)
    assert due == since + timedelta(days=2)


async def test_two_who_write_to_each_other_at_night_need_not_wait(stage: Stage) -> None:
    """Who wrote in the last half hour is awake, and gets the answer at once."""
    await posted(stage, "ada")
    await stage.to(NIGHT)
    await writes(stage, "ada", "Write to the employer", "Which shops?")
    assert "Which shops?" not in stage.screen("marta")
    await writes(stage, "marta", "Write to the student", "Those that rent.")
    assert "Those that rent." in stage.screen("ada")
    await stage.tick(minutes=40)
    await writes(stage, "marta", "Write to the student", "And those that sell.")
    assert "And those that sell." not in stage.screen("ada")


async def test_an_answer_that_is_given_at_night_is_read_in_the_morning(stage: Stage) -> None:
    """The employer reads when it goes; the student who applied sees it there as soon as they look."""
    number = await posted(stage, "ada")
    await stage.to(NIGHT)
    marta = stage.person("marta")
    await marta.uses(f"/applicants {number}")
    await marta.presses("Read one by one")
    await marta.presses("Not this time")
    await marta.fills({"Reason": "In my own words only", "In your own words": "We need QGIS."})
    goes = "goes to Ada Okafor on Tue 10 March 2026, 08:00 (Europe/Madrid), after the student's quiet hours"
    assert goes in stage.screen("marta")
    await stage.to(MORNING - timedelta(minutes=1))
    assert stage.rows(select(Application.status)) == [("not_selected",)]
    assert "We need QGIS." not in stage.screen("ada")
    await stage.to(MORNING + timedelta(minutes=1))
    assert "We need QGIS." in stage.screen("ada")


async def test_a_report_wakes_the_coordinators(stage: Stage) -> None:
    """It can be about a danger; the answer to it waits for the morning of the person who reported."""
    await posted(stage, "ada")
    await writes(stage, "marta", "Write to the student", "Send me a picture of you.")
    await stage.to(NIGHT)
    ada, cora = stage.person("ada"), stage.person("cora")
    await ada.presses("Report", on="Send me a picture of you.")
    [(sent,)] = stage.rows(select(outbox.c.sent_at).where(outbox.c.key.startswith("report:")))
    assert sent - NIGHT < timedelta(minutes=1)
    await cora.presses("Answer")
    await cora.fills({"Your answer": "We speak with her."})
    assert "Ada Okafor has quiet hours now, so my message goes out on" in stage.screen("cora")
    [(ended,)] = stage.rows(select(Report.ended_at))
    assert ended is not None
    assert "We speak with her." not in stage.screen("ada")
    await stage.to(MORNING + timedelta(minutes=1))
    assert "We speak with her." in stage.screen("ada")


def ends(turn: Turn) -> list[tuple[str, Person, datetime]]:
    """What begins now at work and is reckoned in hours: who is to do it, and until when."""
    placement = placement_of(turn, 1)
    both, work = sides(turn, placement), milestones(turn, placement)[0]
    assert both.employer is not None
    return [
        ("offer", both.student, offer_time.ends_at(turn, both.student, turn.now)),
        ("review", both.employer, review_reminders.due_of(turn, placement, work)),
        ("date", both.employer, date_rules.answered_by(turn, placement, work)),
    ]


async def test_no_time_to_answer_ends_in_a_night(stage: Stage) -> None:
    """Whenever it begins, it ends when the person who owes the answer is awake."""
    await place(stage)

    def nightly(work: UnitOfWork) -> list[tuple[str, datetime]]:
        turns = [turn_of(work, now=MONDAY + timedelta(hours=hour)) for hour in range(24)]
        return [
            (what, turn.now)
            for turn in turns
            for what, who, until in ends(turn)
            if daily_message.wakes_at(turn, who, until) is not None
        ]

    assert stage.database.read_inline(nightly) == []

    def tight(work: UnitOfWork) -> list[datetime]:
        turn = turn_of(work, now=MONDAY + timedelta(hours=7))
        placement = placement_of(turn, 1)
        milestone, employer = milestones(turn, placement)[0], sides(turn, placement).employer
        assert employer is not None
        found = []
        for hours in range(8, 48):
            milestone.due_at = turn.now + timedelta(hours=hours)
            found.append(date_rules.answered_by(turn, placement, milestone))
            assert turn.now < found[-1] < milestone.due_at
        return [each for each in found if daily_message.wakes_at(turn, employer, each) is not None]

    assert stage.database.transact_inline(tight) == []

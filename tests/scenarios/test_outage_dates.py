"""Outages: deadlines and promised answers that no wait holds are later as well, once, and it is said."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from bot.programme.core.timers import Timer
from storage.tables import Application, Case, HistoryRow, Project, Report, Wait, timers
from tests.scenarios.test_outages import wait_rows
from tests.scenarios.test_reports import RUDE, written
from tests.support.cases import at_work, confides
from tests.support.outages import bot_is_down, note_reached, platform_is_out
from tests.support.projects import DEADLINE, posted
from tests.support.stage import Stage

SAID = "Applications to Market map of repair shops: until"


def deadlines(stage: Stage) -> list[Project]:
    """The projects, with their dates."""
    return list(stage.rows(select(Project).order_by(Project.id)))


async def begins(stage: Stage, account: str) -> None:
    """A student begins an application, and leaves it as a draft."""
    person = stage.person(account)
    await person.presses("Apply")
    await person.says("I like maps and I have time in April.")


async def test_a_deadline_is_later_by_the_time_in_which_no_student_could_apply(stage: Stage) -> None:
    """Who acts by it reads it once; history has the reason; a draft is not closed, and can be sent."""
    await posted(stage)
    await begins(stage, "ben")
    await stage.person("ada").presses("Save")
    (before,) = deadlines(stage)
    await bot_is_down(stage, DEADLINE + timedelta(hours=2) - stage.clock.now())
    (after,) = deadlines(stage)
    assert (after.status, before.deadline_at) == ("open", DEADLINE)
    assert after.deadline_at > stage.clock.now()
    assert after.deadline_at - before.deadline_at >= timedelta(days=3)
    rows = stage.rows(select(HistoryRow.reason).where(HistoryRow.what == "deadline", HistoryRow.reason != ""))
    assert rows == [("outage",)]
    again = update(timers).where(timers.c.kind == Timer.OUTAGE_OVER).values(state="pending")
    stage.database.transact_inline(lambda work: work.connection.execute(again))
    await stage.tick(days=1)
    assert deadlines(stage)[0].deadline_at == after.deadline_at
    for account in ("marta", "ada", "ben"):
        assert stage.screen(account).count(SAID) == 1, account
    await stage.person("marta").uses("/stint history project 1")
    assert "I could not be reached." in stage.screen("marta")
    ben = stage.person("ben")
    await ben.presses("Skip")
    await ben.says("yes")
    await ben.presses("Send application")
    assert stage.rows(select(Application.status)) == [("submitted",)]


async def test_nothing_closes_while_students_cannot_apply(stage: Stage) -> None:
    """Past its deadline in an outage a project stays open; it moves no further than the decision date."""
    await posted(stage, decide_at=DEADLINE + timedelta(days=1), decide_day=None, decide_zone=None)
    await begins(stage, "ben")
    await platform_is_out(stage, "terminal", DEADLINE + timedelta(hours=3) - stage.clock.now())
    (after,) = deadlines(stage)
    assert (after.status, after.deadline_at) == ("open", after.decide_at)
    assert "was not sent" not in stage.screen("ben")
    await stage.to(after.deadline_at + timedelta(hours=10))  # Ben is asleep before
    assert deadlines(stage)[0].status == "closed"
    assert "your application was not sent" in stage.screen("ben")


async def test_a_short_gap_moves_no_deadline(stage: Stage) -> None:
    """Ten minutes are no outage."""
    await posted(stage)
    await bot_is_down(stage, timedelta(minutes=10))
    assert deadlines(stage)[0].deadline_at == DEADLINE
    await stage.tick(days=1)
    assert SAID not in stage.screen("marta")


async def test_the_answer_in_a_case_is_promised_for_later(stage: Stage) -> None:
    """Its readers could not be reached: case and wait have the same later day, said to them and no other."""
    await at_work(stage)
    await confides(stage, "Cora Lindqvist")
    owed = select(Wait.due_at).where(Wait.kind == "case")
    ((before,),) = stage.rows(owed)
    await bot_is_down(stage, timedelta(days=3))
    assert stage.rows(select(Case.promised_at)) == stage.rows(owed) == [(before + timedelta(days=3),)]
    await stage.tick(days=1)
    said = "The answer in a case: by"
    assert [stage.screen(name).count(said) for name in ("ada", "cora", "marta", "jo")] == [1, 1, 0, 0]
    passed = wait_rows(stage)
    note_reached(stage)
    await stage.settle()
    assert wait_rows(stage) == passed


async def test_the_answer_to_a_report_is_promised_for_later(stage: Stage) -> None:
    """The person who reported reads the new day, and no apology for the earlier one."""
    await written(stage)
    await stage.person("ada").presses("Report", on=RUDE)
    ((before,),) = stage.rows(select(Report.due_at))
    await bot_is_down(stage, timedelta(days=3))
    assert stage.rows(select(Report.due_at)) == [(before + timedelta(days=3),)]
    await stage.tick(days=1)
    assert stage.screen("ada").count("The answer to a report: by") == 1
    assert stage.screen("cora").count("The answer to a report: by") == 1

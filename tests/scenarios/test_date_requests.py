"""Another date that a student asks for: who answers by when, and what silence means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Delete, Update, delete, select, update

from storage.queries.timers import remind as set_timers
from storage.tables import HistoryRow, Milestone, Person, Placement, Report, Task, Terms, Wait
from tests.scenarios.test_placement_times import place
from tests.support.actor import Platform
from tests.support.every_stage import STAGES
from tests.support.main_job import is_applied_for, is_decided, is_posted
from tests.support.stage import Stage, open_stage


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Platform]:
    """Each platform with the whole programme, on which ada works for marta."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        await is_applied_for(opened)
        await is_decided(opened)
        yield opened


@asynccontextmanager
async def _opened(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on which ada works for marta from 30 March to 13 April."""
    async with open_stage(tmp_path) as opened:
        await place(opened)
        yield opened


pytestmark = pytest.mark.stage(opened=_opened)


async def asks(stage: Stage | Platform, when: str, deliverable: str = "2. A one-page summary") -> None:
    """Ada asks for another date of a deliverable."""
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("Ask for another date")
    await ada.presses(deliverable)
    await ada.fills({"New date": when, "Reason": "Exams"})


def due_days(stage: Stage | Platform) -> list[str]:
    """The days by which the deliverables are due."""
    return [str(day) for (day,) in stage.rows(select(Milestone.due_day).order_by(Milestone.position))]


def states(stage: Stage | Platform) -> list[str]:
    """The states of all waits for another date, the oldest first."""
    return [s for (s,) in stage.rows(select(Wait.state).where(Wait.kind == "date").order_by(Wait.id))]


@pytest.mark.soak
async def test_silence_counts_as_agreed_as_was_said(platform: Platform) -> None:
    """Both sides read the rule beforehand and the new date afterwards; the terms follow."""
    ada, marta = platform.person("ada"), platform.person("marta")
    ((before,),) = platform.rows(select(Milestone.due_day))
    wanted = before + timedelta(days=2)
    await ada.uses("/placement")
    await ada.presses("Ask for another date")
    await ada.fills({"New date": f"{wanted:%d %B %Y}", "Reason": "Exams"})
    said = f"{wanted:%a} {wanted.day} {wanted:%B}"
    assert ada.sees("I am asking the employer. Without an answer by")
    assert ada.sees(f"{said} counts as agreed. Until then the date stays.")
    await platform.tick(days=1)
    assert marta.sees("asks to move A two-page summary in E-bike market map from")
    assert marta.sees("counts as agreed.")
    await platform.tick(days=4)
    assert due_days(platform) == [str(wanted)]
    assert ada.sees("has not answered, so the later date counts as agreed: A two-page summary in")
    assert marta.sees("now: no answer came, so that date counts as agreed")
    assert states(platform) == ["settled"]
    assert [day for (day,) in platform.rows(select(Terms.due_day).order_by(Terms.id))] == [before, wanted]


async def test_silence_moves_a_date_by_three_days_and_once(stage: Stage) -> None:
    """More than three days, or a second time, needs an answer: then a coordinator is asked."""
    await asks(stage, "24 April 2026")
    assert "Thu 16 April counts as agreed" in stage.screen("ada")
    await stage.to(datetime(2026, 3, 14, tzinfo=UTC))
    assert due_days(stage) == ["2026-04-13", "2026-04-16"]
    reasons = [r for (r,) in stage.rows(select(HistoryRow.reason).where(HistoryRow.what == "due")) if r]
    assert reasons == ["silence"]
    await asks(stage, "20 April 2026")
    assert "Without an answer by Tue 17 March" in stage.screen("ada")
    assert "I ask a coordinator. Until then the date stays." in stage.screen("ada")
    await stage.to(datetime(2026, 3, 15, 12, tzinfo=UTC))
    assert "without an answer I ask a coordinator." in stage.screen("marta")
    await stage.to(datetime(2026, 3, 19, 12, tzinfo=UTC))
    assert due_days(stage) == ["2026-04-13", "2026-04-16"]
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    asked = "Ada Okafor asks to move A one-page summary in Market map of repair shops from"
    assert asked in stage.screen("cora")
    assert "I am asking the coordinators; until there is an answer it is due by" in stage.screen("ada")
    await cora.presses("Agree")
    assert due_days(stage) == ["2026-04-13", "2026-04-20"]
    assert states(stage) == ["settled", "kept"]
    assert stage.rows(select(Task.key).where(Task.state == "open")) == []


@pytest.mark.soak
async def test_the_employer_is_reminded_on_the_day(stage: Stage) -> None:
    """The question comes again in the message of the day by which the answer is owed; an answer ends it."""
    await asks(stage, "15 April 2026")
    asked = "asks to move A one-page summary in Market map of repair shops from"
    await stage.person("ada").uses("/placement")
    owed = "With Acme Maps since Mon 9 March 2026, answered by Wed 11 March (Madrid) at the latest."
    await stage.person("ada").presses("More")
    assert f"Another date is asked for: Wed 15 April.\n→ {owed}" in stage.screen("ada")
    await stage.tick(days=1)
    assert stage.screen("marta").count(asked) == 1
    ((due,),) = stage.rows(select(Wait.due_at).where(Wait.kind == "date"))
    await stage.to(due - timedelta(minutes=4))
    assert stage.screen("marta").count(asked) == 2
    await stage.person("marta").uses("/placement")
    await stage.person("marta").presses("More")
    await stage.person("marta").presses("Keep the date", on="Another date is asked for")
    await stage.tick(days=5)
    assert states(stage) == ["kept"]
    assert due_days(stage) == ["2026-04-13", "2026-04-13"]
    assert stage.screen("marta").count(asked) == 2


@pytest.mark.soak
async def test_the_answer_comes_before_the_old_date(stage: Stage) -> None:
    """A question shortly before a date is answered three hours before it, or halfway there."""
    await stage.to(datetime(2026, 4, 13, 8, tzinfo=UTC))
    await asks(stage, "15 April 2026")
    ((due,),) = stage.rows(select(Wait.due_at).where(Wait.kind == "date"))
    assert due == datetime(2026, 4, 13, 18, 59, tzinfo=UTC) + (due - due.replace(second=0, microsecond=0))
    await stage.to(datetime(2026, 4, 13, 20, tzinfo=UTC))
    assert due_days(stage) == ["2026-04-13", "2026-04-15"]
    await stage.to(datetime(2026, 4, 13, 23, tzinfo=UTC))
    await asks(stage, "16 April 2026", "1. A table of shops")
    assert "I ask a coordinator." in stage.screen("ada")


async def test_work_that_comes_in_ends_the_question(stage: Stage) -> None:
    """Nothing moves by silence once the work is handed in, and the same date can be asked for later."""
    await asks(stage, "15 April 2026")
    ada = stage.person("ada")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.presses("2. A one-page summary")
    await ada.fills({"About the work": "All of it on a page"})
    await stage.tick(days=5)
    assert due_days(stage) == ["2026-04-13", "2026-04-13"]
    assert states(stage) == ["dropped"]


@pytest.mark.soak
async def test_an_employer_who_is_away_agrees_to_nothing(stage: Stage) -> None:
    """Where no cover is named either, the coordinators are asked in place of an agreement."""
    await asks(stage, "15 April 2026")
    away = update(Person).where(Person.name == "Marta Ruiz").values(away_until=date(2026, 4, 1))
    stage.database.transact_inline(lambda work: work.session.execute(away))
    await stage.tick(days=5)
    assert due_days(stage) == ["2026-04-13", "2026-04-13"]
    keys = [key for (key,) in stage.rows(select(Task.key).where(Task.state == "open"))]
    assert keys == ["date:2"]


@pytest.mark.soak
async def test_no_date_moves_while_a_report_is_open(stage: Stage) -> None:
    """No clock runs in a case: the question waits until the report has its answer."""
    await asks(stage, "15 April 2026")
    marta = stage.person("marta")
    await marta.uses("/placement")
    await marta.presses("Write to the student")
    await marta.fills({"Your message": "Send me a picture of you."})
    await stage.tick(hours=1)
    await stage.person("ada").presses("Report")
    await stage.tick(days=5)
    assert due_days(stage) == ["2026-04-13", "2026-04-13"]
    change = update(Report).values(ended_at=stage.clock.now())
    stage.database.transact_inline(lambda work: work.session.execute(change))
    await stage.tick(days=4)
    assert due_days(stage) == ["2026-04-13", "2026-04-15"]


async def test_a_date_that_was_asked_for_before_there_was_a_rule_gets_one(stage: Stage) -> None:
    """After the upgrade its answer is owed, of an answered one not; done twice it changes nothing."""
    await asks(stage, "20 April")
    await asks(stage, "21 April", "1. A table of shops")
    await stage.tick(hours=1)
    await stage.tick(days=1)
    await stage.person("marta").presses("Keep the date")
    executes(stage, delete(Wait).where(Wait.kind == "date"))
    executes(stage, update(Milestone).values(asked_due=None))
    for at in (datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 2, tzinfo=UTC)):
        await opens_waits(stage, "date", at)
        assert states(stage) == ["open"]
    await stage.tick(days=4)
    assert states(stage) == ["settled"]
    assert "so the later date counts as agreed" in stage.screen("ada")


def executes(stage: Stage, statement: Delete | Update) -> None:
    """Change rows as an earlier version would have left them."""
    stage.database.transact_inline(lambda work: work.session.execute(statement))


async def opens_waits(stage: Stage, kind: str, at: datetime) -> None:
    """Let the timer come that a migration leaves, due at an instant."""
    row = {"programme_id": 1, "key": f"waits:{kind}:0", "kind": "waits.open", "subject": "programme:1"}
    rest = {"due_at": at, "payload": {"kind": kind}, "late": "fold"}
    stage.database.transact_inline(lambda work: set_timers(work.connection, [{**row, **rest}]))
    await stage.tick(seconds=1)


async def test_a_placement_that_had_begun_is_asked_about_its_kickoff(stage: Stage) -> None:
    """Of what began before the upgrade it is not known who talked: both have three working days from then."""
    await stage.to(datetime(2026, 4, 2, 12, tzinfo=UTC))
    executes(stage, delete(Wait).where(Wait.kind == "kickoff"))
    executes(stage, update(Placement).values(talked_at=None))
    kickoffs = select(Wait).where(Wait.kind == "kickoff")
    for at in (datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 2, tzinfo=UTC)):
        await opens_waits(stage, "kickoff", at)
        (wait,) = stage.rows(kickoffs)
        assert (wait.state, wait.due_at > stage.clock.now()) == ("open", True)
    await stage.tick(days=4)
    assert "Have you talked with Acme Maps about" in stage.screen("ada")
    await stage.person("ada").presses("We talked")
    await opens_waits(stage, "kickoff", datetime(2000, 1, 3, tzinfo=UTC))
    assert [wait.state for wait in stage.rows(kickoffs)] == ["kept"]

"""Outages: what people owe who could not reach the bot is due so much later, and both sides read that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from bot.programme.core.history import UNTIL
from bot.programme.core.timers import Timer
from storage.tables import (
    Application,
    CheckIn,
    Cohort,
    HistoryRow,
    Identity,
    Member,
    Milestone,
    Outage,
    Person,
    Project,
    Wait,
    timers,
)
from tests.scenarios.test_coordinator_waits import asks_to_join, put_before_coordinators
from tests.scenarios.test_date_requests import asks as asks_for_date
from tests.scenarios.test_kickoffs import accepts
from tests.scenarios.test_offer_waits import ALONE, until
from tests.scenarios.test_placement_times import place
from tests.scenarios.test_questions import writes as asks_a_question
from tests.support.actor import Staged
from tests.support.every_stage import STAGES
from tests.support.main_job import TITLE, is_applied, is_applied_for, is_decided, is_posted
from tests.support.outages import bot_is_down, note_reached, platform_is_out
from tests.support.projects import posted
from tests.support.second_platform import open_elsewhere
from tests.support.stage import Stage


@pytest.fixture(params=ALONE)
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Staged]:
    """Each platform by itself, with the whole programme and one project."""
    async with STAGES[request.param](tmp_path) as opened:
        await is_posted(opened)
        yield opened


async def is_offered(stage: Staged) -> None:
    """One student has applied, and has an offer."""
    ada, marta = stage.person("ada"), stage.person("marta")
    await is_applied(ada)
    await stage.tick(days=1)
    await marta.presses("Read: Ada Okafor")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)


async def test_an_offer_is_open_as_much_longer_as_the_bot_was_down(platform: Staged) -> None:
    """It ran out meanwhile and is still open, to an instant that history, wait and both sides agree on."""
    await is_offered(platform)
    before = until(platform)
    await bot_is_down(platform, timedelta(days=4))
    assert platform.rows(select(Application.status)) == [("offered",)]
    after = until(platform)
    assert timedelta(days=4) <= after - before <= timedelta(days=4, hours=12)
    due = select(Wait.due_at).where(Wait.kind == "offer")
    assert platform.rows(due) == [(after,)]
    moved = select(HistoryRow.after).where(HistoryRow.what == UNTIL, HistoryRow.after.is_not(None))
    assert len(platform.rows(moved)) == 2
    await platform.tick(hours=14)
    for account in ("ada", "marta"):
        view = platform.person(account).view()
        assert view.count("I could not be reached on") == 1
        assert f"The answer to the offer for {TITLE}: by" in view
    again = select(func.count()).select_from(Outage)
    assert platform.rows(again) == [(1,)]
    await platform.to(after + timedelta(minutes=1))
    assert platform.rows(select(Application.status)) == [("expired",)]


async def test_work_and_its_review_are_due_as_much_later(platform: Staged) -> None:
    """A deliverable and a review both move by the days of the outage; its code is in the history."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await is_applied_for(platform)
    await is_decided(platform)
    await ada.uses("/placement")
    ((due,),) = platform.rows(select(Milestone.due_at))
    await bot_is_down(platform, timedelta(days=3))
    assert platform.rows(select(Milestone.due_at)) == [(due + timedelta(days=3),)]
    assert platform.rows(select(HistoryRow.id).where(HistoryRow.reason == "outage")) != []
    await platform.tick(days=1)
    for actor in (ada, marta):
        assert actor.sees(f"A two-page summary in {TITLE}: due by")
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"About the work": "Both pages"})
    review = select(Wait.due_at).where(Wait.kind == "review", Wait.state == "open")
    ((owed,),) = platform.rows(review)
    await bot_is_down(platform, timedelta(days=11))
    assert platform.rows(select(Milestone.status)) == [("handed_in",)]
    assert platform.rows(review) == [(owed + timedelta(days=11),)]
    await platform.tick(days=1)
    for actor in (ada, marta):
        assert actor.sees(f"The review of A two-page summary in {TITLE}: by")


async def test_a_platform_that_is_out_moves_what_its_people_owe_and_no_more(tmp_path: Path) -> None:
    """Discord is out for days and Slack is not: no step comes for the student, the employer's date stays."""
    async with STAGES["slack and discord"](tmp_path) as stage:
        await is_posted(stage)
        await is_applied(stage.person("ben"))
        await is_offered(stage)
        before = until(stage, 2)
        answer = select(Wait.due_at).where(Wait.kind == "answer", Wait.state == "open")
        promised = stage.rows(answer)
        await platform_is_out(stage, "discord", timedelta(days=4))
        assert stage.rows(select(Application.status).order_by(Application.id)) == [
            ("submitted",),
            ("offered",),
        ]
        assert until(stage, 2) - before >= timedelta(days=4)
        assert stage.rows(answer) == promised
        await stage.tick(days=1)
        assert stage.person("ada").sees("I could not be reached on Discord from")
        assert stage.person("marta").sees(f"The answer to the offer for {TITLE}: by")


async def test_people_who_can_answer_elsewhere_are_given_no_more_time(stage: Stage) -> None:
    """Marta is on a second platform that was there: her decision date stays; students have more time."""
    await posted(stage, "ada")
    far = open_elsewhere(stage)
    seed = Identity(programme_id=1, platform=far.platform, user_id="o-marta", seen_at=stage.clock.now())
    ((seed.person_id,),) = stage.rows(select(Person.id).where(Person.name == "Marta Ruiz"))
    stage.database.transact_inline(lambda work: work.session.add(seed))
    before = stage.rows(select(Project.decide_at))
    await platform_is_out(stage, "terminal", timedelta(days=2))
    await stage.tick(days=1)
    assert stage.rows(select(Project.decide_at)) == before
    assert "I could not be reached" not in stage.screen("ada")
    assert "Answers to the applicants" not in stage.screen("marta")
    assert "Applications to Market map of repair shops: until Sat 21 March" in stage.screen("marta")


async def test_a_decision_date_moves_up_to_the_start_of_the_project(stage: Stage) -> None:
    """Due six days before the start, ten days without the bot make it the start; each side reads it."""
    number = await posted(stage, "ada", "ben")
    await bot_is_down(stage, timedelta(days=10))
    ((decide,),) = stage.rows(select(Project.decide_at).where(Project.id == number))
    ((starts,),) = stage.rows(select(Project.starts_at).where(Project.id == number))
    assert decide == starts
    assert set(stage.rows(select(Wait.due_at).where(Wait.kind == "answer"))) == {(starts,)}
    await stage.tick(days=1)
    for account in ("marta", "ada", "ben"):
        assert stage.screen(account).count("Answers to the applicants of Market map of repair shops: by") == 1
    before = wait_rows(stage)
    note_reached(stage)
    again = update(timers).where(timers.c.kind == Timer.OUTAGE_OVER).values(state="pending")
    stage.database.transact_inline(lambda work: work.connection.execute(again))
    await stage.settle()
    assert wait_rows(stage) == before


def wait_rows(stage: Stage) -> list[tuple[object, ...]]:
    """What is owed by when, and what comes next."""
    return [(row.id, row.due_at, row.next_at) for row in stage.rows(select(Wait).order_by(Wait.id))]


async def test_a_check_in_of_an_outage_is_no_silence(stage: Stage) -> None:
    """Asked twice, and out of reach when the second answer was owed: its two days go on after the outage."""
    await place(stage, weeks=4)
    silent = (
        select(Wait.next_at).where(Wait.kind == "check_in", Wait.state == "open").order_by(Wait.id.desc())
    )
    while len(stage.rows(select(CheckIn.id).where(CheckIn.side == "student"))) < 2:
        await stage.tick(hours=12)
    ((before,), *_) = stage.rows(silent)
    await bot_is_down(stage, timedelta(days=3))
    ((after,), *_) = stage.rows(silent)
    assert after == before + timedelta(days=3)
    assert "You have not answered my last two questions" not in stage.screen("ada")


async def test_each_kind_of_wait_is_said(stage: Stage) -> None:
    """Approval, admission, question, kickoff and another date: both sides read by when each is owed now."""
    await accepts(stage, "ada")
    await asks_for_date(stage, "30 April", "1. A table of shops")
    put_before_coordinators(stage)
    closing = update(Cohort).values(open=False)
    stage.database.transact_inline(lambda work: work.session.execute(closing))
    away = select(Person.id).where(Person.name == "Ben Castillo").scalar_subquery()
    leaving = delete(Member).where(Member.person_id == away)
    stage.database.transact_inline(lambda work: work.session.execute(leaving))
    await asks_to_join(stage, "ben")
    await asks_a_question(stage, "ada", "Write to the employer", "Which shops do you mean?")
    await bot_is_down(stage, timedelta(days=1))
    await stage.tick(days=1)
    lines = {
        "The approval of Market map of repair shops: by": ("cora", "marta"),
        "The admission to Spring 26: by": ("cora", "ben"),
        "The answer to a message about E-bike market map: by": ("marta", "ada"),
        "A first talk about E-bike market map: by": ("marta", "ada"),
        "The answer about another date for A table of shops in E-bike market map: by": ("marta", "ada"),
    }
    for line, readers in lines.items():
        for account in readers:
            assert stage.screen(account).count(line) == 1, (line, account)

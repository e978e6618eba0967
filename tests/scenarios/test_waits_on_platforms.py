"""Waits of before on every platform: a review and an approval that no person gives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Delete, Update, delete, select, update

from storage.tables import Cohort, Member, Milestone, Programme, Project, Wait
from storage.unit_of_work import UnitOfWork
from tests.support.actor import Staged
from tests.support.every_stage import STAGES
from tests.support.main_job import (
    PAGE,
    TITLE,
    fills_project,
    is_applied,
    is_applied_for,
    is_decided,
    is_posted,
)


@pytest.fixture(params=sorted(STAGES))
async def platform(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Staged]:
    """Each platform with the whole programme."""
    async with STAGES[request.param](tmp_path) as opened:
        yield opened


@pytest.mark.soak
async def test_work_without_a_review_is_settled(platform: Staged) -> None:
    """The employer is reminded with buttons; then both sides read that it is settled and not reviewed."""
    ada, marta = platform.person("ada"), platform.person("marta")
    await is_posted(platform)
    await is_applied_for(platform)
    await is_decided(platform)
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"About the work": "Both pages"})
    await platform.tick(days=3)
    assert marta.sees(f"in {TITLE} waits for your review")
    await ada.uses("/placement")
    assert ada.sees("A two-page summary · with Acme Maps since")
    await platform.tick(days=9)
    assert platform.rows(select(Milestone.status)) == [("settled",)]
    assert ada.sees("has not answered in 10 days about A two-page summary in E-bike market map.")
    assert marta.sees("is settled, because no answer came. You can still accept it until")


async def test_an_approval_that_no_coordinator_gives_is_asked_for_again(platform: Staged) -> None:
    """Each coordinator is asked again with the buttons, the poster reads it, and nothing is published."""
    change = update(Programme).values(approval=True)
    platform.database.transact_inline(lambda work: work.session.execute(change))
    marta, cora = platform.person("marta"), platform.person("cora")
    await marta.uses("/project post", "spring-26")
    await fills_project(marta, PAGE)
    await marta.presses("Ask for approval")
    await platform.to(datetime(2026, 3, 12, 12, tzinfo=UTC))
    assert cora.sees(f"{TITLE} · Acme Maps has waited for an approval since")
    assert marta.sees(f"{TITLE} still waits for approval: no coordinator has looked at it yet.")
    assert platform.rows(select(Project.status)) == [("review",)]
    await cora.presses("Approve", on="has waited for an approval since")
    assert platform.rows(select(Project.status)) == [("open",)]


async def test_an_admission_that_no_coordinator_gives_is_seen_by_all(platform: Staged) -> None:
    """Student and coordinators read since when it waits and when it is asked for again; then it is over."""
    await is_posted(platform)
    ada, marta, cora = (platform.person(name) for name in ("ada", "marta", "cora"))
    for change in (update(Cohort).values(open=False), delete(Member)):
        platform.database.transact_inline(partial(_executed, change))
    await is_applied(ada)
    assert ada.sees("Without an answer I ask the coordinators again every 2 working days, and you read so.")
    await ada.uses("/applications")
    assert ada.sees("once a coordinator admits you to Spring 26. With the coordinators since")
    assert ada.sees("; I ask them again on")
    await platform.tick(days=3, hours=4)
    assert cora.sees("One student has waited for days to be admitted to Spring 26.")
    assert ada.sees("You still wait to be admitted to Spring 26: no coordinator has answered yet.")
    await cora.presses("See who waits")
    assert cora.sees("Ada Okafor · Spring 26 · asked on")
    await cora.presses("Admit", on="asked on")
    assert platform.rows(select(Wait.state).where(Wait.kind == "admission")) == [("kept",)]
    await marta.uses("/applicants")
    assert marta.sees("1. Ada Okafor · new · since")
    assert marta.sees(", answer by")


def _executed(change: Delete | Update, work: UnitOfWork) -> None:
    work.session.execute(change)


async def test_a_project_without_an_applicant_is_known_to_employer_and_coordinator(platform: Staged) -> None:
    """The employer reads it while something can be done, and a coordinator too when it has closed."""
    await is_posted(platform)
    marta, cora = platform.person("marta"), platform.person("cora")
    await platform.tick(days=10)
    assert marta.sees(f"No student has applied for {TITLE} yet. Applications close on")
    await platform.tick(days=4)
    assert marta.sees(f"{TITLE} has closed, and no student applied.")
    await cora.uses("/stint tasks")
    assert cora.sees(f"{TITLE} · Acme Maps has closed, and no student applied.")
    assert platform.rows(select(Wait.state).where(Wait.kind == "applicants")) == [("settled",)]


async def test_changes_that_were_asked_for_are_waited_for(platform: Staged) -> None:
    """Work that was sent back is owed again: its student is reminded, and then a coordinator hears."""
    ada, marta, cora = (platform.person(name) for name in ("ada", "marta", "cora"))
    await is_posted(platform)
    await is_applied_for(platform)
    await is_decided(platform)
    await ada.uses("/placement")
    await ada.presses("Hand in")
    await ada.fills({"About the work": "Both pages"})
    await platform.tick(days=1)
    await marta.presses("Ask for changes")
    await marta.fills({"What should change": "Please add the opening hours."})
    owed = select(Wait.state).where(Wait.kind == "hand_in").order_by(Wait.id)
    assert platform.rows(owed) == [("kept",), ("open",)]
    ((due,),) = platform.rows(select(Milestone.due_at))
    await platform.to(due + timedelta(days=3))
    await cora.uses("/stint tasks")
    assert cora.sees(f" is late with {TITLE}: not all that was due by")
    await ada.uses("/placement")
    await ada.presses("Hand in again")
    await ada.fills({"About the work": "Opening hours added."})
    assert platform.rows(owed) == [("kept",), ("kept",)]

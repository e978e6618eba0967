"""The end of every kind of wait: left alone by all people, none is open for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from bot.programme import ROUTES
from storage.tables import Cohort, Member, Milestone, Person, Placement, Project, Task, Wait
from tests.scenarios.test_coordinator_waits import asks_to_join, put_before_coordinators
from tests.scenarios.test_date_requests import asks as asks_for_date
from tests.scenarios.test_kickoffs import accepts
from tests.scenarios.test_placement_times import hands_in, place
from tests.scenarios.test_questions import writes as asks_a_question
from tests.support.cases import confides
from tests.support.projects import posted
from tests.support.stage import Stage

ONLY_A_PERSON = {"case"}
"""Kinds that silence never ends: a case ends by what a coordinator records, or its person takes it back."""


def states(stage: Stage) -> dict[str, set[str]]:
    """The states of the waits of each kind."""
    found: dict[str, set[str]] = {}
    for row in stage.rows(select(Wait).order_by(Wait.id)):
        found.setdefault(row.kind, set()).add(row.state)
    return found


@pytest.mark.soak
async def test_every_kind_of_wait_reaches_its_end(stage: Stage) -> None:
    """Of each kind one is opened, and no person does anything for half a year: all are over."""
    await place(stage, weeks=2)
    await asks_for_date(stage, "30 April", "1. A table of shops")
    await asks_for_date(stage, "30 April", "2. A one-page summary")
    put_before_coordinators(stage)
    stage.database.transact_inline(lambda work: work.session.execute(update(Cohort).values(open=False)))
    away = select(Person.id).where(Person.name == "Ben Castillo").scalar_subquery()
    leaving = delete(Member).where(Member.person_id == away)
    stage.database.transact_inline(lambda work: work.session.execute(leaving))
    await asks_to_join(stage, "ben")
    await posted(stage, "chi", title="Logo refresh", places=1)
    await posted(stage, title="Wall calendar")
    await asks_a_question(stage, "ada", "Write to the employer", "Which shops do you mean?")
    await stage.person("marta").uses("/placement")
    await stage.person("marta").presses("Write to a coordinator")
    await stage.person("marta").fills({"Your message": "Who pays the student?"})
    await stage.tick(days=1)
    await confides(stage, "Cora Lindqvist", about="Something else")
    await stage.tick(days=180)
    ended = states(stage)
    assert ended.keys() >= set(ROUTES.waits) - {"review"}, ended.keys() ^ set(ROUTES.waits)
    assert {kind for kind, found in ended.items() if found & {"open", "held"}} == ONLY_A_PERSON, ended


async def test_coordinators_are_asked_five_times(stage: Stage) -> None:
    """Then the poster and the student read so, nothing is published or admitted, and the tasks stay."""
    put_before_coordinators(stage)
    stage.database.transact_inline(lambda work: work.session.execute(update(Cohort).values(open=False)))
    await posted(stage, title="Logo refresh")
    stage.database.transact_inline(lambda work: work.session.execute(delete(Member)))
    await asks_to_join(stage, "ben")
    await stage.tick(days=17)
    for account, words in (
        ("marta", "still waits for approval"),
        ("ben", "You still wait to be admitted to"),
        ("cora", "has waited for an approval since"),
    ):
        assert stage.screen(account).count(words) == 5, account
    for account in ("marta", "ben"):
        assert stage.screen(account).count("I do not ask the coordinators again") == 1, account
    assert stage.screen("cora").count("I do not ask again. It stays in the list: /stint tasks.") == 2
    assert states(stage)["approval"] == states(stage)["admission"] == {"settled"}
    assert stage.rows(select(Project.status).order_by(Project.id))[0] == ("review",)
    assert stage.rows(select(Task.kind).where(Task.state == "open")) == [("admission",)]


async def test_work_that_never_comes_is_waited_for_two_weeks(stage: Stage) -> None:
    """Both sides read the day beforehand and on it; the deliverable stays open, and can be handed in."""
    await place(stage)
    ((due,),) = stage.rows(select(Milestone.due_at).where(Milestone.position == 1))
    await stage.to(due + timedelta(days=2))
    for account in ("ada", "marta"):
        assert "After that it counts as not handed in." in stage.screen(account), account
    await stage.to(due + timedelta(days=16))
    assert "This was not handed in for" in stage.screen("ada")
    assert "did not hand this in for" in stage.screen("marta")
    assert states(stage)["hand_in"] == {"settled"}
    assert {status for (status,) in stage.rows(select(Milestone.status))} == {"open"}
    assert stage.rows(select(Placement.status)) == [("active",)]
    await hands_in(stage)
    assert states(stage)["review"] == {"open"}


async def test_work_of_an_employer_who_cannot_be_reached_is_settled_in_the_end(stage: Stage) -> None:
    """It waits a month longer, and is settled then."""
    await place(stage)
    await hands_in(stage)
    stage.shut_dms("marta")
    await stage.tick(days=30)
    assert states(stage)["review"] == {"open"}
    await stage.tick(days=12)
    assert states(stage)["review"] == {"settled"}


async def test_a_date_that_no_person_decides_on_stays(stage: Stage) -> None:
    """Beyond the one date that silence agrees to, coordinators are asked, and then the agreed date holds."""
    await accepts(stage, "ada")
    await asks_for_date(stage, "30 April", "1. A table of shops")
    await stage.tick(days=5)
    await asks_for_date(stage, "10 May", "2. A one-page summary")
    before = stage.rows(select(Milestone.due_at).order_by(Milestone.id))
    await stage.tick(days=30)
    assert "No answer came about another date of A one-page summary" in stage.screen("ada")
    assert stage.rows(select(Milestone.due_at).order_by(Milestone.id)) == before
    assert states(stage)["date"] == {"settled"}

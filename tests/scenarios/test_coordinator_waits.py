"""Approvals and admissions that wait: coordinators are asked again, and those who wait read the truth."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Delete, Update, delete, select, update

from adapters.terminal.limits import LIMITS
from bot.chat.adapter import Capabilities
from bot.chat.content import Plain, text
from bot.programme import ROUTES
from bot.programme.core.lifecycle import move
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from storage.database import UnitOfWork
from storage.tables import Cohort, Member, Person, Programme, Project, Role, Wait
from tests.support.main_job import fills_project
from tests.support.projects import make_coordinator, post, project_row
from tests.support.stage import Stage

TITLE = "Market map of repair shops"
LATER = datetime(2026, 3, 12, 12, tzinfo=UTC)
"""Three days after the clock begins: two working days, and the daily messages of everywhere after them."""


@pytest.mark.soak
async def test_an_approval_that_is_late_is_asked_for_again(stage: Stage) -> None:
    """Every coordinator is asked, the poster reads the truth, again and again; silence publishes nothing."""
    make_coordinator(stage, "chi")
    cora = stage.person("cora")
    put_before_coordinators(stage)
    await stage.to(LATER - timedelta(days=2))
    assert "has waited for an approval since" not in stage.screen("cora")
    await stage.to(LATER)
    line = f"{TITLE} · Acme Maps has waited for an approval since Mon 9 March"
    assert line in stage.screen("cora")
    assert line in stage.screen("chi")
    truth = f"{TITLE} still waits for approval: no coordinator has looked at it yet."
    assert truth in stage.screen("marta")
    assert "I am asking Cora Lindqvist and Chi Nakamura again." in stage.screen("marta")
    await stage.to(LATER + timedelta(days=2))
    assert stage.screen("cora").count(line) == 2
    await stage.to(LATER + timedelta(days=5))
    assert stage.rows(select(Project.status)) == [("review",)]
    await cora.presses("Approve")
    assert stage.rows(select(Project.status)) == [("open",)]
    seen = stage.screen("marta").count(truth)
    await stage.tick(days=7)
    assert stage.screen("marta").count(truth) == seen
    assert [wait.state for wait in stage.rows(select(Wait).where(Wait.kind == "approval"))] == ["kept"]
    assert "Good news from the coordinators:" in stage.screen("marta")


def put_before_coordinators(stage: Stage) -> None:
    """A project of marta's that waits for approval."""

    def turn(work: UnitOfWork) -> None:
        owner = work.session.scalars(select(Person).where(Person.name == "Marta Ruiz")).one()
        project = project_row(work, owner, stage.clock.now())
        acting = Turn(work, stage.clock.now(), project.programme_id, routes=ROUTES, source="post")
        context = Context(acting, stage.runtime.routes, None, Capabilities(), LIMITS)
        carry_out(context, move(acting, project, "review"))

    stage.database.transact_inline(turn)


async def test_no_task_is_listed_twice(stage: Stage) -> None:
    """What was listed is counted below what is new; without news the count comes on Mondays alone."""
    opens_task(stage, "The first item")
    await stage.tick(days=2, hours=4)
    assert stage.screen("cora").count("The first item") == 1
    opens_task(stage, "Another item")
    await stage.tick(days=1)
    with_news = "One task waits for a coordinator.\n- Another item\nOne older task waits as well, for 2 days."
    assert with_news in stage.screen("cora")
    await stage.tick(days=3)
    assert stage.screen("cora").count("Another item") == 1
    assert "the oldest for" not in stage.screen("cora")
    await stage.tick(days=1)
    assert "2 tasks wait for a coordinator, the oldest for 6 days." in stage.screen("cora")
    assert stage.screen("cora").count("item") == 2


def opens_task(stage: Stage, words: str) -> None:
    """A task for the coordinators."""

    def turn(work: UnitOfWork) -> None:
        programme = work.session.scalars(select(Programme)).one()
        acting = Turn(work, stage.clock.now(), programme.id, routes=ROUTES, source=words)
        context = Context(acting, stage.runtime.routes, None, Capabilities(), LIMITS)
        opened = tasks.open_task(acting, words, "placement.silence", "placement:1", text(Plain(words)))
        carry_out(context, opened)

    stage.database.transact_inline(turn)


@pytest.mark.soak
async def test_admissions_that_are_late_are_one_message(stage: Stage) -> None:
    """All who asked on one day are one line for a coordinator; each student reads that they still wait."""
    stage.database.transact_inline(lambda work: work.session.execute(update(Cohort).values(open=False)))
    stage.database.transact_inline(lambda work: work.session.execute(delete(Member)))
    cora = stage.person("cora")
    await post(stage)
    for name in ("ada", "ben"):
        await asks_to_join(stage, name)
    await stage.to(LATER)
    assert "2 students have waited for days to be admitted to Spring" in stage.screen("cora")
    truth = "no coordinator has answered yet. I am asking Cora Lindqvist again."
    assert truth in stage.screen("ada")
    assert truth in stage.screen("ben")
    await cora.presses("See who waits")
    await cora.presses("Admit", on="Ada Okafor")
    await stage.to(LATER + timedelta(days=2))
    assert "One student has waited for days to be admitted to Spring" in stage.screen("cora")
    assert stage.screen("ada").count(truth) == 1
    assert stage.screen("ben").count(truth) == 2


async def test_without_a_coordinator_those_who_wait_read_it(stage: Stage) -> None:
    """The ladder ends with the truth: it does not say that a coordinator was asked."""
    stage.database.transact_inline(lambda work: work.session.execute(update(Cohort).values(open=False)))
    stage.database.transact_inline(lambda work: work.session.execute(delete(Member)))
    await post(stage)
    await asks_to_join(stage, "ada")
    put_before_coordinators(stage)
    left = delete(Role).where(Role.role == "coordinator")
    stage.database.transact_inline(lambda work: work.session.execute(left))
    await stage.to(LATER)
    assert "still wait to be admitted to Spring 26: there is no coordinator now." in stage.screen("ada")
    assert f"{TITLE} still waits for approval: there is no coordinator here now." in stage.screen("marta")


async def test_the_truth_says_until_when_the_only_coordinator_is_away(stage: Stage) -> None:
    """Both who wait read the day, and what they can do; the project's dates move by what it waited."""
    stage.database.transact_inline(lambda work: work.session.execute(update(Cohort).values(open=False)))
    stage.database.transact_inline(lambda work: work.session.execute(delete(Member)))
    cora = stage.person("cora")
    await post(stage)
    await asks_to_join(stage, "ada")
    put_before_coordinators(stage)
    was = dates_of(stage)
    await cora.uses("/away")
    await cora.fills({"Away until": "20 March 2026"})
    await stage.to(LATER)
    marta, ada = stage.screen("marta"), stage.screen("ada")
    until = "Cora Lindqvist is away until Fri 20 March (London), and no other coordinator is here."
    assert f"{TITLE} still waits for approval: no coordinator has looked at it yet. {until}" in marta
    assert "Its dates moved along. Applications: until " in marta
    assert "Meanwhile you can still change it, and need not send it again." in marta
    assert f"no coordinator has answered yet. {until}" in ada
    assert "Nothing that you have sent is lost. Meanwhile you can apply to what is open." in ada
    assert "I am asking" not in marta + ada
    assert [after - before for before, after in zip(was, dates_of(stage), strict=True)] == [
        timedelta(days=2)
    ] * 3
    await stage.to(LATER + timedelta(days=2))
    assert dates_of(stage)[0] - was[0] == timedelta(days=4)


def dates_of(stage: Stage) -> list[datetime]:
    """The deadline, the decision and the start of the project that waits for approval."""
    [project] = stage.rows(select(Project).where(Project.status == "review"))
    return [project.deadline_at, project.decide_at, project.starts_at]


async def asks_to_join(stage: Stage, name: str) -> None:
    """A student completes an application to a project of a closed cohort."""
    person = stage.person(name)
    await person.presses("Apply")
    await person.says("I know the shops of my town.")
    await person.presses("Skip")
    await person.says("yes")
    await person.presses("Send application")


async def test_the_second_coordinator_gets_what_the_first_did_not_answer(stage: Stage) -> None:
    """The task says who answers first and who is next, who reads two working days later that it is theirs."""
    changes = (update(Programme).values(approval=True), update(Cohort).values(open=False), delete(Member))
    for change in changes:
        stage.database.transact_inline(partial(_executed, change))
    make_coordinator(stage, "chi")
    await post(stage)
    await asks_to_join(stage, "ada")
    await asks_for_approval(stage)
    chi = stage.person("chi")
    order = "Cora Lindqvist answers first; after 2 working days without an answer it goes to Chi Nakamura"
    await chi.uses("/stint tasks")
    assert order in stage.screen("chi")
    await chi.presses("More")
    page = stage.screen("chi")
    assert order in page
    assert "waits for your approval." in page
    await stage.to(LATER)
    assert stage.screen("chi").count("Cora Lindqvist has not answered, so please take it.") == 2
    assert "has not answered, so please take it." not in stage.screen("cora")
    await chi.presses("Approve", on="has waited for an approval since")
    assert stage.rows(select(Project.status)) == [("open",), ("open",)]


def _executed(change: Delete | Update, work: UnitOfWork) -> None:
    work.session.execute(change)


async def asks_for_approval(stage: Stage) -> None:
    """Marta posts a project that needs an approval."""
    marta = stage.person("marta")
    await marta.uses("/project post", "spring")
    await fills_project(marta)
    await marta.presses("Ask for approval")
    assert "Without an answer I ask them again every 2 working days" in stage.screen("marta")

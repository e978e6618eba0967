"""What the first coordinator has not answered in two working days: every kind of task goes to the second."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from adapters.terminal.limits import LIMITS
from bot.chat.adapter import Capabilities
from bot.chat.content import text
from bot.programme import ROUTES
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.runtime.carry_out import carry_out
from bot.runtime.context import Context
from storage.database import UnitOfWork
from storage.tables import Programme, Task
from tests.scenarios.test_away import goes_away
from tests.scenarios.test_project_changes import edit
from tests.support.cases import at_work
from tests.support.projects import make_coordinator, posted
from tests.support.stage import Stage
from tests.support.task_kinds import HANDED_ON, OWN_LADDER, TOLD, kinds_of_tasks


def opens(stage: Stage, *kinds: str) -> None:
    """A task of each of these kinds is opened."""

    def turn(work: UnitOfWork) -> None:
        acting = Turn(work, stage.clock.now(), 1, routes=ROUTES, source="test")
        for kind in kinds:
            words = text("A task of the kind {kind}", kind=kind)
            carry_out(
                Context(acting, stage.runtime.routes, None, Capabilities(), LIMITS),
                tasks.open_task(acting, f"{kind}:1", kind, "programme:1", words),
            )

    stage.database.transact_inline(turn)


def test_every_kind_of_task_is_in_one_table() -> None:
    """Each asks again by itself, or tells who waits that no coordinator has looked, or no person waits."""
    tables = (OWN_LADDER, TOLD, HANDED_ON)
    assert {kind for _, kind in kinds_of_tasks()} == set().union(*tables)
    assert sum(len(each) for each in tables) == len(set().union(*tables))


@pytest.mark.own_texts
async def test_the_second_gets_every_kind_once(stage: Stage) -> None:
    """By name, with the first who did not answer; the first is not asked again, and no third is."""
    make_coordinator(stage, "jo")
    kinds = (*HANDED_ON, "letter", "terms", "placement.date")
    opens(stage, *kinds, *OWN_LADDER)
    await stage.tick(days=1)
    assert "Please take" not in stage.screen("jo")
    await stage.tick(days=5)
    said = "Cora Lindqvist has not answered these tasks for 2 working days. Please take them:"
    assert stage.screen("jo").count(said) == 1
    assert f"and {len(kinds) - 5} more" in stage.screen("jo")
    assert "Please take them" not in stage.screen("cora")
    handed = stage.rows(select(Task.kind).where(Task.late_at.is_not(None)))
    assert {kind for (kind,) in handed} >= set(kinds)


@pytest.mark.own_texts
async def test_a_task_that_is_done_is_not_handed_on(stage: Stage) -> None:
    """Nor is one that is opened again counted from its first time."""
    make_coordinator(stage, "jo")
    opens(stage, "card")
    await stage.person("cora").uses("/stint tasks")
    await stage.person("cora").presses("Done")
    await stage.tick(days=3)
    opens(stage, "card")
    await stage.tick(days=1)
    assert "Please take" not in stage.screen("jo")
    await stage.tick(days=4)
    assert "has not answered these tasks for 2 working days" in stage.screen("jo")


async def test_without_a_second_who_waits_reads_the_truth(stage: Stage) -> None:
    """The author of a change and the employer of new terms read who is away, and can take it back."""
    await at_work(stage)
    stage.database.transact_inline(lambda work: work.session.execute(update(Programme).values(approval=True)))
    marta = stage.person("marta")
    await edit(marta, "Fee", "$200")
    assert stage.rows(select(Task.kind).where(Task.state == "open")) == [("approval",)]
    for account in ("cora", "jo"):
        await goes_away(stage, account, "Friday 20 March")
    await stage.tick(days=4)
    shown = stage.screen("marta")
    assert "Your change of Market map of repair shops still waits." in shown
    assert "No coordinator has looked at it yet. Cora Lindqvist is away until Fri 20 March" in shown
    await marta.presses("Take it back", on="still waits")
    stage.database.transact_inline(
        lambda work: work.session.execute(update(Programme).values(approval=False))
    )
    await edit(marta, "Fee", "$200")
    assert stage.rows(select(Task.kind).where(Task.state == "open")) == [("terms",)]
    await stage.tick(days=4)
    assert "The change of what is agreed in Market map of repair shops still waits." in stage.screen("marta")
    assert "No coordinator has looked at it yet." in stage.screen("marta").rpartition("what is agreed in")[2]


async def test_a_lone_coordinator_who_is_here_is_named(stage: Stage) -> None:
    """The author reads who has not looked, and that the change stays among the tasks."""
    await posted(stage)
    stage.database.transact_inline(lambda work: work.session.execute(update(Programme).values(approval=True)))
    await edit(stage.person("marta"), "Fee", "$200")
    await stage.tick(days=4)
    assert "Cora Lindqvist has not looked at it yet. It stays in the tasks." in stage.screen("marta")

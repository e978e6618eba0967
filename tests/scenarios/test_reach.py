"""Messages that cannot arrive, through the real delivery: nothing is silently lost."""

import pytest
from sqlalchemy import select, update

from storage.database import UnitOfWork
from storage.tables import Channel, Identity, outbox
from tests.support.projects import post
from tests.support.stage import Stage


@pytest.mark.soak
async def test_an_account_that_is_gone_becomes_an_open_item(stage: Stage) -> None:
    """An invitation to an account that the platform no longer knows is the coordinator's task, not lost."""

    def vanish(work: UnitOfWork) -> None:
        ada = select(Identity.id).where(Identity.user_id == "ada").scalar_subquery()
        work.session.execute(update(Identity).where(Identity.id == ada).values(user_id="ghost"))

    cora = stage.person("cora")
    await cora.uses("/cohort list")
    stage.database.transact_inline(vanish)
    await cora.uses("/employer invite")
    await cora.fills({"Person, company": "Ada Okafor, Acme Maps"})
    await cora.uses("/stint tasks")
    assert "I cannot write to Ada Okafor on Terminal" in stage.screen("cora")
    assert "An invitation" in stage.screen("cora")
    assert stage.ledger()["held"] == 1


async def test_a_channel_that_is_gone_is_paused_and_another_takes_its_place(stage: Stage) -> None:
    """The coordinator reads it once; the new channel replaces the lost one and gets the open projects."""

    def vanish(work: UnitOfWork) -> None:
        work.session.execute(update(Channel).values(place="terminal/channel/terminal/gone"))

    stage.world.add_channel("new", "new")
    stage.database.transact_inline(vanish)
    await post(stage, title="Logo refresh")
    await post(stage, title="Bus stops")
    cora = stage.person("cora")
    await cora.uses("/stint tasks")
    assert "1 task" in stage.screen("cora")
    assert "I can no longer write to the channel of Spring 26" in stage.screen("cora")
    await cora.uses("/cohort channel #new")
    await cora.presses("Announce all 2 there")
    assert "I am announcing 2 projects there." in stage.screen("cora")
    await stage.tick(minutes=1)
    assert "Logo refresh" in stage.screen("ada", "new")
    assert [row.place for row in stage.rows(select(Channel.place))] == ["terminal/channel/terminal/new"]
    await cora.uses("/stint tasks")
    assert "Nothing waits for you." in stage.screen("cora")
    assert {row.state for row in stage.rows(select(outbox.c.state))} == {"sent", "failed"}

"""Timers that are due are fired in transactions that end in time, whatever their number."""

from itertools import count

import pytest

from bot.chat.actions import SetTimer
from bot.programme.core.timers import row_of
from bot.runtime.timers import serve_timers
from storage.queries import timers
from storage.tables import timers as table
from tests.support.stage import Stage
from tests.support.toy_routes import TOYS, Ring

pytestmark = pytest.mark.stage(routes=TOYS)


async def transactions_for(stage: Stage, due: int, seconds_each: float) -> list[int]:
    """How many timers each transaction fired, where `seconds_each` pass at each look at the clock."""
    now, ada = stage.clock.now(), Ring("terminal/@ada")
    rows = [
        row_of(1, SetTimer(f"ring:{number}", now, "toy.ring", f"toy:{number}", ada)) for number in range(due)
    ]
    await stage.database.transact(lambda work: timers.remind(work.connection, rows))
    fired: list[int] = []
    inner = stage.database.transact

    async def counted(function: object) -> object:
        before = len(stage.rows(table.select().where(table.c.state == "done")))
        result: object = await inner(function)  # type: ignore[arg-type] # whatever is transacted
        fired.append(len(stage.rows(table.select().where(table.c.state == "done"))) - before)
        return result

    stage.database.transact = counted  # type: ignore[method-assign, assignment]
    looks = count()
    served = await serve_timers(
        stage.database,
        stage.runtime._port,  # noqa: SLF001 - as the runtime serves them
        stage.clock.now(),
        lambda: next(looks) * seconds_each,
    )
    assert served == due
    return fired


async def test_many_timers_share_a_transaction(stage: Stage) -> None:
    """Where they take no time, a hundred are fired together."""
    assert await transactions_for(stage, 120, 0.0) == [100, 20]


@pytest.mark.parametrize(("seconds_each", "fired"), [(0.03, [20, 20, 5]), (10.0, [10, 10, 10, 10, 5])])
async def test_a_transaction_of_timers_ends_in_time(
    stage: Stage, seconds_each: float, fired: list[int]
) -> None:
    """After 50 ms no more timers are taken on: others come in between. However slow, some are fired."""
    assert await transactions_for(stage, 45, seconds_each) == fired

"""Timers that are due are fired in transactions that end in time, whatever their number."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.chat.actions import Action, SetTimer
from bot.chat.events import TimerFired
from bot.chat.values import replace
from bot.programme.core.timers import Timer, row_of
from bot.programme.core.turn import Turn
from bot.runtime.timers import serve_timers
from storage.database import UnitOfWork
from storage.queries import timers
from storage.tables import Identity, Person, Programme
from storage.tables import timers as table
from tests.support.stage import Stage, open_stage
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


async def test_a_batch_redraws_the_pages_of_each_of_its_programmes(stage: Stage) -> None:
    """Timers of two programmes share a transaction, and each has readers whose pages show something else."""
    now = stage.clock.now()

    def two_programmes(work: UnitOfWork) -> None:
        for account in ("ada", "ben"):
            programme = Programme(name=account, zone="UTC", created_at=now)
            work.session.add(programme)
            work.session.flush()
            person = Person(programme_id=programme.id, name=account, created_at=now)
            work.session.add(person)
            work.session.flush()
            page = {"home": f"terminal/home/terminal/{account}", "seen_at": now}
            at = {"programme_id": programme.id, "person_id": person.id, "platform": "terminal"}
            work.session.add(Identity(**at, **page, user_id=account))
            ring = SetTimer("ring", now, "toy.ring", "toy:1", Ring(f"terminal/@{account}"))
            timers.remind(work.connection, [row_of(programme.id, ring)])

    await stage.database.transact(two_programmes)
    port = replace(stage.runtime._port, homes=frozenset({"terminal"}))  # noqa: SLF001 - as the runtime serves them
    assert await serve_timers(stage.database, port, now, lambda: 0.0) == 2
    pages = stage.rows(table.select().where(table.c.kind == Timer.HOME_REFRESH))
    assert len({row.programme_id for row in pages}) == 2


@pytest.mark.parametrize(
    ("due", "seconds_each", "fired"),
    [
        (4, 0.03, [1, 1, 1, 1, 0]),
        (3, 10.0, [1, 1, 1, 0]),
        (30, 0.001, [23, 7]),
    ],
)
async def test_a_transaction_of_timers_ends_in_time(
    stage: Stage, due: int, seconds_each: float, fired: list[int]
) -> None:
    """After 50 ms no more timers are taken on: others come in between. However slow, some are fired."""
    assert await transactions_for(stage, due, seconds_each) == fired


@asynccontextmanager
async def _reading(folder: Path) -> AsyncIterator[Stage]:
    """A stage on which the handler of a timer only reads, and says where it was asked."""
    ring = TOYS.timers["toy.ring"]

    def asked(turn: Turn, event: TimerFired) -> Sequence[Action]:
        ASKED.append(turn.reading)
        return ring(turn, event)

    routes = replace(TOYS, timers={**TOYS.timers, "toy.ring": asked}, reads=frozenset({"toy.ring"}))
    ASKED.clear()
    async with open_stage(folder, routes=routes) as stage:
        yield stage


ASKED: list[bool] = []
ADA = Ring("terminal/@ada")


@pytest.mark.stage(opened=_reading)
async def test_what_only_reads_is_asked_on_a_reader(stage: Stage) -> None:
    """Its handler is asked once, where nothing can be written, and what it says is sent."""
    now = stage.clock.now()
    rows = [
        row_of(1, SetTimer(f"ring:{number}", now, "toy.ring", f"toy:{number}", ADA)) for number in range(12)
    ]
    await stage.database.transact(lambda work: timers.remind(work.connection, rows))
    await stage.settle()
    assert ASKED == [True] * 12
    assert stage.screen("ada").count("Ring.") == 1


@pytest.mark.stage(opened=_reading)
async def test_a_timer_that_changed_meanwhile_is_asked_again(stage: Stage) -> None:
    """What was said of a timer as it was is not sent: the writer asks for what holds now."""
    now = stage.clock.now()

    def ring_for(account: str) -> dict[str, Any]:
        return row_of(1, SetTimer("ring:1", now, "toy.ring", "toy:1", Ring(f"terminal/@{account}")))

    await stage.database.transact(lambda work: timers.remind(work.connection, [ring_for("ada")]))
    inner = stage.database.read

    async def then_it_changes(function: Callable[[UnitOfWork], Any]) -> object:
        found: object = await inner(function)
        if isinstance(found, dict):
            await stage.database.transact(lambda work: timers.remind(work.connection, [ring_for("ben")]))
        return found

    stage.database.read = then_it_changes  # type: ignore[method-assign, assignment]
    await stage.settle()
    assert ASKED == [True, False]
    await stage.tick(hours=5)  # it is night in New York
    assert "Ring." in stage.screen("ben")
    assert "Ring." not in stage.screen("ada")


async def test_a_timer_that_is_done_stays_done_unless_it_moves(stage: Stage) -> None:
    """Set again for the instant at which it fired it rings no second time; for another instant it does."""
    now = stage.clock.now()

    async def set_for(due: datetime) -> None:
        row = row_of(1, SetTimer("ring:1", due, "toy.ring", "toy:1", ADA))
        await stage.database.transact(lambda work: timers.remind(work.connection, [row]))
        await stage.settle()

    await set_for(now)
    await stage.tick(minutes=1)
    await set_for(now)
    (fired,) = stage.rows(table.select())
    assert (fired.state, fired.done_at, fired.due_at) == ("done", now, now)
    later = now + timedelta(minutes=2)
    await set_for(later)
    (moved,) = stage.rows(table.select())
    assert (moved.id, moved.state, moved.due_at) == (fired.id, "pending", later)

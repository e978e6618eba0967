"""The queue of one person's events in one place."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.runtime.ordering import Queue

AT = datetime(2026, 3, 9, 8, 0, tzinfo=UTC)


async def through(queue: Queue, second: int, order: list[int]) -> None:
    """Go through the queue with something that happened at this second."""
    await queue.enter(AT + timedelta(seconds=second))
    order.append(second)
    await asyncio.sleep(0)
    queue.leave()


async def test_who_spoke_first_is_next() -> None:
    """Those that wait go by the platform's timestamp; of two at one instant, who came first."""
    queue, order = Queue(), []  # type: ignore[var-annotated] # filled below
    async with asyncio.TaskGroup() as group:
        for second in (5, 9, 7, 8, 6, 7):
            group.create_task(through(queue, second, order))
    assert order == [5, 6, 7, 7, 8, 9]


async def test_who_gives_up_waiting_holds_up_no_other() -> None:
    """A cancelled wait is passed over, also when its turn came in the same moment."""
    queue, order = Queue(), []  # type: ignore[var-annotated] # filled below
    await queue.enter(AT)
    early, called, last = (asyncio.create_task(through(queue, second, order)) for second in (1, 2, 3))
    await asyncio.sleep(0)
    early.cancel()
    await asyncio.sleep(0)
    queue.leave()
    called.cancel()
    await last
    assert order == [3]
    await asyncio.wait_for(queue.enter(AT), 1)

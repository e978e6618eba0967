"""What a process leaves behind that dies in the very moment in which something else became known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.chat.adapter import Refusal, Retry
from bot.chat.content import dump_message, message
from bot.runtime.sending import LEASE
from storage.database import Database, UnitOfWork, open_database
from storage.queries import lanes, outbox
from storage.tables import metadata
from tests.support.deliveries import NOW, Mailbox, begin, drain, owe, states
from tests.support.stage import open_stage
from tests.support.toy_routes import TOYS

T = TypeVar("T")

LEASED = NOW + timedelta(minutes=3)
"""When what a dead process was sending is taken up."""


OWED = {
    "programme_id": 1,
    "key": "hello",
    "destination": "terminal/@ada",
    "operation": "send",
    "message": dump_message(message("Hello.")),
}


class Death(BaseException):
    """The process dies."""


class Inline:
    """A database whose turns are over at once, so that a test knows what was stored before a death."""

    def __init__(self, inner: Database) -> None:
        self._inner = inner

    async def transact(self, fn: Callable[[UnitOfWork], T]) -> T:
        """Run a turn."""
        return self._inner.transact_inline(fn)

    async def read(self, fn: Callable[[UnitOfWork], T]) -> T:
        """Read."""
        return self._inner.read_inline(fn)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Any]:
    """A database with a programme."""
    inner = open_database(f"sqlite:///{tmp_path / 'post.db'}", inline=True)
    inner.transact_inline(lambda work: metadata.create_all(work.connection))
    inner.transact_inline(begin)
    yield Inline(inner)
    inner.close_inline()


async def test_a_wait_is_known_after_a_death_in_the_same_moment(post: Any) -> None:  # noqa: ANN401 - a Database
    """One destination asks for ten minutes, the process dies of another: the ten minutes are kept."""
    box = Mailbox(moods={"one": [Retry(600)], "two": [Death()]})
    await post.transact(owe(("ada", "one"), ("ben", "two")))
    with pytest.raises(Death):
        await drain(post, box)
    await drain(post, box, LEASED)
    assert box.sent == [("ben", "two")]
    await drain(post, box, NOW + timedelta(seconds=600))
    assert box.sent == [("ben", "two"), ("ada", "one")]


@pytest.mark.soak
async def test_nothing_turns_round_after_a_death_behind_a_refusal(post: Any) -> None:  # noqa: ANN401 - a Database
    """The first part was refused, the process dies of the second: the first does not come after it."""
    box = Mailbox(moods={"one": [Refusal("msg_too_odd")], "two": [Death()]})
    await post.transact(owe(("ada", "one"), ("ada", "two")))
    with pytest.raises(Death):
        await drain(post, box)
    await drain(post, box, LEASED)
    assert box.sent == [("ada", "two")]
    assert await post.read(states) == [("one", "failed"), ("two", "sent")]


async def test_what_a_dead_process_was_sending_is_sent_at_the_start(tmp_path: Path) -> None:
    """A process that is alone on its file does not wait until the lease of the dead one is over."""
    async with open_stage(tmp_path, routes=TOYS) as stage:
        now = stage.clock.now()
        rows = [{**OWED, "created_at": now, "due_at": now}]
        await stage.database.transact(lambda work: outbox.enqueue(work.connection, rows))
        await stage.database.transact(lambda work: lanes.claim(work.connection, now, now + LEASE, 1))
        await stage.settle()
        assert "Hello." not in stage.screen("ada")
        await stage.runtime.recover()
        await stage.settle()
        assert stage.screen("ada").count("Hello.") == 1

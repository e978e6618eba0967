"""What happens when the word of a commit, or the order of two messages, could be lost on the way."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select

from bot.chat.adapter import Response, Retry
from bot.chat.content import Message
from bot.chat.events import Event, MessageRef, Place, UserRef
from storage.database import UnitOfWork
from storage.tables import outbox, timers
from tests.support.stage import Stage
from tests.support.toy_routes import TOYS

pytestmark = pytest.mark.stage(routes=TOYS)


Value = TypeVar("Value")


def lose(stage: Stage, prefix: str, *fates: str, states: Sequence[str] = ("pending", "held")) -> None:
    """Lose the word of the next turns that owe a message with such a key, "before" or "after" the commit.

    With other `states`: of those that bring one into such a state.
    """
    transact, left = stage.database.transact, list(fates)

    def owed(work: UnitOfWork) -> int:
        query = select(func.count()).where(outbox.c.key.startswith(prefix), outbox.c.state.in_(states))
        return work.connection.execute(query).scalar_one()

    async def losing(fn: Callable[[UnitOfWork], Value]) -> Value:
        fate = ""

        def turn(work: UnitOfWork) -> Value:
            nonlocal fate
            before = owed(work)
            value = fn(work)
            if left and owed(work) > before:
                fate = left.pop(0)
            if fate == "before":
                raise OSError(fate)
            return value

        value = await transact(turn)
        if fate:
            raise OSError(fate)
        return value

    stage.database.transact = losing  # type: ignore[method-assign]  # a test's database


async def test_a_timer_whose_commit_was_not_heard_of_fires_once(stage: Stage) -> None:
    """It is done, so it is not put off to be fired again."""
    await stage.person("ada").uses("/toy later 10")
    lose(stage, "ring:", "before", "after")
    await stage.tick(days=2)
    assert stage.screen("ada").count("Ring.") == 1
    assert stage.rows(select(timers.c.state, timers.c.attempts)) == [("done", 0)]


async def test_a_timer_that_was_never_committed_is_tried_again(stage: Stage) -> None:
    """Put off by a minute, it fires then."""
    await stage.person("ada").uses("/toy later 10")
    lose(stage, "ring:", "before", "before")
    await stage.tick(minutes=10)
    assert "Ring." not in stage.screen("ada")
    await stage.tick(minutes=2)
    assert stage.screen("ada").count("Ring.") == 1


async def test_answers_and_messages_to_one_person_keep_their_order(stage: Stage) -> None:
    """An answer in the DM that has to wait is not overtaken by what is said after it."""
    ada, send, waits = stage.person("ada"), stage.adapter.send, [True]

    async def busy(to: Place | UserRef, message: Message, *, key: str, **tried: Any) -> MessageRef:  # noqa: ANN401 - the other arguments
        if key.startswith("1:reply:") and waits:
            waits.pop()
            raise Retry(60)
        return await send(to, message, key=key, **tried)

    stage.adapter.send = busy  # type: ignore[method-assign]  # a test's platform
    await ada.says("hello")
    await ada.uses("/toy burst")
    await stage.tick(minutes=5)
    screen = stage.screen("ada")
    assert screen.index("I heard hello") < screen.index("Number 0")


async def test_a_command_whose_commit_was_not_heard_of_is_answered(stage: Stage) -> None:
    """It was done, so no answer says that nothing was changed."""
    lose(stage, "echo:", "after")
    await stage.person("ada").uses("/toy echo hello", "spring")
    assert "You said hello" in stage.screen("ada", "spring")
    assert "went wrong" not in stage.screen("ada", "spring")
    assert stage.screen("ben", "spring").count("Somebody said hello") == 1


async def test_a_command_that_was_not_committed_is_owned_up_to(stage: Stage) -> None:
    """Nothing was done, and that is what is said."""
    lose(stage, "echo:", "before")
    await stage.person("ada").uses("/toy echo hello", "spring")
    assert "Something went wrong on my side and nothing was changed" in stage.screen("ada", "spring")
    assert "Somebody said" not in stage.screen("ben", "spring")


async def test_what_is_not_known_is_not_said_to_be_undone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database fails twice: no answer says that nothing was done, and the real answer follows."""

    def fail(*_asked: object) -> None:
        raise OSError("away")

    monkeypatch.setattr("bot.runtime.turns.give_up", fail)
    lose(stage, "echo:", "after")
    await stage.person("ada").uses("/toy echo hello", "spring")
    assert "I cannot tell yet whether that was done" in stage.screen("ada", "spring")
    assert "nothing was changed" not in stage.screen("ada", "spring")
    assert stage.screen("ben", "spring").count("Somebody said hello") == 1
    await stage.tick(hours=1)
    assert "You said hello" in stage.screen("ada")


@pytest.mark.timeout(7)
async def test_a_delivery_that_fails_keeps_no_person_waiting(stage: Stage) -> None:
    """The database fails it once: it is begun again, and all who wait for its end are answered at once."""
    lose(stage, "talk:", "before", states=["sending"])
    ada = stage.person("ada")
    await ada.uses("/toy snack", "spring")
    assert "I sent you a direct message" in stage.screen("ada", "spring")


async def test_what_was_owned_up_to_has_no_effect_later(stage: Stage) -> None:
    """The same event delivered once more changes nothing: its person has read that nothing was changed."""
    seen: list[Event] = []
    inner = stage.runtime.receive

    async def watch(event: Event) -> Response:
        seen.append(event)
        return await inner(event)

    stage.adapter._receive = watch  # noqa: SLF001 - a test's way in
    lose(stage, "echo:", "before")
    ada = stage.person("ada")
    await ada.uses("/toy echo hello", "spring")
    await inner(seen[0])
    await stage.settle()
    assert "Somebody said" not in stage.screen("ben", "spring")
    await ada.uses("/toy echo hello", "spring")
    assert stage.screen("ben", "spring").count("Somebody said hello") == 1

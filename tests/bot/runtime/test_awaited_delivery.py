"""What is said at once of a direct message: what became of it, and nothing before it is known."""

import asyncio
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import select

from bot.chat.adapter import DeliveryUnknown, Refusal, Retry
from bot.chat.content import Message
from bot.chat.events import MessageRef, Place, UserRef
from storage.tables import outbox
from tests.support.main_job import TITLE, is_posted
from tests.support.stage import Stage, open_stage
from tests.support.toy_routes import TOYS

pytestmark = pytest.mark.stage(routes=TOYS)


def fails(stage: Stage, error: Exception) -> None:
    """Let what is sent to Ada end like this."""
    send_on = stage.adapter.send

    async def send(to: Place | UserRef, message: Message, *, key: str, **tried: Any) -> MessageRef:  # noqa: ANN401 - the other arguments
        if to == stage.world.user("ada"):
            raise error
        return await send_on(to, message, key=key, **tried)

    stage.adapter.send = send  # type: ignore[method-assign]  # a test's platform


async def test_what_arrived_is_pointed_to(stage: Stage) -> None:
    """One line, once the question is in the direct messages."""
    ada = stage.person("ada")
    await ada.uses("/toy snack", "spring")
    assert "What is your snack?" in stage.screen("ada")
    assert "I sent you a direct message; we go on there." in stage.screen("ada", "spring")


@pytest.mark.parametrize("error", [Refusal("50007", lost="destination"), Retry(600)])
async def test_what_is_refused_or_has_to_wait_is_shown_here(stage: Stage, error: Exception) -> None:
    """The question itself, for one person's eyes, in the same answer; the message is not sent any more."""
    fails(stage, error)
    ada = stage.person("ada")
    await ada.uses("/toy snack", "spring")
    here = stage.screen("ada", "spring")
    assert "we go on here, where only you see it" in here
    assert here.count("What is your snack?") == 1
    assert "What is your snack?" not in stage.screen("ben", "spring")
    to_ada = select(outbox.c.state).where(outbox.c.destination == "terminal/@ada")
    assert stage.rows(to_ada) == [("answered",)]


async def test_an_unknown_fate_is_said_so(stage: Stage) -> None:
    """The platform's answer was lost: neither sent nor refused is claimed."""
    fails(stage, DeliveryUnknown("lost"))
    ada = stage.person("ada")
    await ada.uses("/toy snack", "spring")
    here = stage.screen("ada", "spring")
    assert "I cannot tell yet whether it has arrived." in here
    assert "What is your snack?" not in here


async def test_a_slow_platform_is_waited_for_only_so_long(stage: Stage) -> None:
    """After a while the answer says that it is on its way; it arrives once."""
    slow, send = asyncio.Event(), stage.adapter.send

    async def slowly(to: Place | UserRef, message: Message, *, key: str, **tried: Any) -> MessageRef:  # noqa: ANN401 - the other arguments
        await slow.wait()
        return await send(to, message, key=key, **tried)

    stage.adapter.send = slowly  # type: ignore[method-assign]  # a test's platform
    with (
        patch("bot.runtime.awaited_delivery.WAIT_SECONDS", 0.05),
        patch("bot.runtime.runtime._SLOW_SEND_SECONDS", 0.05),
    ):
        await stage.person("ada").uses("/toy snack", "spring")
    assert "I cannot tell yet whether it has arrived." in stage.screen("ada", "spring")
    slow.set()
    await stage.tick(minutes=1)
    assert stage.screen("ada").count("What is your snack?") == 1


async def test_a_process_that_dies_before_it_answers_leaves_nothing_unheard(tmp_path: Path) -> None:
    """The refused message is kept; when the time of the interaction is over, others are informed."""
    async with open_stage(tmp_path) as stage:
        await is_posted(stage)
        stage.shut_dms("ada")
        with patch("bot.runtime.awaited_delivery.conclude", side_effect=RuntimeError("dead")):
            await stage.person("ada").presses("Apply", on=TITLE)
        query = select(outbox.c.state).where(outbox.c.destination == "terminal/@ada")
        assert stage.rows(query) == [("held",)]
        assert "There is a message for you" not in stage.screen("ada", "spring")
        await stage.tick(minutes=1)
        assert "There is a message for you: press here." in stage.screen("ada", "spring")
        await stage.person("ada").presses("Read it")
        assert "Why this project?" in stage.screen("ada", "spring")

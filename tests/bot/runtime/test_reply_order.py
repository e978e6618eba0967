"""What a turn owes a person waits for the answer that they are given at once."""

import asyncio
from pathlib import Path

import pytest

from bot.chat.adapter import Response
from bot.chat.events import ReplyTo
from bot.runtime import reply_order
from tests.support.projects import posted
from tests.support.stage import Stage, open_stage


async def offered(stage: Stage) -> None:
    """Ada has an offer of marta's."""
    await posted(stage, "ada")
    marta = stage.person("marta")
    await marta.uses("/applicants")
    await marta.presses("Read one by one")
    await marta.presses("Make an offer")
    await stage.tick(minutes=3)


def hold(stage: Stage, told: asyncio.Event, go: asyncio.Event) -> None:
    """Let the platform take its time with answers: `told` when one is under way, given after `go`."""
    given = stage.adapter.respond

    async def respond(to: ReplyTo, answer: Response) -> None:
        told.set()
        await go.wait()
        await given(to, answer)

    stage.adapter.respond = respond  # type: ignore[method-assign] # a test's platform


async def test_a_slow_answer_is_still_read_first(tmp_path: Path) -> None:
    """While it is under way others' messages are taken up, and the pack that follows it is not sent."""
    async with open_stage(tmp_path) as stage:
        await offered(stage)
        told, go = asyncio.Event(), asyncio.Event()
        hold(stage, told, go)
        accepting = asyncio.create_task(stage.person("ada").presses("Accept"))
        await told.wait()
        delivering = asyncio.create_task(stage.runtime.deliver())
        await asyncio.sleep(0.05)
        assert "You start: " not in stage.screen("ada")
        go.set()
        await asyncio.gather(accepting, delivering)
        await stage.settle()
        screen = stage.screen("ada")
        assert -1 < screen.find("is yours. Everything you need") < screen.find("You start: ")


@pytest.mark.soak
async def test_an_answer_that_never_ends_holds_nothing_for_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform that hangs keeps back no person's messages."""
    monkeypatch.setattr(reply_order, "_ANSWER_WAIT_SECONDS", 0.01)
    async with open_stage(tmp_path) as stage:
        await offered(stage)
        told, go = asyncio.Event(), asyncio.Event()
        hold(stage, told, go)
        accepting = asyncio.create_task(stage.person("ada").presses("Accept"))
        await told.wait()
        await stage.runtime.deliver()
        assert "You start: " in stage.screen("ada")
        go.set()
        await accepting

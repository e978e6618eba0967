"""Adapters in one runtime: run again when they fail, closed whatever happens."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.cli.running_bot import keep_running, opened, receiving
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.workspace import Workspace
from bot.chat.adapter import Receive, Refusal, Response
from bot.chat.events import Event
from bot.clock import WallClock
from storage.database import open_database
from tests.support.databases import sqlite_url


async def say_nothing(event: Event) -> Response:
    """Take an event and say nothing."""
    return Response()


class Failing(TerminalAdapter):
    """The terminal, whose ways in fail, one error after the other, and then stay open."""

    def __init__(self, world: Workspace, errors: list[Exception], platform: str = "terminal") -> None:
        super().__init__(world, WallClock().now)
        self.platform = platform
        self.errors = errors
        self.runs = 0
        self.up = asyncio.Event()
        self.closed = False

    async def run(self, receive: Receive) -> None:
        """Fail if the test wants it to, or stay until cancelled."""
        self.runs += 1
        if self.errors:
            raise self.errors.pop(0)
        self.up.set()
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Note it."""
        self.closed = True
        await super().close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Workspace]:
    """A terminal's world, closed whatever happens."""
    with closing(Workspace(tmp_path / "world.jsonl")) as opened_world:
        yield opened_world


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited between tries, without waiting them."""
    waited: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        waited.append(seconds)
        await sleep(0)

    monkeypatch.setattr("adapters.cli.running_bot.asyncio.sleep", note)
    return waited


async def test_ways_in_that_fail_are_opened_again_ever_later(world: Workspace, waits: list[float]) -> None:
    """Each failure waits twice as long as the last, up to a quarter of an hour: no platform is hammered."""
    failing = Failing(world, [OSError() for _ in range(10)])
    running = asyncio.create_task(keep_running(failing, say_nothing))
    await failing.up.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert failing.runs == 11
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    # Even failing at once all day long, it stays far below Discord's 1000 starts a day.
    assert 24 * 3600 / waits[-1] + len(waits) < 200


async def test_a_refusal_soon_after_the_start_is_an_end(world: Workspace, waits: list[float]) -> None:
    """A wrong token is not tried again, and the other adapters are stopped with it."""
    wrong, right = Failing(world, [Refusal("invalid_auth")], "one"), Failing(world, [], "two")
    async with receiving({"one": wrong, "two": right}, say_nothing) as tasks:
        with pytest.raises(Refusal):
            await tasks["one"]
        await right.up.wait()
    assert tasks["two"].cancelled()
    assert (wrong.runs, waits) == (1, [])


async def test_everything_is_closed_when_one_cannot_be_opened(
    world: Workspace, migrated_sqlite: Path
) -> None:
    """A platform that refuses us at the start leaves no client and no database open."""
    first, second = Failing(world, [], "one"), Failing(world, [], "two")

    async def refuse() -> None:
        raise Refusal("invalid_auth", "Slack does not know this token.")

    second.open = refuse  # type: ignore[method-assign] # this one only
    database = open_database(sqlite_url(migrated_sqlite))
    with pytest.raises(Refusal, match="does not know"):
        async with opened(database, {"one": first, "two": second}, WallClock()):
            pass
    assert (first.closed, second.closed) == (True, True)
    with pytest.raises(RuntimeError):
        await database.read(lambda _: None)

"""A bot in a separate process, which may be killed at any moment, and the plan that people follow in it.

The process runs what `stint` runs: the wiring of `adapters.cli`, the programme's routes, the database's
threads, a SQLite file, a world file. Only the clock is virtual. How far the plan was played is written
in the same line of the world file as the input of each act, as a real person's memory would have it:
a process that comes after a death neither skips nor repeats what a person did.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest.mock import patch

from adapters.cli.running_bot import open_bot
from adapters.terminal.adapter import TerminalAdapter
from adapters.terminal.records import Kept, Saved
from adapters.terminal.scripted_user import ScriptedUser
from adapters.terminal.workspace import Workspace
from bot.chat.events import Event
from bot.clock import VirtualClock
from bot.runtime.runtime import Runtime
from tests.support.stage import MONDAY

__all__ = ["Act", "Point", "Step", "Until", "act_alone", "database_of", "live", "world_of"]

_STEP, _CLOCK = "plan.step", "plan.clock"
_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Act:
    """A person does something: `verb` is a method of Person; `saves` is what they then read is saved.

    `saves`: names of questions and their answers as they are stored.
    """

    who: str
    verb: str
    words: tuple[str, ...]
    on: str = ""
    saves: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Until:
    """Time passes until an instant."""

    at: datetime


Step = Act | Until


@dataclass(frozen=True, slots=True)
class Point:
    """Where the process dies: before or after its `nth` call of this kind (a send: with a key like this)."""

    when: str
    call: str
    nth: int = 1
    key: str = ""

    def __str__(self) -> str:
        """Its name in a test's."""
        return f"{self.when} {self.call} {self.nth} {self.key}".rstrip()


class PlannedWorld(Workspace):
    """A world that keeps, with each thing that a person does, that the plan's step is done, and when."""

    step = 0

    def _save(self, *saved: Saved) -> None:
        marks = [
            kept
            for one in saved
            if isinstance(one, Event)
            for kept in (Kept(_STEP, str(self.step)), Kept(_CLOCK, one.at.isoformat()))
        ]
        super()._save(*saved, *marks)

    @property
    def played(self) -> int:
        """How many steps of the plan are done."""
        return int(self.kept(_STEP) or 0)

    @property
    def instant(self) -> datetime:
        """Where the clock stood when something last happened."""
        kept = datetime.fromisoformat(self.kept(_CLOCK) or MONDAY.isoformat())
        return max([kept, *(entry.at for entry in self.entries[-1:])])

    def done(self, clock: VirtualClock) -> None:
        """The step in hand is over."""
        self.keep(_CLOCK, clock.now().isoformat())
        self.keep(_STEP, str(self.step))


def world_of(folder: Path) -> PlannedWorld:
    """The world kept in a folder; close it."""
    return PlannedWorld(folder / "world.jsonl")


def database_of(folder: Path) -> str:
    """The URL of the database in a folder."""
    return f"sqlite:///{folder / 'stint.db'}"


def live(folder: Path, plan: Sequence[Step], tell: Connection, point: Point | None = None) -> None:
    """Play what is left of the plan, telling the number of each step that is over; dies at `point`.

    What an earlier process left is done, and reported, first.
    """
    with _dying(point) if point else ExitStack():
        asyncio.run(_live(folder, plan, tell))


async def _live(folder: Path, plan: Sequence[Step], tell: Connection) -> None:
    world = world_of(folder)
    clock = VirtualClock(world.instant)
    async with open_bot(database_of(folder), world, clock) as bot:
        await asyncio.sleep(0)  # the adapter begins to run
        for event in world.waiting:
            await bot.adapter.handled(event.id)
        await clock.advance(clock.now())
        tell.send(world.played - 1)
        for number in range(world.played, len(plan)):
            world.step = number + 1
            await _take(plan[number], bot.adapter, clock)
            world.done(clock)
            tell.send(number)
    world.close()


async def act_alone(folder: Path, plan: Sequence[Step]) -> None:
    """The plan's next step while no bot is there: what is done waits for one."""
    world = world_of(folder)
    number = world.played
    world.step = number + 1
    clock = VirtualClock(world.instant)
    await _take(plan[number], TerminalAdapter(world, clock.now), clock)
    world.close()


async def _take(step: Step, adapter: TerminalAdapter, clock: VirtualClock) -> None:
    if isinstance(step, Until):
        await clock.advance(step.at)
        return
    await clock.advance_by(_PAUSE)
    person = ScriptedUser(adapter, step.who)
    if step.verb == "presses":
        await person.presses(step.words[0], step.on)
    else:
        verb: Callable[..., Awaitable[None]] = getattr(person, step.verb)
        await verb(*step.words)
    await clock.advance(clock.now())


_CALLS: Mapping[str, type] = {
    "receive": Runtime,
    "respond": TerminalAdapter,
    "send": TerminalAdapter,
    "edit": TerminalAdapter,
}


@contextmanager
def _dying(point: Point) -> Iterator[None]:
    """Make one call the last thing that this process does."""
    owner = _CALLS[point.call]
    inner = getattr(owner, point.call)
    calls = 0

    async def call(self: object, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it is given
        nonlocal calls
        calls += str(named.get("key", "")).startswith(point.key)
        if calls == point.nth and point.when == "before":
            _die()
        result = await inner(self, *given, **named)
        if calls == point.nth:
            _die()
        return result

    with patch.object(owner, point.call, call):
        yield


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)

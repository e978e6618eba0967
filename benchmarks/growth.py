"""What every command and form costs in programmes of several sizes, and a turn of a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from adapters.cli.running_bot import make_prompt
from benchmarks.commands import cases
from benchmarks.costs import Cost, Others
from benchmarks.forms import FORM, fill_in_all
from benchmarks.growth_table import growth_key
from benchmarks.population_rows import Size
from benchmarks.shared import Shared
from benchmarks.stage import PLATFORM, Silent
from benchmarks.turns import QUESTIONS, answer_all
from bot.chat.adapter import Capabilities, Response
from bot.chat.events import Event
from bot.clock import VirtualClock
from bot.programme import ROUTES
from bot.runtime.runtime import Runtime
from storage.database import Database, open_database
from storage.urls import Dialect

__all__ = ["AGAIN", "SIZES", "TALKERS", "measure"]

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
"""Applications; of every ten one is of a timer that waits."""
TALKERS: Final = 60
AGAIN: Final = 3
"""Times that each command is measured, after once to begin with; 0 measures that."""
_SLOW: Final = 2.0
"""Seconds after which a command is not measured again."""
_TURNS: Final = 5
"""Parts of the people, each measured at every size by turns: whole, one size may meet a busier machine."""
_AT_ONCE: Final = 20
_TURN: Final = "A turn of a conversation"


class _Everything(Silent):
    """A platform that can do everything, so that no command is spared anything."""

    capabilities = Capabilities(home=True, groups=True)


def measure(
    shared: Shared, applications: Sequence[int], people: int, again: int, rounds: int
) -> list[dict[str, float]]:
    """Return the rounds of turns at each size, and in the first of them every command and form at each size.

    PostgreSQL has the first and the last size.
    """
    make_prompt()
    sizes: dict[Dialect, Sequence[int]] = {
        "sqlite": applications,
        "postgresql": (applications[0], applications[-1]),
    }
    measured: list[dict[str, float]] = []
    for number in range(rounds):
        figures: dict[str, float] = {}
        for dialect, some in sizes.items():
            few = max(1, people // _TURNS)
            turns = [
                {
                    each: _turn(shared, dialect, each, few, _TURNS * number + time)
                    for each in dict.fromkeys(some)
                }
                for time in range(_TURNS)
            ]
            figures |= {growth_key(dialect, each, _TURN): median(at[each] for at in turns) for each in some}
            figures[f"growth.turn.{dialect}"] = median(at[some[-1]] / at[some[0]] for at in turns)
        measured.append(figures)
    for dialect, some in sizes.items():
        commands = {each: _commands(shared, dialect, each, again) for each in dict.fromkeys(some)}
        for each, taken in commands.items():
            measured[0] |= {growth_key(dialect, each, case): cost for case, cost in taken.items()}
        measured[0] |= _judged(dialect, commands[some[0]], commands[some[-1]])
    return measured


def _judged(dialect: Dialect, small: Mapping[str, float], big: Mapping[str, float]) -> dict[str, float]:
    """Return what the command takes that grows most, and the dearest; forms are listed beside them."""
    commands = [case for case in big if not case.startswith(FORM)]
    return {
        f"growth.most.{dialect}": max(big[case] / small[case] for case in commands),
        f"growth.slowest.{dialect}": max(big[case] for case in commands),
    }


def _turn(shared: Shared, dialect: Dialect, applications: int, people: int, number: int) -> float:
    """Return the processor's milliseconds of a turn in the programme; each `number` has other people."""
    url, size = shared.programme(dialect, applications)
    first = size.student + number * people
    return asyncio.run(_of_turns(url, range(first, first + people), shared.others(dialect)))


def _commands(shared: Shared, dialect: Dialect, applications: int, again: int) -> dict[str, float]:
    url, size = shared.programme(dialect, applications)
    shared.tell(f"Every command at {applications:,} applications ({dialect})")
    return asyncio.run(_of_commands(url, size, again, shared.others(dialect)))


async def _of_commands(url: str, size: Size, again: int, others: Others) -> dict[str, float]:
    """Return the processor's milliseconds of every command and form, by its name."""
    database = open_database(url)
    runtime = Runtime(database, ROUTES, {PLATFORM: _Everything()}, VirtualClock(size.now))
    taken: dict[str, float] = {}
    try:
        for case in cases(size):
            costs = []
            for number in range(again + 1):
                cost = Cost(others)
                with cost.counting():
                    await runtime.receive(case.event(f"{case.name} {number}"))
                costs.append(cost.cpu * 1000)
                if cost.wall > _SLOW:
                    break
            taken[case.name] = median(costs[1:] or costs)
        taken |= await _of_forms(database, runtime, size, others)
    finally:
        await runtime.close()
        await database.close()
    return taken


async def _of_forms(database: Database, runtime: Runtime, size: Size, others: Others) -> dict[str, float]:
    """Return the processor's milliseconds of the dearest step of every form, by the form's name."""
    costs: dict[str, list[float]] = {}

    async def take(step: str, event: Event) -> Response:
        cost = Cost(others)
        with cost.counting():
            answer = await runtime.receive(event)
        costs.setdefault(step, []).append(cost.cpu * 1000)
        return answer

    await fill_in_all(database, size, take)
    taken: dict[str, float] = {}
    for step, each in costs.items():
        form = step.partition(",")[0]
        taken[form] = max(taken.get(form, 0.0), median(each))
    return taken


async def _of_turns(url: str, people: Sequence[int], others: Others) -> float:
    database, cost = open_database(url), Cost(others)
    try:
        await answer_all(database, people, _AT_ONCE, cost)
    finally:
        await database.close()
    return cost.cpu / (len(people) * QUESTIONS) * 1000

"""The measurements, each by its name: what its rounds give of every figure."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any, Final, TypeVar

from adapters.cli.running_bot import make_prompt
from benchmarks import (
    digests,
    discord_first_response,
    growth,
    procrastinate_jobs,
    reminders,
    reminders_by_hand,
    restarting,
    resting,
    slack_ack,
    starting,
    turn_peers,
    turns,
    waiting,
)
from benchmarks.costs import Cost, rates
from benchmarks.shared import Shared
from benchmarks.stage import ALONE, AT_ONCE, Level, idle_stall
from storage.urls import Dialect

__all__ = ["MEASUREMENTS", "SMALLEST", "Sizes"]

T = TypeVar("T")
Measured = dict[str, float]
_LEVELS: Final[tuple[Level, ...]] = ("FULL", "NORMAL")


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of all measurements; `pause` is how long (seconds) a resting process is watched.

    `acks` and `responses` are blocks of commands to Slack's and Discord's bots: in each, `singles` one after
    the other, then `together` at once. `channels` are those of digests; `waiting` and `sent` the timers and
    messages beside a start; `applications` those of programmes, of which PostgreSQL has the first and last.
    """

    reminders: int = reminders.COUNT
    jobs: int = 2_000
    talkers: int = turns.PEOPLE
    at_once: int = turns.AT_ONCE
    resting: int = resting.PEOPLE
    acks: int = slack_ack.BLOCKS
    responses: int = discord_first_response.BLOCKS
    singles: int = ALONE
    together: int = AT_ONCE
    pause: float = 1.0
    channels: Sequence[int] = digests.CHANNELS
    projects: int = digests.PROJECTS
    few: tuple[int, int] = restarting.FEW
    many: tuple[int, int] = restarting.MANY
    applications: Sequence[int] = growth.SIZES
    growing_talkers: int = growth.TALKERS
    again: int = growth.AGAIN
    profiles: int = waiting.COMMANDS


SMALLEST: Final = Sizes(
    reminders=20,
    jobs=5,
    talkers=2,
    at_once=2,
    resting=5,
    acks=1,
    responses=1,
    singles=1,
    together=2,
    pause=0.05,
    channels=(1, 2, 2, 3),
    projects=5,
    few=(5, 5),
    many=(10, 10),
    applications=(1_000,),
    growing_talkers=2,
    again=0,
    profiles=2,
)


def _run(measurement: Coroutine[Any, Any, T]) -> T:
    """Run a measurement with nothing old in the garbage collector's sight, as the running bot begins."""
    gc.collect()
    make_prompt()
    return asyncio.run(measurement)


def _in_order(measurements: Sequence[tuple[str, Callable[[], T]]], number: int) -> dict[str, T]:
    """Take the measurements in their order, and in every other round in the reverse."""
    ordered = measurements if number % 2 == 0 else measurements[::-1]
    return {name: measurement() for name, measurement in ordered}


def _reminders(shared: Shared, sizes: Sizes, rounds: int) -> list[Measured]:
    count = sizes.reminders
    recorded = {
        kind: _run(reminders_by_hand.record(shared.new_folder(), kind, count))
        for kind in reminders_by_hand.KINDS
    }

    def by_hand(kind: reminders_by_hand.Kind, level: Level) -> Cost:
        folder = shared.new_folder()
        return _run(reminders_by_hand.by_hand(folder, recorded[kind], kind, count, level))

    def round_of(number: int, level: Level) -> Measured:
        sides = _in_order(
            [
                ("ours", lambda: _run(reminders.ours(shared.new_database("sqlite"), count, level))),
                ("peer", lambda: _run(reminders.theirs(shared.new_folder(), count, level))),
            ],
            number,
        )
        key, figures, ours = level.lower(), dict[str, float](), sides["ours"]
        for side, taken in sides.items():
            figures |= rates(f"create.{key}", side, taken.create, count)
            figures |= rates(f"fire.{key}", side, taken.fire, count)
            figures |= rates(f"alone.{key}", side, taken.alone, count)
            figures[f"stall.{key}.{side}"] = taken.stall
        figures |= rates(f"hand.fire.{key}", "ours", ours.fire, count)
        figures |= rates(f"hand.fire.{key}", "peer", by_hand("bench.post", level), count)
        figures |= rates(f"hand.alone.{key}", "ours", ours.alone, count)
        figures |= rates(f"hand.alone.{key}", "peer", by_hand("bench.nothing", level), count)
        return figures

    return [
        {
            "idle": asyncio.run(idle_stall(sizes.pause)),
            **{key: value for level in _LEVELS for key, value in round_of(number, level).items()},
        }
        for number in range(rounds)
    ]


def _turns(shared: Shared, sizes: Sizes, rounds: int) -> list[Measured]:
    people, count = sizes.talkers, sizes.talkers * turns.QUESTIONS
    recorded = _run(turn_peers.record(shared.new_folder(), people))

    def side(who: str, at_once: int) -> Cost:
        if who == "ours":
            return _run(turns.ours(shared.new_database("sqlite"), people, at_once, Cost()))
        peer = turn_peers.raw if who == "raw" else turn_peers.aiosqlite
        return _run(peer(shared.new_folder(), recorded, at_once))

    def round_of(number: int) -> Measured:
        figures: Measured = {"turn.statements": len(recorded[0][0])}
        for many, at_once in (("many", sizes.at_once), ("one", 1)):
            whose = [(who, partial(side, who, at_once)) for who in ("ours", "raw", "aiosqlite")]
            costs = _in_order(whose, number)
            for peer in ("aiosqlite", "raw"):
                figures |= rates(f"turn.{peer}.{many}", "ours", costs["ours"], count)
                figures |= rates(f"turn.{peer}.{many}", "peer", costs[peer], count)
        return figures

    return [round_of(number) for number in range(rounds)]


def _slack(shared: Shared, sizes: Sizes, rounds: int) -> list[Measured]:
    asked = (sizes.acks, sizes.singles, sizes.together)
    return [_run(slack_ack.measure(shared.new_folder(), *asked)) for _ in range(rounds)]


def _discord(shared: Shared, sizes: Sizes, rounds: int) -> list[Measured]:
    asked = (sizes.responses, sizes.singles, sizes.together)
    return [_run(discord_first_response.measure(shared.new_folder(), *asked)) for _ in range(rounds)]


def _postgresql(shared: Shared, sizes: Sizes, rounds: int) -> list[Measured]:
    server, jobs, people = shared.server, sizes.jobs, sizes.talkers

    def turning(dialect: Dialect) -> Cost:
        url, cost = shared.new_database(dialect), Cost(shared.others(dialect))
        return _run(turns.ours(url, people, sizes.at_once, cost))

    def round_of(number: int) -> Measured:
        ours = _run(reminders.ours(server.new_database(), jobs, others=server.cpu))
        peer = _run(procrastinate_jobs.fire(server.new_database(), jobs, Cost(server.cpu)))
        sides = [("ours", partial(turning, "postgresql")), ("peer", partial(turning, "sqlite"))]
        figures: Measured = {}
        for side, cost in _in_order(sides, number).items():
            figures |= rates("postgresql.turn", side, cost, people * turns.QUESTIONS)
        for figure, cost in (("postgresql.alone", ours.alone), ("postgresql.fire", ours.fire)):
            figures |= rates(figure, "ours", cost, jobs) | rates(figure, "peer", peer, jobs)
        return figures

    return [round_of(number) for number in range(rounds)]


def _digests(shared: Shared, sizes: Sizes, rounds: int) -> list[Measured]:
    def round_of() -> Measured:
        figures: Measured = {}
        for named, channels in zip(digests.CHANNELS, sizes.channels, strict=True):
            posted = _run(digests.post(shared.new_database("sqlite"), channels, sizes.projects))
            figures[f"digest.{named}"] = posted.whole.cpu / posted.making
            figures["digest.cpu"] = posted.whole.cpu / channels * 1000
        return figures | {"digest.growth": figures["digest.1000"] / figures["digest.100"]}

    return [round_of() for _ in range(min(rounds, 3))]


def _starting(shared: Shared, sizes: Sizes, rounds: int) -> list[Measured]:
    folders = {"ours": shared.new_folder(), "peer": shared.new_folder()}
    urls = {
        side: restarting.fill(folders[side], *size)
        for side, size in (("ours", sizes.many), ("peer", sizes.few))
    }
    if rounds > 1:
        restarting.start(
            urls["peer"], folders["peer"], -1
        )  # the first of all reads what it loads from the disk

    def round_of(number: int) -> Measured:
        sides = [(side, partial(restarting.start, urls[side], folders[side], number)) for side in urls]
        return {
            **{f"start.{side}": seconds for side, seconds in _in_order(sides, number).items()},
            "help": starting.help_seconds(),
            "rest": resting.megabytes(shared.new_folder(), sizes.resting, sizes.pause),
            "rest.both": resting.megabytes_of_both(shared.new_folder()),
        }

    return [round_of(number) for number in range(rounds)]


def _growth(shared: Shared, sizes: Sizes, rounds: int) -> list[Measured]:
    return growth.measure(shared, sizes.applications, sizes.growing_talkers, sizes.again, rounds)


def _waiting(shared: Shared, sizes: Sizes, rounds: int) -> list[Measured]:
    url, size = shared.programme("sqlite", sizes.applications[-1])

    def round_of(number: int) -> Measured:
        taken = _run(waiting.waits(url, size, sizes.profiles, number))
        return {
            "waiting.ours": median(taken.meanwhile),
            "waiting.peer": median(taken.alone),
            "waiting.worst": max(taken.meanwhile),
        }

    return [round_of(number) for number in range(rounds)]


MEASUREMENTS: Final[dict[str, Callable[[Shared, Sizes, int], list[Measured]]]] = {
    "reminders": _reminders,
    "turns": _turns,
    "slack": _slack,
    "discord": _discord,
    "postgresql": _postgresql,
    "digests": _digests,
    "starting": _starting,
    "growth": _growth,
    "waiting": _waiting,
}
"""Each takes the sizes and how many rounds there are to be; it may take fewer, where a round takes long."""

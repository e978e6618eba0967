"""One run of a seed: days of acts and faults, calm until every promise has fallen due, then the checks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any, Final, ParamSpec, TypeVar
from unittest.mock import patch

from sqlalchemy import Connection, select
from structlog.testing import capture_logs

from adapters.simulation.checker.ledger import check_ledger
from adapters.simulation.checker.messages import check_messages
from adapters.simulation.checker.promises import check_places, check_promises
from adapters.simulation.checker.waits import check_waits
from adapters.simulation.deployment import Deployment
from adapters.simulation.faults import KINDS, Crash, Faults, Lost
from adapters.simulation.opening import play_opening
from adapters.simulation.population import populate
from adapters.simulation.users import act, errand, next_person, take_step
from storage.database import Database, open_database
from storage.queries import timers as timer_rows
from storage.tables import Application, Placement, Project, Wait, inbox, outbox, timers

__all__ = ["AtOnce", "Report", "Wanted", "simulate", "watching_timers"]

Advance = Callable[[float], None]
"""Called with each part of the days that are over."""

_GAPS: Final = (1.0, 2.0, 8.0, 20.0, 20.0, 60.0)
"""Seconds between two acts of one person; messages less than three apart are joined."""

_PAUSES: Final = (60.0, 3600.0, 7200.0, 14400.0, 28800.0)
"""Seconds before another person turns to the bot."""

_STEADY: Final = 0.9
"""How likely people keep to what they have come for."""

_OPENED: Final = 0.6
"""How likely what is closed is opened again, before something else is closed."""

_JUMPS: Final = (2.0, 60.0, 900.0, 3600.0, 7200.0)
"""Seconds by which the machine's clock jumps."""

_CODES: Final = ("50007", "is_archived", "channel_not_found", "msg_too_odd")
_MOST_PROBLEMS: Final = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run that is asked for: `days` of acts, faults of these kinds only, and `calm` days without either.

    The calm is longer than any usual promise. Without an `opening` a run begins with projects alone.
    """

    seed: int
    days: float
    faults: frozenset[str] = frozenset(KINDS)
    calm: float = 35
    opening: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run.

    Attributes:
        problems: what must not happen and did.
        lines: everything that happened, to be read.
        counts, faults: how many there were of each kind. `met`: what was met of `coverage`.
        fingerprint: the same for every run of the same seed, days and faults.
    """

    seed: int
    problems: tuple[str, ...]
    lines: tuple[str, ...]
    counts: dict[str, int]
    faults: dict[str, int]
    met: frozenset[str]
    fingerprint: str

    def as_json(self, *, story: bool = False) -> dict[str, object]:
        """Return what is printed as JSON; with `story`, everything that happened as well."""
        shown = {
            "seed": self.seed,
            "findings": self.problems,
            "counts": self.counts,
            "faults": self.faults,
            "fingerprint": self.fingerprint,
        }
        return shown | ({"story": self.lines} if story else {})

    def __str__(self) -> str:
        figures = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        word = (
            ("1 finding" if len(self.problems) == 1 else f"{len(self.problems)} findings")
            if self.problems
            else "ok"
        )
        return f"seed {self.seed}: {word} ({figures}, {self.fingerprint})"


P = ParamSpec("P")
T = TypeVar("T")


class AtOnce(ThreadPoolExecutor):
    """An executor without threads: a seed plays the same again only where nothing takes its own time."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run what was meant for a thread here and now."""
        done: Future[T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is its caller's
            done.set_exception(error)
        return done


def simulate(wanted: Wanted, folder: Path, advance: Advance = lambda _: None) -> Report:
    """Play one run, with its database in `folder`."""
    # What codes are made of is the machine's chance, and they are shown once.
    codes = patch("bot.programme.people.codes.secrets", Random(f"{wanted.seed}:codes"))
    database = open_database(
        f"sqlite:///{folder.absolute() / f'seed-{wanted.seed}.db'}", inline=True, durable=False
    )
    try:
        with capture_logs(), codes:
            return asyncio.run(_play(wanted, database, advance))
    finally:
        database.close_inline()


async def _play(wanted: Wanted, database: Database, advance: Advance) -> Report:
    seed = wanted.seed
    population = populate(seed, database)
    faults = Faults(seed, wanted.faults)
    deployment = Deployment(database, population.platforms, population.start, faults, Random(f"{seed}:down"))
    with watching_timers(deployment):
        await deployment.open()
        await play_opening(deployment, seed, whole=wanted.opening)
        await _acts(deployment, wanted, advance)
        await _settle(deployment, timedelta(days=wanted.calm))
        check_ledger(deployment)
        check_promises(deployment, population.cohorts)
        check_waits(deployment)
        check_messages(deployment)
        report = _report(deployment, seed)
        await deployment.close()
    return report


@contextmanager
def watching_timers(deployment: Deployment) -> Iterator[None]:
    """Note which timers a turn sets, whatever part of the runtime asks for them, and every lost error.

    Work for threads is done at once meanwhile.
    """
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(partial(_not_awaited, deployment))
    loop.set_default_executor(AtOnce())
    with patch.object(timer_rows, "remind", partial(_set, deployment, timer_rows.remind)):
        yield


def _set(
    deployment: Deployment, remind: Callable[..., None], connection: Connection, rows: list[dict[str, Any]]
) -> None:
    for row in rows:
        deployment.observed.did("armed", f"{row['programme_id']}:{row['key']}")
    remind(connection, rows)


def _not_awaited(deployment: Deployment, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Note what went wrong in a task that was not waited for; in a dead process that is the rule."""
    error = context.get("exception")
    if not isinstance(error, Crash | Lost):
        deployment.observed.problem(f"{context.get('message')}: {error!r}")


async def _acts(deployment: Deployment, wanted: Wanted, advance: Advance) -> None:
    draw = Random(f"{wanted.seed}:acts")
    begun = seen = deployment.clock.now()
    until = begun + timedelta(days=wanted.days)
    while deployment.clock.now() < until and len(deployment.observed.problems) < _MOST_PROBLEMS:
        await _visit(deployment, draw)
        now = min(deployment.clock.now(), until)
        advance((now - seen) / timedelta(days=1))
        seen = now


async def _visit(deployment: Deployment, draw: Random) -> None:
    """Time passes, the faults may change, and a person does a few things."""
    await deployment.advance(timedelta(seconds=draw.choice(_PAUSES) * draw.uniform(0.5, 1.5)))
    luck = draw.random()
    if luck < 0.06:
        _close_or_open(deployment, draw)
    elif luck < 0.08:
        await _stop_for_a_while(deployment)
    elif luck < 0.1:
        await deployment.advance(timedelta(days=draw.choice((1, 1, 2))))
    elif luck < 0.13:
        await _set_clock(deployment, draw)
    account = next_person(deployment, draw)
    steps = errand(deployment, account, draw)
    for _ in range(len(steps) + draw.randint(0, 3)):
        step = steps.pop(0) if steps and draw.random() < _STEADY else ""
        made = take_step(deployment, account, step, draw) if step else act(deployment, account, draw)
        if made is None:
            continue
        words, deed = made
        deployment.observed.say(deployment.clock.now(), f"{account}: {words}")
        await deployment.perform(deed)
        await deployment.advance(timedelta(seconds=draw.choice(_GAPS)))
        if draw.random() < 0.08:
            await deployment.deliver_late()
    check_places(deployment)


def _close_or_open(deployment: Deployment, draw: Random) -> None:
    """Close a direct message or a channel to the bot, or open everything again."""
    everything = [
        (state, str(destination))
        for state in deployment.platforms.values()
        for destination in (
            *(state.world.user(account) for account in state.world.accounts),
            *(state.world.place(channel) for channel in state.world.channels),
        )
    ]
    if any(state.shut for state in deployment.platforms.values()) and draw.random() < _OPENED:
        for state in deployment.platforms.values():
            state.shut.clear()
        return
    code = draw.choice(_CODES)
    state, destination = draw.choice(everything)
    if deployment.faults.strikes("closed"):
        state.shut[destination] = code
        deployment.observed.say(deployment.clock.now(), f"   closed: {destination} ({code})")


async def _stop_for_a_while(deployment: Deployment) -> None:
    if deployment.faults.strikes("restart"):
        await deployment.restart()
        await deployment.settle()


async def _set_clock(deployment: Deployment, draw: Random) -> None:
    """Set the machine's clock back or forward, as a wrong one is set right."""
    by = draw.choice((-1, 1)) * timedelta(seconds=draw.choice(_JUMPS))
    if deployment.faults.strikes("clock"):
        deployment.set_clock(by)
        await deployment.settle()


async def _settle(deployment: Deployment, calm: timedelta) -> None:
    """End the faults; what is late arrives, and time passes until every promise has fallen due."""
    deployment.faults.paused = True
    deployment.observed.say(deployment.clock.now(), "   no more faults")
    for state in deployment.platforms.values():
        state.shut.clear()
    await deployment.deliver_late(all_of_it=True)
    await deployment.restart(1.0)
    await deployment.deliver_late(all_of_it=True)
    await deployment.advance(calm)


def _report(deployment: Deployment, seed: int) -> Report:
    counts = {
        "events": len(deployment.observed.events),
        "messages": len(deployment.observed.landed),
        "projects": len(deployment.rows(select(Project.id))),
        "applications": len(deployment.rows(select(Application.id))),
        "placements": len(deployment.rows(select(Placement.id))),
        "faults": deployment.faults.seen.total(),
        "processes": deployment.processes,
    }
    return Report(
        seed=seed,
        problems=tuple(deployment.observed.problems),
        lines=tuple(deployment.observed.lines),
        counts=counts,
        faults=dict(deployment.faults.seen),
        met=_met(deployment),
        fingerprint=_fingerprint(deployment),
    )


def _met(deployment: Deployment) -> frozenset[str]:
    faults = (f"fault {fault}" for fault in deployment.faults.seen)
    waits = (f"wait {kind}" for (kind,) in deployment.rows(select(Wait.kind).distinct()))
    return frozenset((*deployment.observed.met, *faults, *waits))


def _fingerprint(deployment: Deployment) -> str:
    """Return a digest of the ledger and of everything that is on the platform."""
    whole = sha256()
    for table in (inbox, outbox, timers):
        for row in deployment.rows(select(table).order_by(table.c.id)):
            whole.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    for entry in deployment.entries:
        whole.update(repr(entry).encode("utf-8", "surrogatepass"))
    return whole.hexdigest()[:12]

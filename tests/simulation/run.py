"""One run: days of acts and faults, then calm weather until every promise has fallen due, then the checks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
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

from storage.queries import timers as timer_rows
from storage.tables import Application, Placement, Project, inbox, outbox, timers
from tests.simulation.faults import Crash, Lost
from tests.simulation.invariants import check_places, check_promises
from tests.simulation.ledger import check_ledger
from tests.simulation.scenario import Town
from tests.simulation.typed_text import FIRST_PAGE
from tests.simulation.users import act, errand, next_person, take_step

__all__ = ["AtOnce", "Report", "simulate"]

_GAPS: Final = (1.0, 2.0, 8.0, 20.0, 20.0, 60.0)
"""Seconds between two acts of one person; messages less than three apart are joined."""

_PAUSES: Final = (60.0, 3600.0, 7200.0, 14400.0, 28800.0)
"""Seconds before another person turns to the bot."""

_STEADY: Final = 0.9
"""How likely people keep to what they have come for."""

_AFTER: Final = timedelta(days=35)
"""How long calm weather lasts at the end: longer than any usual promise."""

_CODES: Final = ("50007", "is_archived", "channel_not_found", "msg_too_odd")
_MOST_PROBLEMS: Final = 12


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run. `fingerprint` is the same for every run of the same seed and days."""

    seed: int
    problems: tuple[str, ...]
    lines: tuple[str, ...]
    counts: dict[str, int]
    faults: dict[str, int]
    fingerprint: str

    def __str__(self) -> str:
        """One line."""
        figures = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        word = f"{len(self.problems)} PROBLEMS" if self.problems else "ok"
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


def simulate(seed: int, days: float, folder: Path) -> Report:
    """Play one run of a seed, its database in `folder`."""
    codes = patch("bot.programme.people.codes.secrets", Random(f"{seed}:codes"))  # they are shown once
    with capture_logs(), codes:
        return asyncio.run(_play(seed, days, folder))


async def _play(seed: int, days: float, folder: Path) -> Report:
    town = Town(seed, folder)
    with patch.object(timer_rows, "remind", partial(_set, town, timer_rows.remind)):
        return await _lived(town, days)


def _set(town: Town, remind: Callable[..., None], connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Note which timers a turn sets, whatever part of the runtime asks for them."""
    for row in rows:
        town.book.did("armed", f"{row['programme_id']}:{row['key']}")
    remind(connection, rows)


async def _lived(town: Town, days: float) -> Report:
    seed = town.seed
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(partial(_never_heard_of, town))
    loop.set_default_executor(AtOnce())
    draw = Random(f"{seed}:acts")
    await town.open()
    await _begin(town)
    until = town.clock.now() + timedelta(days=days)
    while town.clock.now() < until and len(town.book.problems) < _MOST_PROBLEMS:
        await _visit(town, draw)
    await _calm(town)
    check_ledger(town)
    check_promises(town)
    report = _report(town)
    await town.close()
    return report


def _never_heard_of(town: Town, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Note what went wrong in a task that was not waited for; in a dead process that is the rule."""
    error = context.get("exception")
    if not isinstance(error, Crash | Lost):
        town.book.problem(f"{context.get('message')}: {error!r}")


async def _begin(town: Town) -> None:
    """In calm weather two projects are posted and, where that is asked for, approved."""
    town.weather.calm = True
    for account, title in (("marta", "Market map of repair shops"), ("jo", "A newsletter for spring")):
        page = {**FIRST_PAGE, "title": title}
        hands = town.hands(account)
        await town.does(hands.type_command("/project post", hands.dm))
        if town.world.dialog_of(account) is not None:
            await town.does(hands.submit(page))
        else:
            for answer in page.values():
                await town.does(hands.write(answer, hands.dm))
                await town.passes(timedelta(minutes=1))
        for answer in ("edit fee", "$400", "edit places", "2"):
            await town.does(hands.write(answer, hands.dm))
            await town.passes(timedelta(minutes=1))
        await _steps(town, account, ("talk.send",))
    await _steps(town, "cora", ("/stint tasks", "project-approve", "/stint tasks", "project-approve"))
    town.weather.calm = False


async def _steps(town: Town, account: str, steps: Sequence[str]) -> None:
    for step in steps:
        made = take_step(town, account, step, Random(town.seed))
        if made is not None:
            await town.does(made[1])
            await town.passes(timedelta(minutes=1))


async def _visit(town: Town, draw: Random) -> None:
    """Time passes, the weather may change, and a person does a few things."""
    await town.passes(timedelta(seconds=draw.choice(_PAUSES) * draw.uniform(0.5, 1.5)))
    luck = draw.random()
    if luck < 0.06:
        _turn(town, draw)
    elif luck < 0.08:
        await town.restart()
        await town.settle()
    elif luck < 0.1:
        await town.passes(timedelta(days=draw.choice((1, 1, 2))))
    account = next_person(town, draw)
    steps = errand(town, account, draw)
    for _ in range(len(steps) + draw.randint(0, 3)):
        step = steps.pop(0) if steps and draw.random() < _STEADY else ""
        made = take_step(town, account, step, draw) if step else act(town, account, draw)
        if made is None:
            continue
        words, deed = made
        town.book.say(town.clock.now(), f"{account}: {words}")
        await town.does(deed)
        await town.passes(timedelta(seconds=draw.choice(_GAPS)))
        if draw.random() < 0.08:
            await town.catch_up()
    check_places(town)


def _turn(town: Town, draw: Random) -> None:
    """The weather turns: a DM or a channel is shut, or everything is open again."""
    shut = town.outside.shut
    if shut and draw.random() < 0.6:
        shut.clear()
        return
    places = [str(town.world.user(account)) for account in town.world.accounts]
    places += [str(town.world.place(channel)) for channel in town.world.channels]
    shut[draw.choice(places)] = draw.choice(_CODES)
    town.book.say(town.clock.now(), f"   shut now: {shut}")


async def _calm(town: Town) -> None:
    """No more faults; what is late arrives, and time passes until every promise has fallen due."""
    town.weather.calm = True
    town.book.say(town.clock.now(), "   the weather is calm")
    town.outside.shut.clear()
    await town.catch_up(all_of_it=True)
    await town.restart(1.0)
    await town.catch_up(all_of_it=True)
    await town.passes(_AFTER)


def _report(town: Town) -> Report:
    counts = {
        "events": len(town.book.events),
        "messages": len(town.book.landed),
        "projects": len(town.rows(select(Project.id))),
        "applications": len(town.rows(select(Application.id))),
        "placements": len(town.rows(select(Placement.id))),
        "faults": town.weather.seen.total(),
        "processes": town.processes,
    }
    return Report(
        seed=town.seed,
        problems=tuple(town.book.problems),
        lines=tuple(town.book.lines),
        counts=counts,
        faults=dict(town.weather.seen),
        fingerprint=_fingerprint(town),
    )


def _fingerprint(town: Town) -> str:
    """Return a digest of the ledger and of everything that is on the platform."""
    whole = sha256()
    for table in (inbox, outbox, timers):
        for row in town.rows(select(table).order_by(table.c.id)):
            whole.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    for entry in town.world.entries:
        whole.update(repr(entry).encode("utf-8", "surrogatepass"))
    return whole.hexdigest()[:12]

"""Kill -9 of `stint run` while a platform takes its time, and what must be so afterwards.

A drive lets projects be published in several channels, people apply, the next mornings' digests go out, and
the deadline pass for many who have begun to apply; at random moments of each the process is killed, and
another one started. Each of those moments is a point. In the end each message that is due is there once.
`python -m tests.support.kills --count 50` plays many: on SQLite, and on PostgreSQL with one process and with
two.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from traceback import format_exception
from typing import Any

from sqlalchemy import func, insert, select

from benchmarks.postgresql import serving
from bot.chat.actions import SetTimer
from bot.chat.events import Place
from bot.programme.cohorts.digests import begin_digests
from bot.programme.core.timers import row_of
from bot.programme.core.turn import Turn
from storage.database import UnitOfWork
from storage.queries import timers
from storage.tables import Channel, Cohort, Identity, Member, Person, Role, Space, outbox
from tests.support.bot_process import ALONE, Apart, Machines
from tests.support.kill_victims import PLATFORMS, Victim, opened
from tests.support.main_job import PAGE, TITLE, fills_project
from tests.support.stillness import reached

__all__ = ["KINDS", "PLACES", "Drive", "drive"]

PLACES = ("sqlite", "postgresql", "postgresql-2")
"""The databases, and how many processes share them."""

KINDS = ("announcement", "application", "digest", "deadline")
"""Among what a process is killed."""

ROUNDS = 3
"""How often a process is killed among each kind in a drive."""

_TRIES = 3
"""How often a project is begun at most."""

_SHOWN = 3
"""Messages in doubt that a task shows."""

CHANNELS = 6
"""Besides the one that the cohort has from the beginning."""

STUDENTS = tuple(f"late{number}" for number in range(6))
"""Who begin to apply and do not go on, besides those of PEOPLE."""

LATENCIES = (0.05, 1.5)
"""Seconds that a platform takes to post a message, and as long again to say so: from these to those."""

PATIENCE = 2.0
"""Seconds of the machine's in which nothing goes on, before time goes on to where a platform lets it."""

_LOST = 2.0
"""Seconds in which nothing goes on, before an act is given up whose process died before it answered."""

LEASED = timedelta(minutes=3)
"""After which another process takes up what one was sending that is gone."""

NINE = datetime(2026, 3, 9, 9, tzinfo=UTC)
"""Half an hour after the time of digests, on the day of the first announcement."""

STORM = datetime(2026, 3, 20, 11, 58, tzinfo=UTC)
"""Shortly before the drafts are reminded of the deadline; a day later it has passed."""


@dataclass(frozen=True, slots=True)
class Part:
    """What happens while a process is killed, in which the platform is asked to post `most` messages at most.

    `owes`: how the keys of the messages begin that it has to write, and how many they are. `kills`: how often
    a process is killed.
    """

    kind: str
    act: Callable[[], Coroutine[Any, Any, None]]
    most: int
    owes: tuple[str, int]
    kills: int = 1


@dataclass(frozen=True, slots=True)
class Drive:
    """What happened in a drive: the points of each kind, and how many messages were in doubt at most.

    `lost` and `repeated`: how many messages are not there, and are there once too often; `keys` are theirs.
    """

    points: Counter[str]
    doubts: int
    lost: int
    repeated: int
    keys: list[str]


async def drive(
    platform: str, seed: int, folder: Path, machines: Machines = ALONE, latency: float | None = None
) -> Drive:
    """Play a drive.

    `latency`: where it is given it is that of each part, and each kind has one point, but for the deadline,
    which is left out.

    Raises:
        TimeoutError: the bot hangs.
    """
    async with opened(platform, folder, machines) as victim:
        return await _drive(victim, Random(seed), latency)


async def _drive(victim: Victim, luck: Random, latency: float | None) -> Drive:
    apart = victim.apart
    apart.patience = PATIENCE
    _announce_in(apart, victim.add_channels(CHANNELS))
    _join(victim)
    points, doubts, unwritten = Counter[str](), 0, 0
    async for part in _parts(victim, short=bool(latency)):
        slow = latency or LATENCIES[0] * (LATENCIES[1] / LATENCIES[0]) ** luck.random()
        victim.slow_down(slow)
        begins, count = part.owes
        unwritten += _written(apart, begins) + count
        points[part.kind] += await _killed(victim, part, luck, slow)
        doubts = max(doubts, await _settled(victim))
        victim.slow_down(0)
        unwritten -= _written(apart, begins)
    lost, repeated = _compared(victim)
    return Drive(points, doubts, unwritten + len(lost), len(repeated), lost + repeated)


def _written(apart: Apart, begins: str) -> int:
    """How many messages have a key that begins so."""
    keys = select(func.count()).where(outbox.c.key.startswith(begins), outbox.c.operation == "send")
    return int(apart.rows(keys)[0][0])


async def _parts(victim: Victim, *, short: bool) -> AsyncIterator[Part]:
    """Prepare each part, once the last one is over; in a `short` drive there is one round and no deadline."""
    apart, rounds = victim.apart, 1 if short else ROUNDS
    await apart.to(NINE)
    marta, applicants, every = apart.person("marta"), ("ada", "ben", *STUDENTS), CHANNELS + 1
    for number, name in enumerate(applicants[:rounds]):
        title = f"{TITLE} {number + 1}"
        await _fill(marta, title)
        yield Part("announcement", partial(marta.presses, "Publish"), every, ("card:", every))
        yield Part("application", partial(apart.person(name).presses, "Apply", on=title), 1, ("talk:", 1))
        morning = NINE + timedelta(days=number + 1)
        yield Part("digest", partial(apart.to, morning), every, ("digest:", every))
    if short:
        return
    for name in STUDENTS:
        await apart.person(name).presses("Apply", on=f"{TITLE} {rounds}")
    await apart.to(STORM)
    drafts = rounds + len(set(STUDENTS) - set(applicants[:rounds]))
    yield Part("deadline", partial(_deadline, victim), 2 * drafts, ("draft-closed:", drafts), rounds)


async def _fill(marta: Any, title: str) -> None:  # noqa: ANN401 - the platform's own Actor
    """Fill in a project, once more where a busy machine let a dialog come too late."""
    for _ in range(_TRIES):
        with suppress(LookupError):
            await marta.uses("/project post", "spring-26")
            await fills_project(marta, PAGE | {"Title": title})
            return
    raise TimeoutError(f"no form of {title} could be filled in")


def _announce_in(apart: Apart, places: list[Place]) -> None:
    """Announce the cohort's projects in more channels, and let it have a digest in all of them."""
    with apart.engine.begin() as connection:
        work = UnitOfWork(connection, in_savepoint=False)
        cohort = work.session.scalars(select(Cohort)).one()
        mine = {"programme_id": cohort.programme_id, "cohort_id": cohort.id, "state": "active"}
        connection.execute(insert(Channel), [{**mine, "place": str(place)} for place in places])
        turn = Turn(work, apart.clock.now(), cohort.programme_id)
        due = begin_digests(turn, cohort)
        timers.remind(
            connection, [row_of(turn.programme_id, act) for act in due if isinstance(act, SetTimer)]
        )


def _join(victim: Victim) -> None:
    """Let the STUDENTS be admitted to the cohort."""
    apart = victim.apart
    with apart.engine.begin() as connection:
        space = connection.execute(select(Space.programme_id, Space.platform)).one()
        cohort = connection.execute(select(Cohort.id)).scalar_one()
        for name, user in zip(STUDENTS, victim.add_students(STUDENTS), strict=True):
            mine = {"programme_id": space.programme_id, "created_at": apart.clock.now()}
            person = {**mine, "name": name.capitalize(), "zone": "Europe/Berlin"}
            made = connection.execute(insert(Person).values(person).returning(Person.id)).scalar_one()
            account = {"platform": space.platform, "user_id": user, "seen_at": apart.clock.now()}
            identity = {"programme_id": space.programme_id, "person_id": made, **account}
            connection.execute(insert(Identity).values(identity))
            connection.execute(insert(Role).values({**mine, "person_id": made, "role": "student"}))
            member = {**mine, "person_id": made, "cohort_id": cohort, "state": "admitted"}
            connection.execute(insert(Member).values(member))


async def _deadline(victim: Victim) -> None:
    """Let the deadline come and pass: reminders, closed drafts, and cards that say so."""
    await victim.apart.to(STORM + timedelta(days=1, hours=1))


async def _killed(victim: Victim, part: Part, luck: Random, latency: float) -> int:
    """Let a part happen, and kill a process when so many of its messages are on their way; return the points.

    A kill is no point where all was over before.
    """
    apart, before, points = victim.apart, victim.tried(), 0
    acting = asyncio.create_task(part.act())
    for wanted in sorted(before + luck.randint(1, part.most) for _ in range(part.kills)):
        while victim.tried() < wanted and not acting.done():  # noqa: ASYNC110 - another process sends
            await asyncio.sleep(0.002)
        points += victim.tried() >= wanted
        await asyncio.sleep(luck.uniform(0, 2.5 * latency))
        await apart.die(luck.randrange(len(apart.processes)))
        await apart.rise()
        await victim.are_here()
        if apart.engine.dialect.name == "postgresql":  # on a file the next process knows that it is alone
            await apart.quiet(2 * latency)  # as a lease outlives what a living process is sending
            await apart.to(apart.clock.now() + LEASED, served=False)
    await apart.settle()
    await _is_done(apart, acting, None if part.kind in {"digest", "deadline"} else _LOST)
    await apart.settle()
    return points


async def _is_done(apart: Apart, acting: asyncio.Task[None], lost: float | None) -> None:
    """Wait for an act to end; `lost` seconds in which nothing goes on are of an answer that will not come."""
    if lost is None:
        await acting
        return
    with suppress(TimeoutError):
        await reached(acting.done, apart.sign, lost)
    acting.cancel()
    with suppress(TimeoutError, asyncio.CancelledError):
        await acting


async def _settled(victim: Victim) -> int:
    """A coordinator says of each message in doubt what is true; how many there were."""
    apart, count = victim.apart, 0
    await apart.quiet(0.5)  # a person does not answer while it is still on its way
    while found := apart.rows(select(outbox).where(outbox.c.state == "unknown").order_by(outbox.c.id)):
        count += 1
        last = found[:_SHOWN][-1]  # whose buttons are the newest
        stands = bool(victim.name(last) & set(victim.standing()))
        cora = apart.person("cora")
        await cora.uses("/stint tasks", "spring-26")
        await cora.presses("It is there" if stands else "Post it again")
    return count


def _compared(victim: Victim) -> tuple[list[str], list[str]]:
    """Compare what is there with what was to be: the keys of what is not, and of what is once too often."""
    rows = victim.apart.rows(select(outbox).where(outbox.c.operation == "send"))
    there = victim.standing()
    known = {name: f"{row.key} is {row.state}" for row in rows for name in victim.name(row)}
    sent = {name: row.key for row in rows if row.state == "sent" for name in victim.name(row)}
    # What waits to be looked for may be there; what was shown as the answer to a press is no message besides.
    may_be = {name for row in rows if row.state in {"sent", "pending"} for name in victim.name(row)}
    lost = [f"{row.key} is {row.state}" for row in rows if not _holds(row)]
    lost += [key for name, key in sent.items() if not there[name]]
    return lost, [known.get(name, name) for name, count in there.items() if count > (name in may_be)]


def _holds(row: Any) -> bool:  # noqa: ANN401 - an outbox row
    """Return whether a message can still arrive, or has; a daily one that is late comes with the next."""
    late = row.state == "withdrawn" and row.key.startswith("notices:")
    return late or row.state in {"sent", "pending", "answered"}


@contextmanager
def _places(wanted: Collection[str]) -> Iterator[dict[str, Callable[[], Machines]]]:
    """Where a drive can be played: each gives an empty database and how many processes share it."""
    found: dict[str, Callable[[], Machines]] = {"sqlite": Machines}
    if set(wanted) == {"sqlite"}:
        yield found
        return
    with serving() as server:
        found["postgresql"] = lambda: Machines(server.new_database())
        found["postgresql-2"] = lambda: Machines(server.new_database(), 2)
        yield {name: found[name] for name in found if name in wanted}


def _table(points: Counter[tuple[str, str, str]], wrong: Counter[tuple[str, str, str]]) -> str:
    """How many points each platform and database has of each kind, and what went wrong there."""
    columns = (*KINDS, "lost", "repeated", "not played")
    lines = ["".join(f"{name:>14}" for name in ("platform", "on", *columns))]
    for platform, place in sorted({each[:2] for each in (*points, *wrong)}):
        counted = [points[platform, place, kind] for kind in KINDS]
        counted += [wrong[platform, place, what] for what in columns[len(KINDS) :]]
        lines.append("".join(f"{value:>14}" for value in (platform, place, *counted)))
    return "\n".join(lines)


def main() -> int:
    """Play what the command line asks for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.kills", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--count", type=int, default=1, help="how many seeds, one after another")
    parser.add_argument("--on", nargs="*", choices=PLACES, default=PLACES, help="the databases and processes")
    parser.add_argument("--platform", nargs="*", choices=PLATFORMS, default=PLATFORMS, help="the platforms")
    asked = parser.parse_args()
    points, wrong = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    with _places(asked.on) as places:
        for seed in range(asked.seed, asked.seed + asked.count):
            for platform, (name, machines) in product(asked.platform, places.items()):
                with TemporaryDirectory(prefix="stint-kills-") as folder:
                    try:
                        played = asyncio.run(drive(platform, seed, Path(folder), machines()))
                    except Exception as error:  # noqa: BLE001 - the next one is played all the same
                        wrong[platform, name, "not played"] += 1
                        words = f"FAILED: {''.join(format_exception(error))}"
                    else:
                        points.update({(platform, name, kind): n for kind, n in played.points.items()})
                        wrong[platform, name, "lost"] += played.lost
                        wrong[platform, name, "repeated"] += played.repeated
                        words = str(played)
                print(f"seed {seed} on {platform}, {name}: {words}", flush=True)  # noqa: T201 - it is a command
    print(_table(points, wrong))  # noqa: T201 - as above
    return 1 if wrong.total() else 0


if __name__ == "__main__":
    sys.exit(main())

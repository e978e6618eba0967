"""Kill -9 of `stint run` while a platform takes its time, and what must be so afterwards.

A drive lets a project be published in several channels, a person apply, the next morning's digest go out,
and the deadline pass for many who have begun to apply; at a random moment of each the process is killed, and
another one started. In the end each message that is due is there once. `python -m tests.support.kills
--count 50` plays many: on SQLite, and on PostgreSQL with one process and with two.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from traceback import format_exception
from typing import Any, Protocol

from sqlalchemy import insert, select

from benchmarks.postgresql import serving
from bot.chat.events import Place
from storage.tables import Channel, Cohort, Identity, Member, Person, Role, Space, outbox
from tests.support.bot_process import ALONE, Apart, Machines
from tests.support.discord.bot_process import DiscordApart
from tests.support.discord.bot_process import open_apart as open_discord
from tests.support.main_job import TITLE, fills_project
from tests.support.slack.bot_process import SlackApart
from tests.support.slack.bot_process import open_apart as open_slack
from tests.support.slack.workspace import BOT

__all__ = ["PLATFORMS", "Drive", "drive"]

PLACES = ("sqlite", "postgresql", "postgresql-2")
"""The databases, and how many processes share them."""

_TRIES = 3
"""How often a project is begun on a machine on which a form may take longer than the platform lets it."""

_SHOWN = 3
"""Messages in doubt that a task shows."""

CHANNELS = 6
"""Besides the one that the cohort has from the beginning."""

STUDENTS = tuple(f"late{number}" for number in range(6))
"""Who begin to apply and do not go on, besides those of PEOPLE."""

LATENCIES = (0.05, 1.5)
"""Seconds that a platform takes to post a message, and as long again to say so: from these to those."""

PATIENCE = 5.0
"""Seconds of the machine's that what is due may take, before time goes on to where a platform lets it."""

LEASED = timedelta(minutes=3)
"""After which another process takes up what one was sending that is gone."""

STORM = datetime(2026, 3, 20, 11, 58, tzinfo=UTC)
"""Shortly before the drafts are reminded of the deadline; a day later it has passed."""


@dataclass(frozen=True, slots=True)
class Drive:
    """What happened in a drive: in each of its parts the latency, and how many messages were in doubt."""

    latencies: tuple[float, ...]
    doubts: tuple[int, ...]

    @property
    def kills(self) -> int:
        """How often a process was killed."""
        return len(self.doubts)


class Victim(Protocol):
    """The bot on one platform, which is killed."""

    @property
    def apart(self) -> Apart:
        """The bot."""

    def add_channels(self, count: int) -> list[Place]:
        """More channels that the bot is in."""

    def add_students(self, names: Sequence[str]) -> list[str]:
        """More accounts, each its platform's id."""

    def slow_down(self, latency: float) -> None:
        """Let the platform take so many seconds."""

    def tried(self) -> int:
        """How many messages the platform was asked to post so far."""

    async def are_here(self) -> None:
        """Return once the platform knows of every process."""

    def standing(self) -> Counter[str]:
        """Return how often each message is there, by what `name` calls it."""

    def name(self, row: Any) -> set[str]:  # noqa: ANN401 - an outbox row
        """What the platform calls the message of a row."""


@dataclass
class OnSlack:
    """Slack's channels cannot be read, so the fate of a message on its way is unknown."""

    apart: SlackApart

    def add_channels(self, count: int) -> list[Place]:
        """Channels of everybody, with the bot."""
        workspace = self.apart.server.workspace
        for number in range(count):
            workspace.add_channel(f"more-{number}", *workspace.accounts)
        return [Place("slack", "T0RIVER", f"C0MORE{number}") for number in range(count)]

    def add_students(self, names: Sequence[str]) -> list[str]:
        """Members of the workspace."""
        workspace = self.apart.server.workspace
        added = [workspace.add_account(name, name.capitalize(), "Europe/Berlin") for name in names]
        workspace.channels["C0SPRING26"].members.update(each.id for each in added)
        return [f"T0RIVER.{each.id}" for each in added]

    def slow_down(self, latency: float) -> None:
        """Let it take so long."""
        self.apart.server.latency = latency

    def tried(self) -> int:
        """Calls of chat.postMessage."""
        return self.apart.server.calls["chat.postMessage"]

    async def are_here(self) -> None:
        """Each process has its two sockets."""
        wanted = 2 * len(self.apart.processes)
        async with asyncio.timeout(20):
            while len(self.apart.server.sockets) != wanted:  # noqa: ASYNC110 - another process connects
                await asyncio.sleep(0.02)

    def standing(self) -> Counter[str]:
        """Return the opaque id of each message, first parts only."""
        found = Counter[str]()
        for posted in self.apart.server.workspace.messages:
            noted = (posted.metadata or {}).get("event_payload") or {}
            if posted.user == BOT and noted.get("part") == 0:
                found[noted["id"]] += 1
        return found

    def name(self, row: Any) -> set[str]:  # noqa: ANN401 - an outbox row
        """The id that is noted on it: one that was posted again has another."""
        again = f":{row.target}" if row.target else ""
        return {sha256(f"{row.programme_id}:{row.key}{again}".encode()).hexdigest()[:32]}


@dataclass
class OnDiscord:
    """Discord knows a nonce for a while, and places can be read."""

    apart: DiscordApart

    def add_channels(self, count: int) -> list[Place]:
        """Channels of the server."""
        world = self.apart.fake.world
        [guild] = world.guilds
        made = [world.add_channel(f"more-{number}", guild) for number in range(count)]
        return [Place("discord", guild, channel.id) for channel in made]

    def tried(self) -> int:
        """Messages that were to be posted, answers aside."""
        return sum(
            each.method == "POST" and each.path.endswith("/messages") for each in self.apart.fake.requests
        )

    def add_students(self, names: Sequence[str]) -> list[str]:
        """Members of the server."""
        return [self.apart.people.users[self.apart.people.joins(name)] for name in names]

    def slow_down(self, latency: float) -> None:
        """Let it take so long."""
        self.apart.fake.latency = latency

    async def are_here(self) -> None:
        """The gateway has a session for each process."""
        sessions = self.apart.fake.gateway.sessions
        async with asyncio.timeout(20):
            while sum(bool(each.socket) for each in sessions.values()) != len(self.apart.processes):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)

    def standing(self) -> Counter[str]:
        """By id; answers have no nonce."""
        return Counter(sent.id for sent in self.apart.fake.world.messages.values() if "nonce" in sent.body)

    def name(self, row: Any) -> set[str]:  # noqa: ANN401 - an outbox row
        """The ids of its parts."""
        return set((row.reference or "").rpartition("#")[2].split(","))


@asynccontextmanager
async def _on(platform: str, folder: Path, machines: Machines) -> AsyncIterator[Victim]:
    """`stint run` on a platform; in Slack by socket."""
    if platform == "slack":
        async with open_slack(folder, "socket", machines) as apart:
            yield OnSlack(apart)
    else:
        async with open_discord(folder, machines) as there:
            yield OnDiscord(there)


PLATFORMS = ("discord", "slack")


async def drive(
    platform: str, seed: int, folder: Path, machines: Machines = ALONE, latency: float | None = None
) -> Drive:
    """Play a drive; a process is killed once in each part of it.

    `latency`: where it is given it is that of each part, and the deadline is left out.

    Raises:
        AssertionError: a message is lost, or is there twice.
    """
    async with _on(platform, folder, machines) as victim:
        return await _drive(victim, seed, latency)


async def _drive(victim: Victim, seed: int, latency: float | None) -> Drive:
    luck, apart = Random(seed), victim.apart
    apart.patience = PATIENCE
    _announce_in(apart, victim.add_channels(CHANNELS))
    marta, ada = apart.person("marta"), apart.person("ada")
    for _ in range(_TRIES):
        with suppress(LookupError):
            await marta.uses("/project post", "spring-26")
            await fills_project(marta)
            break
    parts = [
        (partial(marta.presses, "Publish"), CHANNELS + 1),
        (partial(ada.presses, "Apply", on=TITLE), 1),
        (partial(apart.tick, days=1), CHANNELS + 1),
    ]
    if latency is None:
        parts.append((partial(_deadline, victim), 2 * len(STUDENTS)))
    latencies, doubts = [], []
    for act, most in parts:
        slow = LATENCIES[0] * (LATENCIES[1] / LATENCIES[0]) ** luck.random() if latency is None else latency
        if act.func is _deadline:
            await _begin_late(victim)
        victim.slow_down(slow)
        await _killed(victim, act(), luck, most, slow)
        doubts.append(await _settled(victim))
        victim.slow_down(0)
        latencies.append(round(slow, 2))
    _assert_whole(victim)
    return Drive(tuple(latencies), tuple(doubts))


def _announce_in(apart: Apart, places: list[Place]) -> None:
    with apart.engine.begin() as connection:
        cohort = connection.execute(select(Cohort.id, Cohort.programme_id)).one()
        made = {"programme_id": cohort.programme_id, "cohort_id": cohort.id, "state": "active"}
        rows = [{**made, "place": str(place)} for place in places]
        connection.execute(insert(Channel), rows)


async def _begin_late(victim: Victim) -> None:
    """Let many begin to apply; it is then shortly before they are reminded of the deadline."""
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
    for name in STUDENTS:
        await apart.person(name).presses("Apply", on=TITLE)
    await apart.to(STORM)


async def _deadline(victim: Victim) -> None:
    """Let the deadline come and pass: reminders, closed drafts, and cards that say so."""
    await victim.apart.to(STORM + timedelta(days=1, hours=1))


async def _killed(
    victim: Victim, act: Coroutine[Any, Any, None], luck: Random, most: int, latency: float
) -> None:
    """Let a person act, and kill a process when so many of the messages that follow are on their way."""
    apart, before = victim.apart, victim.tried()
    acting = asyncio.create_task(act)
    wanted = before + luck.randint(1, most)
    while victim.tried() < wanted and not acting.done():  # noqa: ASYNC110 - another process sends
        await asyncio.sleep(0.002)
    await asyncio.sleep(luck.uniform(0, 2.5 * latency))
    await apart.die(luck.randrange(len(apart.processes)))
    await apart.rise()
    await victim.are_here()
    if apart.engine.dialect.name == "postgresql":  # on a file the next process knows that it is alone
        await apart.to(apart.clock.now() + LEASED, served=False)
    with suppress(TimeoutError):  # a process that died does not answer at once
        await acting
    await apart.settle()


async def _settled(victim: Victim) -> int:
    """A coordinator says of each message in doubt what is true; how many there were."""
    apart, count = victim.apart, 0
    while found := apart.rows(select(outbox).where(outbox.c.state == "unknown").order_by(outbox.c.id)):
        count += 1
        last = found[:_SHOWN][-1]  # whose buttons are the newest
        stands = bool(victim.name(last) & set(victim.standing()))
        cora = apart.person("cora")
        await cora.uses("/stint tasks", "spring-26")
        await cora.presses("It is there" if stands else "Post it again")
    return count


def _assert_whole(victim: Victim) -> None:
    """Every message that is due is there once, and nothing else is."""
    rows = victim.apart.rows(select(outbox).where(outbox.c.operation == "send"))
    assert {row.state for row in rows} <= {"sent", "pending"}
    owed = Counter(name for row in rows if row.state == "sent" for name in victim.name(row))
    assert victim.standing() == owed


@contextmanager
def _places(wanted: Collection[str]) -> Iterator[dict[str, Callable[[], Machines]]]:
    """Where a drive can be played: each gives an empty database and how many processes share it."""
    found: dict[str, Callable[[], Machines]] = {"sqlite": Machines}
    if wanted == {"sqlite"}:
        yield found
        return
    with serving() as server:
        found["postgresql"] = lambda: Machines(server.new_database())
        found["postgresql-2"] = lambda: Machines(server.new_database(), 2)
        yield {name: found[name] for name in found if name in wanted}


def main() -> int:
    """Play what the command line asks for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.kills", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--count", type=int, default=1, help="how many seeds, one after another")
    parser.add_argument("--on", nargs="*", choices=PLACES, default=PLACES, help="the databases and processes")
    parser.add_argument("--platform", nargs="*", choices=PLATFORMS, default=PLATFORMS, help="the platforms")
    asked = parser.parse_args()
    kills, failed = 0, 0
    with _places(set(asked.on)) as places:
        for seed in range(asked.seed, asked.seed + asked.count):
            for platform, (name, machines) in product(asked.platform, places.items()):
                with TemporaryDirectory(prefix="stint-kills-") as folder:
                    try:
                        played = asyncio.run(drive(platform, seed, Path(folder), machines()))
                    except Exception as error:  # noqa: BLE001 - the next one is played all the same
                        failed += 1
                        words = f"FAILED: {''.join(format_exception(error))}"
                    else:
                        kills += played.kills
                        words = str(played)
                print(f"seed {seed} on {platform}, {name}: {words}", flush=True)  # noqa: T201 - it is a command
    print(f"{kills} kills, {failed} drives failed")  # noqa: T201 - as above
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

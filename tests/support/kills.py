"""Kill -9 of `stint run` while a platform takes its time, and what must be so afterwards.

A drive lets a project be published in several channels, a person apply, and the next morning's digest go
out; at random moments of it the process is killed, and another one started. In the end each message that
is due is there once. `python -m tests.support.kills --count 20` plays many.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from sqlalchemy import insert, select

from bot.chat.events import Place
from storage.tables import Channel, Cohort, outbox
from tests.support.bot_process import Apart
from tests.support.discord.bot_process import DiscordApart
from tests.support.discord.bot_process import open_apart as open_discord
from tests.support.main_job import TITLE, fills_project
from tests.support.slack.bot_process import SlackApart
from tests.support.slack.bot_process import open_apart as open_slack
from tests.support.slack.workspace import BOT

__all__ = ["PLATFORMS", "Drive", "drive"]

CHANNELS = 6
"""Besides the one that the cohort has from the beginning."""

LATENCY = 0.05
"""Seconds that a platform takes to post a message, and then to say so."""


@dataclass(frozen=True, slots=True)
class Drive:
    """What happened in a drive: how often it was killed, and how many messages were in doubt after each."""

    kills: int
    doubts: tuple[int, ...]


class Victim(Protocol):
    """The bot on one platform, which is killed."""

    @property
    def apart(self) -> Apart:
        """The bot."""

    def add_channels(self, count: int) -> list[Place]:
        """More channels that the bot is in."""

    def tried(self) -> int:
        """How many messages the platform was asked to post so far."""

    async def is_here(self) -> None:
        """Return once the platform knows of the process."""

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

    def tried(self) -> int:
        """Calls of chat.postMessage."""
        return self.apart.server.calls["chat.postMessage"]

    async def is_here(self) -> None:
        """Both sockets are new ones."""
        async with asyncio.timeout(20):
            while len(self.apart.server.sockets) != 2:  # noqa: ASYNC110 - another process connects
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
        """The id that is noted on it."""
        return {sha256(f"{row.programme_id}:{row.key}".encode()).hexdigest()[:32]}


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

    async def is_here(self) -> None:
        """The gateway has a session."""
        await self.apart.fake.gateway.back(within=20)

    def standing(self) -> Counter[str]:
        """By id; answers have no nonce."""
        return Counter(sent.id for sent in self.apart.fake.world.messages.values() if "nonce" in sent.body)

    def name(self, row: Any) -> set[str]:  # noqa: ANN401 - an outbox row
        """The ids of its parts."""
        return set((row.reference or "").rpartition("#")[2].split(","))


@asynccontextmanager
async def on_slack(folder: Path) -> AsyncIterator[OnSlack]:
    """`stint run` on Slack, by socket."""
    async with open_slack(folder, "socket") as apart:
        apart.server.latency = LATENCY
        yield OnSlack(apart)


@asynccontextmanager
async def on_discord(folder: Path) -> AsyncIterator[OnDiscord]:
    """`stint run` on Discord."""
    async with open_discord(folder) as apart:
        apart.fake.latency = LATENCY
        yield OnDiscord(apart)


PLATFORMS = ("discord", "slack")


async def drive(platform: str, seed: int, folder: Path) -> Drive:
    """Play a drive; the process is killed once in each part of it.

    Raises:
        AssertionError: a message is lost, is there twice, or more are in doubt than can be.
    """
    if platform == "slack":
        async with on_slack(folder) as on:
            return await _drive(on, seed)
    async with on_discord(folder) as there:
        return await _drive(there, seed)


async def _drive(victim: Victim, seed: int) -> Drive:
    luck, apart = Random(seed), victim.apart
    _announce_in(apart, victim.add_channels(CHANNELS))
    marta, ada = apart.person("marta"), apart.person("ada")
    await marta.uses("/project post", "spring-26")
    await fills_project(marta)
    parts = (
        (marta.presses("Publish"), CHANNELS + 1),
        (ada.presses("Apply", on=TITLE), 1),
        (apart.tick(days=1), CHANNELS + 1),
    )
    doubts = []
    for act, most in parts:
        await _killed(victim, act, luck, most)
        doubts.append(await _settled(victim))
    _assert_whole(victim)
    return Drive(len(parts), tuple(doubts))


def _announce_in(apart: Apart, places: list[Place]) -> None:
    with apart.engine.begin() as connection:
        cohort = connection.execute(select(Cohort.id, Cohort.programme_id)).one()
        made = {"programme_id": cohort.programme_id, "cohort_id": cohort.id, "state": "active"}
        rows = [{**made, "place": str(place)} for place in places]
        connection.execute(insert(Channel), rows)


async def _killed(victim: Victim, act: Coroutine[Any, Any, None], luck: Random, most: int) -> None:
    """Let a person act, and kill the process when so many of the messages that follow are on their way."""
    apart, before = victim.apart, victim.tried()
    acting = asyncio.create_task(act)
    wanted = before + luck.randint(1, most)
    while victim.tried() < wanted and not acting.done():  # noqa: ASYNC110 - another process sends
        await asyncio.sleep(0.002)
    await asyncio.sleep(luck.uniform(0, 2.5 * LATENCY))
    await apart.die()
    await apart.rise()
    await victim.is_here()
    with suppress(TimeoutError):  # a process that died does not answer at once
        await acting
    await apart.settle()


async def _settled(victim: Victim) -> int:
    """A coordinator says of each message in doubt what is true; how many there were."""
    apart, count = victim.apart, 0
    while found := apart.rows(select(outbox).where(outbox.c.state == "unknown").order_by(outbox.c.id)):
        count += 1
        assert len(found) == 1, [row.key for row in found]
        stands = bool(victim.name(found[0]) & set(victim.standing()))
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


def main() -> int:
    """Play what the command line asks for; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.kills", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--count", type=int, default=1, help="how many seeds, one after another")
    asked = parser.parse_args()
    failed = 0
    for seed in range(asked.seed, asked.seed + asked.count):
        for platform in PLATFORMS:
            with TemporaryDirectory(prefix="stint-kills-") as folder:
                try:
                    words = str(asyncio.run(drive(platform, seed, Path(folder))))
                except Exception as error:  # noqa: BLE001 - the next one is played all the same
                    failed += 1
                    words = f"FAILED: {type(error).__name__}: {error}"
            print(f"seed {seed} on {platform}: {words}", flush=True)  # noqa: T201 - it is a command
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

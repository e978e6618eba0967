"""The bot on Slack and Discord as a kill drive has it: slow on demand, and asked what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from bot.chat.events import Place
from tests.support.bot_process import Apart, Machines
from tests.support.discord.bot_process import DiscordApart
from tests.support.discord.bot_process import open_apart as open_discord
from tests.support.slack.bot_process import SlackApart
from tests.support.slack.bot_process import open_apart as open_slack
from tests.support.slack.workspace import BOT
from tests.support.stillness import HANGS, reached

__all__ = ["PLATFORMS", "Victim", "opened"]

PLATFORMS = ("discord", "slack")

_PATIENT = timedelta(seconds=HANGS)
"""How long a platform waits for the bot's word: its own three seconds are held by other tests."""


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
        await reached(lambda: len(self.apart.server.sockets) == wanted, self.apart.sign)

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
        sessions, wanted = self.apart.fake.gateway.sessions, len(self.apart.processes)
        await reached(lambda: sum(bool(each.socket) for each in sessions.values()) == wanted, self.apart.sign)

    def standing(self) -> Counter[str]:
        """By id; answers have no nonce."""
        return Counter(sent.id for sent in self.apart.fake.world.messages.values() if "nonce" in sent.body)

    def name(self, row: Any) -> set[str]:  # noqa: ANN401 - an outbox row
        """The ids of its parts."""
        return set((row.reference or "").rpartition("#")[2].split(","))


@asynccontextmanager
async def opened(platform: str, folder: Path, machines: Machines) -> AsyncIterator[Victim]:
    """`stint run` on a platform; in Slack by socket."""
    if platform == "slack":
        async with open_slack(folder, "socket", machines) as apart:
            apart.server.patience = _PATIENT.total_seconds()
            apart.server.workspace.trigger_lives = _PATIENT
            yield OnSlack(apart)
    else:
        async with open_discord(folder, machines) as there:
            there.fake.world.first_answer = _PATIENT
            yield OnDiscord(there)

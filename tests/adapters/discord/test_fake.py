"""Our own Discord is true enough for discord.py, whose client is the judge here."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import discord
import pytest
from yarl import URL

from bot.chat.commands import CommandSpec
from tests.support.discord.client import Hands
from tests.support.discord.server import TOKEN, FakeDiscord, Fault, discord_running

HELLO = CommandSpec(("hello",), "Say hello")


class Client(discord.Client):
    """Answers every interaction; keeps every message it was sent."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default(), guild_ready_timeout=0.01)
        self.told: asyncio.Queue[Any] = asyncio.Queue()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord's five seconds between identifies are not ours to keep here."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Answer."""
        await interaction.response.send_message(
            "hello", ephemeral=True, allowed_mentions=discord.AllowedMentions.none()
        )
        self.told.put_nowait(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Keep it."""
        self.told.put_nowait(message)

    async def on_ready(self) -> None:
        """Keep it."""
        self.told.put_nowait("ready")

    async def on_resumed(self) -> None:
        """Keep it."""
        self.told.put_nowait("resumed")


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    """A Discord with one server and one channel."""
    async with discord_running(lambda: datetime.now(UTC)) as running:  # noqa: TID251 - discord.py reads the same clock
        guild = running.world.add_guild("Riverside")
        running.world.add_channel("spring", guild.id)
        yield running


@asynccontextmanager
async def connected(fake: FakeDiscord) -> AsyncIterator[Client]:
    """discord.py's client, logged in and ready."""
    with (
        patch.object(discord.http.Route, "BASE", fake.api),
        patch.object(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", URL(fake.gateway.url)),
    ):
        client = Client()
        run = asyncio.create_task(client.start(TOKEN))
        assert await client.told.get() == "ready"
        try:
            yield client
        finally:
            await client.close()
            run.cancel()
            with suppress(asyncio.CancelledError):
                await run


def ada(fake: FakeDiscord) -> Hands:
    """A person in the server."""
    user = fake.world.add_user("ada", "Ada Okafor")
    next(iter(fake.world.guilds.values())).members[user.id] = set()
    return Hands(fake, user.id)


async def test_discord_py_takes_it_for_discord(fake: FakeDiscord) -> None:
    """Servers, words and interactions arrive as the library's own objects, and answers are shown."""
    person = ada(fake)
    [channel] = fake.world.channels.values()
    async with connected(fake) as client:
        [guild] = client.guilds
        assert (guild.name, [each.name for each in guild.text_channels]) == ("Riverside", ["spring"])
        assert guild.text_channels[0].permissions_for(guild.me).send_messages
        await client.http.bulk_upsert_global_commands(
            int(client.application_id or 0), [{"name": "hello", "description": "Say hello"}]
        )
        done = await person.use(HELLO, {}, channel)
        interaction = await client.told.get()
        assert (str(interaction.user), interaction.channel_id) == ("ada", int(channel.id))
        assert [sent.body["content"] for sent in fake.world.seen_by(person.id, channel.id)] == ["hello"]
        assert fake.world.seen_by("somebody else", channel.id) == []
        assert done.answer == 4
        sent = await person.write("good day", person.dm)
        message = await client.told.get()
        assert (message.id, message.content) == (int(sent.id), "good day")
    assert fake.refused == []


async def test_the_same_nonce_is_the_same_message(fake: FakeDiscord) -> None:
    """Two sends with one nonce are one message; its answer may be lost, or a bad gateway be in between."""
    [channel] = fake.world.channels.values()
    async with connected(fake) as client:
        at = client.get_channel(int(channel.id))
        assert isinstance(at, discord.TextChannel)
        quiet = discord.AllowedMentions.none()
        fake.faults.append(Fault("POST .*/messages"))
        with pytest.raises(Exception, match="disconnected"):
            await at.send("one", nonce="n1", allowed_mentions=quiet)
        first = await at.send("one", nonce="n1", allowed_mentions=quiet)
        assert [sent.id for sent in fake.world.messages.values()] == [str(first.id)]
        with pytest.raises(discord.HTTPException) as refused:
            await at.send("x" * 2001, allowed_mentions=quiet)
        assert refused.value.code == 50035
    assert len(fake.refused) == 1


@pytest.mark.parametrize(
    ("breaks", "again"),
    [
        (lambda fake: fake.gateway.reconnect(), "resumed"),
        (lambda fake: fake.gateway.break_off(), "resumed"),
        (lambda fake: fake.gateway.break_off(forget=True), "ready"),
    ],
)
async def test_a_session_is_resumed_or_begun_again(
    fake: FakeDiscord, breaks: Callable[[FakeDiscord], Any], again: str
) -> None:
    """After op 7 and after a cut the session goes on; a forgotten one is invalid, and another begins."""
    with patch("discord.backoff.ExponentialBackoff.delay", return_value=0.0):
        async with connected(fake) as client:
            await breaks(fake)
            assert await client.told.get() == again
    assert fake.gateway.happened["invalid"] == (again == "ready")

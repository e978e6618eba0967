"""The gateway: discord.py's client, which passes everything on as Events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final, Protocol

import discord
import structlog
from discord.utils import snowflake_time

from adapters.discord import inbound
from adapters.discord.mentions import named
from adapters.discord.responses import GOOD_FOR, Answering, Pending, Pendings, defer, say_nothing
from bot.chat.adapter import DeliveryUnknown, Receive, Refusal, Response, Retry
from bot.chat.content import Message, message
from bot.chat.events import Event, MessageReceived, MessageRef, Place, ReplyTo
from bot.chat.languages import language_for
from bot.chat.translation import translated
from bot.clock import raised_at

__all__ = ["AGAIN_AFTER", "INTENTS", "Gateway"]

INTENTS: Final = discord.Intents(guilds=True, dm_messages=True)
"""No intent that Discord calls privileged. Server messages arrive without their text, and are not requested
for at all."""

_DEFER_SECONDS: Final = 1.5
"""Seconds a turn may take before Discord shows that the answer takes longer; Discord waits three."""

_SERVERS_ARRIVE = 2.0
"""Seconds without another server after which all servers of the start are known; a server that comes
later has invited the bot."""

_SILENT_SECONDS = 60.0
"""Seconds without a word of Discord's after which the connection is replaced: each heartbeat, every 41, is
answered."""

_SHUTDOWN_SECONDS: Final = 0.5
"""Seconds that events in progress get at the end."""

AGAIN_AFTER: Final = (1.0, 5.0)
"""Seconds after which a turn that failed is tried again."""

_KINDS: Final = {
    discord.InteractionType.application_command: "command",
    discord.InteractionType.component: "press",
    discord.InteractionType.modal_submit: "submit",
    discord.InteractionType.autocomplete: "suggest",
}
_INTERNAL_ERROR: Final = message(
    "Something went wrong on my side, and I cannot tell whether that was done. "
    "Please look, and try it again only if it was not."
)

log = structlog.get_logger(__name__)


class Send(Protocol):
    """A function that posts a message to a place, as `bot.chat.adapter.Adapter.send` does."""

    async def __call__(self, to: Place, message: Message, *, key: str) -> MessageRef:
        """Post the message, once for the key."""


class Gateway(discord.AutoShardedClient):
    """A connection to the gateway (or a shard for every few thousand servers), for one `run`."""

    def __init__(
        self,
        pendings: Pendings,
        answering: Answering,
        *,
        send: Send,
        now: Callable[[], datetime],
        receive: Receive,
    ) -> None:
        """Keep interactions in `pendings` while `receive` handles them; `now` gives the present instant, UTC.

        The message about a failed turn goes through `answering`, or `send` where there is no interaction.
        """
        super().__init__(
            intents=INTENTS,
            allowed_mentions=discord.AllowedMentions.none(),
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            guild_ready_timeout=_SERVERS_ARRIVE,
            heartbeat_timeout=_SILENT_SECONDS,
        )
        self._pendings = pendings
        self._answering = answering
        self._send = send
        self._now = now
        self._receive = receive
        self._handling: set[asyncio.Task[None]] = set()

    @property
    def is_open(self) -> bool:
        """Whether the servers are known and the connection, or that of any shard, is open."""
        return self.is_ready() and any(not shard.is_closed() for shard in self.shards.values())

    async def close(self) -> None:
        """Close the connection; events in progress get a moment, since the database is closed next."""
        await super().close()
        if self._handling:
            _, late = await asyncio.wait(self._handling, timeout=_SHUTDOWN_SECONDS)
            for task in late:
                task.cancel()

    def _awaited(self) -> None:
        """Let `close` wait for the current task."""
        task = asyncio.current_task()
        if task is not None:
            self._handling.add(task)
            task.add_done_callback(self._handling.discard)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Handle a command, a press, a submitted form, or autocomplete."""
        kind = _KINDS.get(interaction.type)
        if kind is None:
            return
        self._awaited()
        pending = Pending(
            str(interaction.id),
            interaction.token,
            str(interaction.application_id),
            kind,  # type: ignore[arg-type]  # one of the four
            inbound.place_of(interaction),
            snowflake_time(interaction.id),
            str(interaction.message.id) if interaction.message else "",
            ephemeral=bool(interaction.message and interaction.message.flags.ephemeral),
            locale=str(interaction.locale),
        )
        self._pendings.keep(pending)
        reply = ReplyTo(pending.id, pending.at + GOOD_FOR, can_open_form=kind != "submit")
        event = inbound.interaction_event(interaction, reply)
        waiting = asyncio.get_running_loop().call_later(_DEFER_SECONDS, self._defer, pending)
        try:
            if event is not None:
                await self._receive(await named(self._answering.calls, event))
            if not pending.first:
                await say_nothing(self._answering.calls, pending)
        except Exception as error:  # noqa: BLE001 - a press does not come again, so its person gets a message
            log.error("discord.interaction_failed", error=type(error).__name__, where=raised_at(error))
            await self._apologise(pending)
        finally:
            waiting.cancel()
            self._pendings.forget(pending)

    async def on_message(self, said: discord.Message) -> None:
        """Handle words in a DM."""
        await self._hand_over(inbound.said(said))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Handle changed words in a DM; previews of links arrive the same way, without an edit's time."""
        await self._hand_over(inbound.edited(payload.message))

    async def on_ready(self) -> None:
        """Report the bot's servers, perhaps again since the last check; Discord may send this many times."""
        for guild in self.guilds:
            await self._hand_over(inbound.space_here(guild, self._now()))

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Report that the bot came into a server."""
        await self._hand_over(inbound.space_changed(guild, "joined", self._now()))

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Report that the bot was removed from a server; an outage is another event."""
        await self._hand_over(inbound.space_changed(guild, "left", self._now()))

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Report that a channel is gone."""
        await self._hand_over(inbound.channel_changed(channel, "closed", self._now()))

    async def on_guild_channel_update(
        self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel
    ) -> None:
        """Report that a channel's permissions changed."""
        could, can = inbound.can_write(before), inbound.can_write(after)
        if could != can:
            state = "open" if can else "closed"
            await self._hand_over(inbound.channel_changed(after, state, self._now()))

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - discord.py's
        """Log that something went wrong, without the error's words: they may be a person's."""
        log.error("discord.event_failed", event=event_method)

    async def _hand_over(self, event: Event | None) -> None:
        """Have an event handled; Discord sends it only once, so a turn that fails is tried again."""
        if event is None:
            return
        self._awaited()
        for seconds in (*AGAIN_AFTER, None):
            try:
                await self._receive(event)
            except Exception as error:  # noqa: BLE001 - whatever it was, the next event must be heard
                log.error("discord.event_failed", error=type(error).__name__, where=raised_at(error))
            else:
                return
            if seconds is not None:
                await asyncio.sleep(seconds)
        if isinstance(event, MessageReceived):
            await self._say_lost(event)

    async def _say_lost(self, event: MessageReceived) -> None:
        try:
            said = translated(_INTERNAL_ERROR, language_for(event.actor_locale))
            await self._send(event.place, said, key=f"lost:{event.id}")
        except (Refusal, Retry, DeliveryUnknown) as error:
            log.warning("discord.not_told", error=type(error).__name__)

    def _defer(self, pending: Pending) -> None:
        self._in_background(defer(self._answering.calls, pending))

    async def _apologise(self, pending: Pending) -> None:
        try:
            said = translated(_INTERNAL_ERROR, language_for(pending.locale))
            await self._answering.give(pending, Response(message=said))
        except (Refusal, Retry, DeliveryUnknown) as error:
            log.warning("discord.not_told", error=type(error).__name__)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        async def quietly() -> None:
            try:
                await work
            except (Refusal, Retry, DeliveryUnknown) as error:
                log.warning("discord.not_deferred", error=type(error).__name__)

        task = asyncio.create_task(quietly())
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)

"""The Discord adapter: the port of `bot.chat.adapter`, over discord.py's gateway and REST."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from adapters.discord.commands import PLATFORM, commands_of, same_commands
from adapters.discord.diagnostics import inspect_connection, inspect_place
from adapters.discord.files import download
from adapters.discord.gateway import INTENTS, Gateway
from adapters.discord.limits import LIMITS
from adapters.discord.options import DiscordOptions
from adapters.discord.rate_limits import Traffic
from adapters.discord.render import draw
from adapters.discord.responses import Answering, Pendings
from adapters.discord.rest import Calls, TokenRefused
from adapters.discord.sending import Sender
from bot.chat.adapter import Capabilities, DeliveryUnknown, Receive, Refusal, Response, Retry
from bot.chat.answers import FileRef
from bot.chat.commands import CommandSpec
from bot.chat.content import Message
from bot.chat.events import MessageRef, Place, ReplyTo, UserRef
from bot.chat.findings import Finding
from bot.chat.languages import language_for

__all__ = ["DiscordAdapter"]

_MOST_DMS: Final = 20_000
_REQUEST_SECONDS: Final = 20
_RATE_LIMIT_SECONDS: Final = 30.0
"""Seconds that discord.py itself may wait for a rate limit; longer waits go back to the outbox."""

_NEW_DMS: Final = 10
"""Direct messages opened within a minute: Discord takes more for advertising and bans the bot."""

_NOT_TAKEN: Final = "discord.token_wrong"
_NOT_AUTHENTICATED: Final = 4004
"""The gateway's close code (docs.discord.com/developers/topics/opcodes-and-status-codes)."""


class DiscordAdapter:
    """An implementation of `bot.chat.adapter.Adapter` for Discord."""

    platform = PLATFORM
    # Discord's policy forbids direct messages that a person did not ask for, and bans bots that send them.
    capabilities = Capabilities(
        form_after_form=False, form_errors=False, writes_first=False, groups=True, fetches_files=True
    )
    limits = LIMITS

    def __init__(
        self,
        options: DiscordOptions,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        load_file: Callable[[FileRef], Awaitable[bytes]],
    ) -> None:
        """Take the clocks: `now` returns the instant, aware, in UTC, `monotonic` seconds that never go back.

        `load_file` returns the bytes of a kept file. `inspect` compares `commands`, which `register` or the
        doctor sets, with Discord's.
        """
        self.options = options
        self.now = now
        self._monotonic = monotonic
        self._load_file = load_file
        self._sender = Sender(monotonic, load_file)
        self._traffic = Traffic(now, monotonic)
        self.commands: tuple[CommandSpec, ...] = ()
        self._client: discord.Client | None = None
        self._gateway: Gateway | None = None
        self._session: aiohttp.ClientSession | None = None
        self._calls: Calls | None = None
        self._pendings = Pendings()
        self._dms: OrderedDict[str, str] = OrderedDict()
        self._opened: list[float] = []

    @property
    def calls(self) -> Calls:
        """The REST calls, once the adapter is open."""
        if self._calls is None:
            raise Retry(5, "not open")
        return self._calls

    @property
    def _answering(self) -> Answering:
        """The parts that answer interactions."""
        return Answering(self.calls, _address, self._load_file)

    @property
    def application_id(self) -> str:
        """The application's id, once the adapter is open."""
        known = self._client.application_id if self._client else None
        return self.options.application_id or str(known or "")

    async def open(self) -> None:
        """Log in, for REST alone; a second call does nothing.

        Raises:
            Refusal: the token is refused.
        """
        if self._client is not None:
            return
        # The bot has no use of voice, so the warning that voice support is missing is silenced.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        Route.BASE = self.options.api_base_url.rstrip("/")
        if self.options.gateway_url:
            DiscordWebSocket.DEFAULT_GATEWAY = URL(self.options.gateway_url)
        client = discord.Client(
            intents=INTENTS, max_ratelimit_timeout=_RATE_LIMIT_SECONDS, http_trace=self._traffic.trace()
        )
        try:
            await client.login(self.options.token)
        except discord.LoginFailure:
            await client.close()
            raise _no_token() from None
        except discord.HTTPException as error:
            await client.close()
            raise Retry(15, f"HTTP {error.status}") from None
        except BaseException:
            await client.close()
            raise
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=_REQUEST_SECONDS), trace_configs=[self._traffic.trace()]
        )
        self._client, self._calls = client, Calls(client, self._session, self._traffic)

    async def run(self, receive: Receive) -> None:
        """Receive events until cancelled.

        Raises:
            Refusal: the token is refused.
        """
        await self.open()
        gateway = Gateway(self._pendings, self._answering, send=self.send, now=self.now, receive=receive)
        self._gateway = gateway
        try:
            await gateway.start(self.options.token)
        except discord.LoginFailure:
            raise _no_token() from None
        except discord.ConnectionClosed as closed:
            if closed.code == _NOT_AUTHENTICATED:
                raise _no_token() from None
            raise
        finally:
            self._gateway = None
            await gateway.close()

    async def respond(self, to: ReplyTo, answer: Response) -> None:
        """Answer an interaction of this process.

        Raises:
            Refusal: the interaction is over, or of an earlier process. Retry, Unsure: as the port says.
        """
        pending = self._pendings.find(to.token)
        if pending is None or self.now() > to.expires_at:
            raise Refusal("10062")
        shown = answer.message is not None and pending.place.readers != "alone"
        link = await self._link(answer.link) if shown else ""
        await self._answering.give(pending, answer, link)

    async def send(
        self,
        to: Place | UserRef,
        message: Message,
        *,
        key: str,
        again: bool = False,
        known: Collection[str] = (),
        since: str = "",
    ) -> MessageRef:
        """Post a message; see the port."""
        place = to if isinstance(to, Place) else await self._dm(to)
        parts = draw(message, _address, with_files=place.kind == "dm", space=place.space)
        try:
            return await self._sender.send(
                self.calls, place, parts, key, again=again, known=known, since=since
            )
        except Refusal as refusal:
            if refusal.lost == "destination":
                self._dms.pop(to.id, None)  # requested again: it may be open again
            raise

    async def find(
        self, to: Place | UserRef, message: Message, *, key: str, known: Collection[str] = ()
    ) -> MessageRef | None:
        """Look for a message in the place's history; see the port."""
        place = to if isinstance(to, Place) else await self._dm(to)
        parts = draw(message, _address, with_files=place.kind == "dm", space=place.space)
        return await self._sender.find(self.calls, place, parts, key, known)

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Change a message of the bot; see the port."""
        place = ref.place
        parts = draw(message, _address, with_files=place.kind == "dm", space=place.space)
        await self._sender.edit(self.calls, ref, parts, language_for(message.language))

    async def fetch(self, file: FileRef) -> bytes:
        """Return the bytes of a file that a person sent; see the port."""
        return await download(file, self.options.api_base_url)

    async def inspect(self, place: Place | None = None) -> Sequence[Finding]:
        """Check the connection, or a channel; see the port."""
        if place is not None and place.id:
            return await inspect_place(self._ask, place)
        registered = partial(same_commands, commands_of(self.commands)) if self.commands else None
        return await inspect_connection(self._ask, registered, lambda: self._traffic.off)

    async def is_connected(self) -> bool:
        """Tell whether the gateway is open: discord.py closes one whose heartbeats get no answer."""
        return self._gateway is not None and self._gateway.is_open

    async def register(self, commands: Sequence[CommandSpec]) -> None:
        """Register the commands with Discord where they differ: it allows only so many changes a day."""
        self.commands = tuple(commands)
        ours = commands_of(commands)
        path = "/applications/{application_id}/commands"
        read = Route("GET", f"{path}?with_localizations=true", application_id=self.application_id)
        theirs = await self.calls.call(read)
        if not same_commands(ours, theirs):
            await self.calls.call(Route("PUT", path, application_id=self.application_id), ours)

    async def close(self) -> None:
        """Close the sessions."""
        client, session = self._client, self._session
        self._client = self._session = self._calls = None
        if session:
            await session.close()
        if client:
            await client.close()

    async def _ask(self, path: str) -> Any:  # noqa: ANN401 - JSON
        try:
            await self.open()
            return await self.calls.call(Route("GET", path))
        except TokenRefused:
            raise Refusal(_NOT_TAKEN, lost="space") from None
        except (DeliveryUnknown, OSError) as error:
            raise Retry(15, type(error).__name__) from None

    async def _dm(self, to: UserRef) -> Place:
        """Return the DM with an account, opened where it is unknown; at most a few new DMs a minute.

        Raises:
            Retry: too many were opened just now. Refusal: there is no such account.
        """
        channel = self._dms.get(to.id)
        if channel is None:
            minute_ago = self._monotonic() - 60
            self._opened = [at for at in self._opened if at > minute_ago]
            if len(self._opened) >= _NEW_DMS:
                raise Retry(self._opened[0] - minute_ago + 1, "many new direct messages")
            opened = await self.calls.call(Route("POST", "/users/@me/channels"), {"recipient_id": to.id})
            channel = str(opened["id"])
            self._opened.append(self._monotonic())
            self._dms[to.id] = channel
            while len(self._dms) > _MOST_DMS:
                self._dms.popitem(last=False)
        return Place(PLATFORM, "", channel, "dm")

    async def _link(self, to: Place | UserRef | None) -> str:
        """Return the address where the conversation continues; "" where none is available now."""
        if to is None or to.platform != PLATFORM:
            return ""
        try:
            return _address(str(to if isinstance(to, Place) else await self._dm(to)))
        except (Refusal, Retry, DeliveryUnknown):  # the bot's own account, from which the person can begin
            return f"https://discord.com/users/{self.application_id}" if self.application_id else ""


def _no_token() -> Refusal:
    fix = "Discord does not take the bot's token: make a new one on the application's page Bot (Reset Token)"
    return Refusal(_NOT_TAKEN, f"{fix}, and put it into STINT_DISCORD__TOKEN.", lost="space")


def _address(to: str) -> str:
    """Return the address of a str(MessageRef) or str(Place); "" if it does not belong to Discord."""
    where, _, message = to.partition("#")
    platform, kind, space, channel, *_ = [*where.split("/"), "", "", "", ""]
    if platform != PLATFORM or kind not in {"channel", "dm"} or not channel:
        return ""
    first = message.split(",", maxsplit=1)[0]
    return "/".join(["https://discord.com/channels", space or "@me", channel, *([first] if first else [])])

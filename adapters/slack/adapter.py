"""The Slack adapter: the port of `bot.chat.adapter`, over sockets or HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from adapters.slack.command_names import in_our_names, named_line
from adapters.slack.diagnostics import Running, answers, inspect_connection, inspect_place
from adapters.slack.dms import DirectMessages
from adapters.slack.downloads import download
from adapters.slack.inbound import PLATFORM
from adapters.slack.installations import Installations
from adapters.slack.limits import LIMITS
from adapters.slack.options import SlackOptions
from adapters.slack.profiles import Profiles
from adapters.slack.receiver import Receiver
from adapters.slack.render import draw
from adapters.slack.responses import answer_now
from adapters.slack.rich_text import RenderOptions
from adapters.slack.sending import Sender
from adapters.slack.socket_mode import Sockets
from adapters.slack.state import SlackState
from adapters.slack.web_api import TIER_3, Pace, Workspace, Workspaces, call, read
from bot.chat.adapter import Capabilities, DeliveryUnknown, Receive, Refusal, Response, Retry
from bot.chat.answers import FileRef
from bot.chat.commands import CommandSpec
from bot.chat.content import Message
from bot.chat.events import MessageRef, Place, ReplyTo, UserRef
from bot.chat.findings import Finding
from bot.chat.language import as_text
from bot.chat.languages import language_for
from bot.chat.values import replace

__all__ = ["SlackAdapter"]


class SlackAdapter:
    """An implementation of `bot.chat.adapter.Adapter` for Slack."""

    platform = PLATFORM
    capabilities = Capabilities(
        form_pages=True,
        home=True,
        # A channel is read only where its workspace has granted that (`channel_history`), and many have not.
        unverifiable=frozenset({"channel"}),
        fetches_files=True,
    )
    limits = LIMITS

    def __init__(
        self,
        options: SlackOptions,
        installations: Installations,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        load_file: Callable[[FileRef], Awaitable[bytes]],
    ) -> None:
        """Take the clocks: `now` returns the instant, aware, in UTC, `monotonic` seconds that never go back.

        `load_file` returns the bytes of a kept file.
        """
        self.state = SlackState(
            options,
            Workspaces(installations, options.api_base_url),
            Profiles(self._ask_for, self._organisation),
            DirectMessages(self._open_dm),
            now,
        )
        self._pace = Pace(monotonic)
        self._sender = Sender(self._pace, monotonic, load_file)
        self.doorway = Receiver(self.state)
        self.sockets = Sockets(options, self.state.spaces, self.doorway.envelope)

    async def open(self) -> None:
        """Create the session that all calls share."""
        self.state.spaces.open()

    async def run(self, receive: Receive) -> None:
        """Receive events until cancelled: through sockets, or from the server of `routes`."""
        await self.open()
        self.doorway.receive = receive
        try:
            if self.state.options.mode == "socket":
                await self.sockets.run()
            else:
                await asyncio.get_running_loop().create_future()
        finally:
            await self.doorway.finish()
            self.doorway.receive = None

    def routes(self) -> Sequence[tuple[str, str, Callable[[Any], Awaitable[Any]]]]:
        """Return the web server's routes for Slack: method, path and aiohttp handler; none over sockets."""
        return [("POST", "/slack/events", self.doorway.http)] if self.state.options.mode == "http" else []

    async def respond(self, to: ReplyTo, answer: Response) -> None:
        """Answer an interaction of this process.

        Raises:
            Refusal: the interaction is over, or of an earlier process. Retry, Unsure: as the port says.
        """
        pending = self.state.pending.get(to.token)
        if pending is None:
            raise Refusal("expired_trigger_id")
        space = await self.state.spaces.find(pending.team)
        if answer.message and answer.link and pending.place.readers != "alone":
            with suppress(Retry, Refusal, DeliveryUnknown):  # then the link leads to the app instead
                pending.dm = (await self._place(answer.link)).id
        await answer_now(pending, self._as_typed_here(answer), space, self._look(space, pending.team))

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
        space = await self._space(to)
        place = await self._place(to)
        return await self._sender.send(
            space, place, draw(message, self._look(space, place.space)), key, again=again, since=since
        )

    async def find(
        self, to: Place | UserRef, message: Message, *, key: str, known: Collection[str] = ()
    ) -> MessageRef | None:
        """Look for a message by its metadata; see the port."""
        space = await self._space(to)
        place = await self._place(to)
        return await self._sender.find(space, place, key)

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Change a message of the bot, or redraw a person's own page."""
        space = await self._space(ref.place)
        parts = draw(message, self._look(space, ref.place.space))
        await self._sender.edit(space, ref, parts, language_for(message.language))

    async def fetch(self, file: FileRef) -> bytes:
        """Return the bytes of a file that a person sent; see the port."""
        team, _, number = file.id.partition(".")
        space = await self.state.spaces.find(team)
        told = await read(space.client, "files.info", file=number)
        return await download(
            file, told.get("file") or {}, space.client.token or "", self.state.options.api_base_url
        )

    async def inspect(self, place: Place | None = None) -> Sequence[Finding]:
        """Check the connection, or a channel; see the port."""
        if place is not None and place.id:
            return await inspect_place(self.state.spaces, place)
        running = None
        if self.doorway.receive is not None:
            running = Running(self.doorway.app_id, self.sockets.connected, self.sockets.counted)
        return await inspect_connection(self.state, place.space if place else "", running)

    async def is_connected(self) -> bool:
        """Tell whether a socket is open, or over HTTP whether Slack answers; see the port."""
        if self.state.options.mode == "socket":
            return self.sockets.connected > 0
        return await answers(self.state.spaces)

    async def register(self, commands: Sequence[CommandSpec]) -> None:
        """Keep the commands, to read typed lines; Slack itself learns them from the app's manifest."""
        self.state.commands[:] = commands

    async def close(self) -> None:
        """Close the sockets and the session."""
        await self.sockets.close()
        await self.state.spaces.close()

    def _look(self, space: Workspace, team: str) -> RenderOptions:
        """Return how messages are shown in a workspace; `team` is its id."""
        named = partial(named_line, self.state.options.names)
        return RenderOptions(named, lambda to: _address(space, to), team)

    def _as_typed_here(self, answer: Response) -> Response:
        """Return the answer with its dialog's commands as they are typed in this workspace."""
        named = partial(in_our_names, self.state.options.names)
        errors = {name: named(as_text(reason)) for name, reason in answer.errors.items()}
        opened = answer.form
        if opened is None:
            return replace(answer, errors=errors)
        questions = tuple(
            replace(each, ask=replace(each.ask, hint=named(as_text(each.ask.hint))))
            for each in opened.form.questions
        )
        form = replace(opened.form, notice=named(as_text(opened.form.notice)), questions=questions)
        return replace(answer, errors=errors, form=replace(opened, form=form))

    async def _space(self, to: Place | UserRef) -> Workspace:
        return await self.state.spaces.find(to.id.partition(".")[0] if isinstance(to, UserRef) else to.space)

    async def _place(self, to: Place | UserRef) -> Place:
        if isinstance(to, Place):
            return to
        return Place(PLATFORM, to.id.partition(".")[0], await self.state.dms.find(to.id), "dm")

    async def _open_dm(self, account: str) -> str:
        team, _, user = account.partition(".")
        space = await self.state.spaces.find(team)
        self._pace.take(f"{team} conversations.open", *TIER_3)
        opened = await call(space.client, "conversations.open", users=user)
        return str(opened["channel"]["id"])

    async def _organisation(self, team: str) -> str:
        return (await self.state.spaces.find(team)).enterprise

    async def _ask_for(self, team: str, user: str) -> Mapping[str, Any]:
        space = await self.state.spaces.find(team)
        answer = await read(space.client, "users.info", user=user, include_locale="true")
        found: Mapping[str, Any] = answer.get("user") or {}
        return found


def _address(space: Workspace, to: str) -> str:
    """Return the address of a message or place; "" where Slack has none for it."""
    try:
        ref = MessageRef.parse(to)
    except ValueError:
        return ""
    if not space.url or ref.place.platform != PLATFORM or ref.place.kind == "home":
        return ""
    first = ref.parts[0].id.replace(".", "")
    return f"{space.url.rstrip('/')}/archives/{ref.place.id}/p{first}"

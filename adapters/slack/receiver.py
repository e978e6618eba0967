"""The only entrance for all payloads: each becomes an Event, is handled, and is answered by a middleware.

Answering in the middleware spares bolt's own listeners, whose acknowledgement is polled for; and a failed
turn can leave an event unacknowledged, so that Slack brings it again.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack import inbound
from adapters.slack.events_api import LEAVES, event_of
from adapters.slack.inbound import PLATFORM
from adapters.slack.logs import quiet
from adapters.slack.requests import Unreadable, is_slacks, only_asks, payload_of
from adapters.slack.responses import Pending, has_words, tell
from adapters.slack.routing import named_workspace, organisation_of, persons_team, workspace_of
from adapters.slack.state import SlackState, keep_pending
from adapters.slack.views import BACK, read_view
from bot.chat.adapter import DeliveryUnknown, Receive, Refusal, Retry
from bot.chat.events import Event, Facts, ReplyTo, SpaceChanged, people_named
from bot.chat.languages import language_for
from bot.chat.sentences import say
from bot.chat.values import replace
from bot.clock import raised_at

__all__ = ["Receiver"]

_TURN_SECONDS: Final = 2.2
"""Seconds that a turn gets before it is acknowledged without its answer; Slack allows three in all."""

_INTERACTION_LIFETIME: Final = timedelta(minutes=29)
"""How long an interaction can be answered through its address; Slack's figure is 30 minutes."""

_SHUTDOWN_SECONDS: Final = 0.5
"""Seconds that payloads in progress get at the end."""

_MOST_NAMED: Final = 20
"""People of a command or form that Slack is asked about."""

_INTERNAL_ERROR: Final = say(
    "Something went wrong on my side, and I cannot tell whether that was done. "
    "Please look, and try it again only if it was not."
)
_NOT_READY: Final = say("I am just starting. Please try again in a few seconds.")
_BAD_REQUEST: Final = (400, {"error": "unreadable"})

log = structlog.get_logger(__name__)

Response = tuple[int, Mapping[str, Any] | None]


class Receiver(AsyncMiddleware):
    """The receiver of every payload of an app, from sockets and from HTTP.

    Attributes:
        receive: where events go; None until the bot runs.
        app_id: the app that the last payload came from, "" before there was one.
    """

    def __init__(self, state: SlackState) -> None:
        self.receive: Receive | None = None
        self.app_id = ""
        self._state = state
        self._handling: set[asyncio.Task[None]] = set()
        self._app: AsyncApp | None = None

    @property
    def app(self) -> AsyncApp:
        """Return bolt's app, through which sockets pass everything to this middleware."""
        if self._app is None:
            self._app = AsyncApp(
                name="stint",  # without a name it reads the source of everything that called it
                signing_secret=secrets.token_hex(32),  # never used: over sockets nothing is signed
                client=self._state.spaces.client(""),
                authorize=_authorise_nothing,  # type: ignore[arg-type]  # bolt takes None, and says so
                before_authorize=self,
                logger=quiet,
            )
        return self._app

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - bolt's word
    ) -> BoltResponse:
        """Answer a payload that bolt has verified as Slack's."""
        status, body = await self.take(req.body)
        said = json.dumps(body) if body else ""
        return BoltResponse(status=status, body=said, headers={"content-type": ["application/json"]})

    async def envelope(self, request: SocketModeRequest) -> BoltResponse:
        """Answer an envelope of a socket."""
        answered: BoltResponse = await run_async_bolt_app(self.app, request)
        return answered

    async def http(self, request: web.Request) -> web.StreamResponse:
        """Answer an HTTP request: 401 to an unsigned or old request, 400 to an unreadable one."""
        raw = await request.read()
        if not is_slacks(raw, request.headers, self._state.options.signing_secret):
            if only_asks(raw):
                return web.Response()
            log.warning("slack.not_signed")
            return web.json_response({"error": "not signed"}, status=401)
        try:
            body = payload_of(raw, request.content_type)
        except Unreadable:
            log.warning("slack.unreadable")
            return web.json_response({"error": "unreadable"}, status=400)
        status, said = await self.take(body)
        return web.json_response(said, status=status) if said else web.Response(status=status)

    async def take(self, body: Mapping[str, Any]) -> Response:
        """Handle a payload; return the status and the body of its acknowledgement."""
        if not _readable(body):
            log.warning("slack.unreadable")
            return _BAD_REQUEST
        self.app_id = str(body.get("api_app_id") or self.app_id)
        kind = str(body.get("type", ""))
        if kind == "url_verification":
            return 200, {"challenge": body.get("challenge", "")}
        if kind == "event_callback":
            return await self._event(body)
        if "command" in body or kind in {"block_actions", "view_submission"}:
            return await self._interaction(body, kind)
        return (200, None) if kind else _BAD_REQUEST

    async def _event(self, body: Mapping[str, Any]) -> Response:
        """Handle an event; without an acknowledgement after a failed turn, so that it comes again."""
        try:
            await self._met(body)
            event = await event_of(self._state, body)
            if event is None:
                return 200, None
            if self.receive is None:
                return 503, None
            await self.receive(event)
            if isinstance(event, SpaceChanged) and event.state == "left":
                await self._dropped(body)
        except Exception as error:  # noqa: BLE001 - whatever it was, Slack brings the event again
            log.error("slack.event_failed", error=type(error).__name__, where=raised_at(error))
            return 500, None
        return 200, None

    async def _met(self, body: Mapping[str, Any]) -> None:
        """Note a payload's workspace: only payloads name the workspaces of an organisation's installation."""
        enterprise, team = organisation_of(body), named_workspace(body)
        if enterprise and team and (body.get("event") or {}).get("type") not in LEAVES:
            await self._state.spaces.find(team, enterprise)

    async def _dropped(self, body: Mapping[str, Any]) -> None:
        enterprise, team = organisation_of(body), named_workspace(body)
        whole = any(each.get("is_enterprise_install") for each in body.get("authorizations") or ())
        await self._state.spaces.installations.drop(enterprise, "" if whole and enterprise else team)
        self._state.spaces.forget(team)

    async def _interaction(self, body: Mapping[str, Any], kind: str) -> Response:
        """Handle a command, press or dialog: answer in its acknowledgement if the turn is quick."""
        pending = _pending(body, kind)
        token = secrets.token_urlsafe(12)
        keep_pending(self._state, token, pending)
        handling = asyncio.create_task(self._handle(body, pending, token))
        self._handling.add(handling)
        handling.add_done_callback(self._handling.discard)
        await asyncio.wait({handling}, timeout=_TURN_SECONDS)
        pending.acknowledged = True
        return 200, pending.ack

    async def finish(self) -> None:
        """Give the interactions in progress a moment: the database is closed next."""
        if self._handling:
            await asyncio.wait(self._handling, timeout=_SHUTDOWN_SECONDS)

    async def _handle(self, body: Mapping[str, Any], pending: Pending, token: str) -> None:
        locale = ""
        try:
            if self.receive is None:
                await self._say(pending, language_for(locale).text(_NOT_READY))
                return
            event = await self._interacted(body, pending, token)
            if event is not None:
                locale = event.actor_locale
                await self.receive(event)
        except Exception as error:  # noqa: BLE001 - a press does not come again, so its person gets a message
            log.error("slack.interaction_failed", error=type(error).__name__, where=raised_at(error))
            await self._say(pending, language_for(locale).text(_INTERNAL_ERROR))
        finally:
            self._state.pending.pop(token, None)

    async def _say(self, pending: Pending, words: str) -> None:
        try:
            await tell(pending, words, lambda: self._state.spaces.find(pending.team))
        except (Refusal, Retry, DeliveryUnknown):
            log.warning("slack.not_told", kind=pending.kind)

    async def _interacted(self, body: Mapping[str, Any], pending: Pending, token: str) -> Event | None:
        now = self._state.now()
        await self._met(body)
        profile = await self._state.profiles.find(pending.team, pending.user, persons_team(body))
        dm = await self._own_dm(pending)
        who = inbound.Who(
            pending.team, pending.user, profile, ReplyTo(token, now + _INTERACTION_LIFETIME), dm
        )
        pending.place = inbound.happened_at(body, who)
        if not has_words(pending):
            in_need = bool(pending.spare_url)
            who = replace(
                who, reply=ReplyTo(token, now + _INTERACTION_LIFETIME, has_words=False, in_need=in_need)
            )
        if pending.kind == "press":
            return inbound.press(body, who, now)
        if pending.kind == "submit":
            form = inbound.submission(body, who, now)
            return form and replace(form, named=await self._named(form.values.values(), pending.team))
        options = self._state.options
        called = {**options.heard, **{name: word for word, name in options.names.items()}}
        used = inbound.command(body, who, self._state.commands, called, now)
        return replace(used, named=await self._named(used.options.values(), pending.team))

    async def _own_dm(self, pending: Pending) -> str:
        """Return the channel of the person's own direct message with the bot, where that matters."""
        account, dms = inbound.user_ref(pending.team, pending.user).id, self._state.dms
        return await dms.look(account) if pending.place.kind == "elsewhere" else dms.known(account)

    async def _named(self, values: Iterable[object], team: str) -> dict[str, Facts]:
        """Return the known facts on people that a command or form names, as far as Slack answers now."""
        found: dict[str, Facts] = {}
        for user in people_named(values)[:_MOST_NAMED]:
            account = user.id.removeprefix(f"{team}.")
            if user.platform == PLATFORM and account != user.id:
                with suppress(Refusal, Retry):
                    known = await self._state.profiles.find(team, account)
                    found[str(user)] = Facts(known.name, known.zone, known.locale)
        return found


def _readable(body: Mapping[str, Any]) -> bool:
    """Return whether the parts that every Slack payload has are of the right type."""
    parts = ("event", "user", "team", "view", "container", "channel", "message")
    actions = body.get("actions") or []
    whole = isinstance(actions, list) and all(isinstance(body.get(part) or {}, Mapping) for part in parts)
    if not whole or not all(isinstance(each, Mapping) for each in actions):
        return False
    state = (body.get("view") or {}).get("state") or {}
    inner = [*(each.get("selected_option") or {} for each in actions), state]
    inner.append(state.get("values") or {} if isinstance(state, Mapping) else state)
    return all(isinstance(each, Mapping) for each in inner)


async def _authorise_nothing(**_: Any) -> AuthorizeResult | None:  # noqa: ANN401 - bolt's arguments
    """Return None, since bolt authorises nothing: the middleware answers before bolt would ask."""
    return None


def _turned(body: Mapping[str, Any]) -> str:
    """Return the dialog in which a person goes a page back; "" for everything else."""
    pressed = [each.get("action_id") for each in body.get("actions") or ()]
    return str((body.get("view") or {}).get("id") or "") if BACK in pressed else ""


def _pending(body: Mapping[str, Any], kind: str) -> Pending:
    kinds = {"block_actions": "press", "view_submission": "submit"}
    dialog = read_view(body.get("view") or {}, "")
    user, team = body.get("user") or {}, workspace_of(body)
    who = inbound.Who(team, str(body.get("user_id") or user.get("id") or ""), inbound.UNKNOWN)
    return Pending(
        kind=kinds.get(kind, "command"),  # type: ignore[arg-type]  # one of the three
        place=inbound.happened_at(body, who),
        user=who.user,
        app_id=str(body.get("api_app_id") or ""),
        team=team,
        trigger=str(body.get("trigger_id") or ""),
        response_url=str(body.get("response_url") or (dialog.response_url if dialog else "")),
        spare_url=dialog.spare_url if dialog else "",
        ephemeral=bool((body.get("container") or {}).get("is_ephemeral")),
        view=_turned(body),
        in_view=bool(body.get("view")) and (body.get("view") or {}).get("type") == "modal",
        first_block=next(iter(((body.get("view") or {}).get("state") or {}).get("values") or {}), ""),
    )

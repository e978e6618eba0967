"""The workspace, reached as Slack is: a Web API, sockets, files and answers over loopback, with faults.

`Server.deliver` hands the bot a payload, by its own socket or by a signed request, and returns what
the bot answered; what it did not take is kept in `unhandled` for `again`.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Literal
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, WSMsgType, web
from slack_sdk.signature import SignatureVerifier

from bot.clock import WallClock
from tests.support.slack.methods import METHODS, NEEDED, checked_message
from tests.support.slack.workspace import BOT, Posted, Refused, Token, Workspace

__all__ = ["APP_TOKEN", "BOT_TOKEN", "SIGNING_SECRET", "Fault", "Kind", "Server", "serve"]

BOT_TOKEN = "xoxb-river"
APP_TOKEN = "xapp-1-A0STINT-1-river"
SIGNING_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"

Kind = Literal["events_api", "slash_commands", "interactive"]

MOST_SOCKETS = 10


@dataclass
class Fault:
    """What goes wrong with the next `times` calls of a method ("" is any) about `channel` ("" is any).

    `after`: so many of them are answered as ever before. `lost`: it is done, and the answer is not heard.
    `error`: Slack's word for it; "ratelimited" comes with `retry_after` seconds and status 429, "fatal_error"
    with status 500.
    """

    method: str
    times: int = 1
    lost: bool = False
    error: str = ""
    retry_after: int = 1
    channel: str = ""
    after: int = 0

    def comes(self) -> bool:
        """Count a call that it is meant for; whether it goes wrong."""
        if self.after:
            self.after -= 1
            return False
        self.times -= 1
        return True


@dataclass
class Socket:
    """A websocket of the bot's; `deaf` is one whose other end is gone without notice.

    `going` was asked to go: Slack gives payloads to others, while there are any.
    """

    wire: web.WebSocketResponse
    deaf: bool = False
    going: bool = False
    envelopes: set[str] = field(default_factory=set)
    """What was sent by it so far."""


@dataclass
class Server:
    """Slack, as far as the bot can tell. `url` is where it is; payloads go by socket, or to `events_url`."""

    workspace: Workspace
    url: str = ""
    events_url: str = ""
    patience: float = 3.0
    """Seconds that Slack waits for the word that a payload arrived."""

    faults: list[Fault] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    sockets: list[Socket] = field(default_factory=list)
    tickets: set[str] = field(default_factory=set)
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    unhandled: list[tuple[Kind, dict[str, Any]]] = field(default_factory=list)
    every_event_twice: bool = False
    moved: dict[str, str] = field(default_factory=dict)
    """Files, by id, in whose place there is a redirect to this address."""

    signed_out: bool = False
    """Whether files show a page to sign in at, whatever the token."""

    claimed_sockets: int | None = None
    """What `hello` says of the number of sockets, where it is not the truth."""

    latency: float = 0.0
    """Seconds from a new message's coming in to its being there, and once more until that is announced."""

    unanswered: int = 0
    """Calls that it is taking its time for."""

    clock_off: timedelta = timedelta(0)
    """How far Slack's clock is from the bot's."""

    connected: asyncio.Event = field(default_factory=asyncio.Event)
    greeted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever one more socket is there."""

    turn: int = 0
    http: ClientSession | None = None

    # What the bot calls.

    async def call(self, request: web.Request) -> web.StreamResponse:
        """A method of the Web API."""
        method = request.match_info["method"]
        self.calls[method] += 1
        args = await _arguments(request)
        headers = {"Date": format_datetime(self.workspace.now() + self.clock_off, usegmt=True)}
        fault = self._fault(method, str(args.get("channel", "")))
        try:
            if fault and fault.error:
                raise _as_refused(fault)
            token = self._token(request, method, args)
            headers["X-OAuth-Scopes"] = ",".join(token.scopes)
            await self._takes_its_time(method)
            done = self._do(method, token, args)
            await self._takes_its_time(method)
        except Refused as no:
            body = {"ok": False, "error": no.error, **no.more}
            return web.json_response(body, status=no.status, headers=headers | no.headers)
        if fault and fault.lost:
            assert request.transport
            request.transport.abort()
        return web.json_response({"ok": True, **done}, headers=headers)

    async def _takes_its_time(self, method: str) -> None:
        if self.latency and method in {"chat.postMessage", "chat.update"}:
            self.unanswered += 1
            try:
                await asyncio.sleep(self.latency)
            finally:
                self.unanswered -= 1

    def _do(self, method: str, token: Token, args: Mapping[str, Any]) -> dict[str, Any]:
        if method == "apps.connections.open":
            if len(self.sockets) >= MOST_SOCKETS:
                raise Refused("too_many_websockets")
            ticket = self.workspace.next_id("ticket")
            self.tickets.add(ticket)
            return {"url": f"{self.url.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={token.app}"}
        if method not in METHODS:
            raise Refused("unknown_method", req_method=method)
        return METHODS[method](self.workspace, token, args)

    def _token(self, request: web.Request, method: str, args: Mapping[str, Any]) -> Token:
        if method == "oauth.v2.access":
            return Token("")
        given = request.headers.get("Authorization", "").removeprefix("Bearer ") or args.get("token", "")
        if not given:
            raise Refused("not_authed")
        token = self.workspace.tokens.get(given)
        if token is None:
            raise Refused("invalid_auth")
        if token.revoked:
            raise Refused(token.revoked)
        if (method == "apps.connections.open") == bool(token.team):
            raise Refused("not_allowed_token_type")
        needed = NEEDED.get(method, "")
        if needed and needed not in token.scopes:
            raise Refused("missing_scope", needed=needed, provided=",".join(token.scopes))
        return token

    def _fault(self, method: str, channel: str = "") -> Fault | None:
        for fault in self.faults:
            meant = fault.method in {"", method} and fault.channel in {"", channel} and fault.times > 0
            if meant and fault.comes():
                return fault
        return None

    async def answered(self, request: web.Request) -> web.Response:
        """What the bot sends to a response_url."""
        body = await request.json()
        answers = self.workspace.answers.get(request.match_info["id"])
        self.calls["response_url"] += 1
        fault = self._fault("response_url")
        if fault and fault.error:
            return web.json_response({"ok": False, "error": fault.error}, status=500)
        if answers is None or self.workspace.now() > answers.until:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        answers.uses += 1
        if answers.uses > 5:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        try:
            self.say(answers.channel, answers.user, answers.ts, body)
        except Refused as no:
            return web.json_response({"ok": False, "error": no.error}, status=no.status)
        if fault and fault.lost:
            assert request.transport
            request.transport.abort()
        return web.json_response({"ok": True})

    def say(self, channel: str, user: str, ts: str, body: Mapping[str, Any]) -> None:
        """Carry out an answer to an interaction: for one pair of eyes unless it says otherwise."""
        workspace = self.workspace
        message = workspace.find(channel, ts) if ts else None
        if body.get("delete_original"):
            if message:
                workspace.messages.remove(message)
            return
        text, blocks = body.get("text") or "", list(body.get("blocks") or ())
        checked_message(workspace, text, blocks)
        blocks = [{"block_id": workspace.next_id("b"), **block} for block in blocks]
        if body.get("replace_original") and message:
            message.text, message.blocks = text, blocks
            return
        private = "" if body.get("response_type") == "in_channel" else user
        workspace.post(Posted(channel, workspace.next_ts(), BOT, text, blocks, private))

    async def upload(self, request: web.Request) -> web.Response:
        """The bytes of a file that the bot sends, raw or as a form."""
        id_ = request.match_info["id"]
        data = await request.read()
        if request.content_type == "multipart/form-data":
            data = next(
                v.file.read() for v in (await request.post()).values() if isinstance(v, web.FileField)
            )
        if len(data) != self.workspace.files[id_]["size"]:
            return web.Response(status=400)
        self.workspace.contents[id_] = data
        return web.Response(text=f"OK - {len(data)}")

    async def download(self, request: web.Request) -> web.Response:
        """A file's bytes, for requests with a token; for others the page to sign in at, as Slack does."""
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = self.workspace.tokens.get(given)
        if self.signed_out or token is None or token.revoked or "files:read" not in token.scopes:
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        if to := self.moved.get(request.match_info["id"].partition("-")[2]):
            return web.Response(status=302, headers={"Location": to})
        data = self.workspace.contents.get(request.match_info["id"].partition("-")[2])
        return web.Response(status=404) if data is None else web.Response(body=data)

    async def link(self, request: web.Request) -> web.StreamResponse:
        """One socket of the bot's, until it closes."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=404)
        self.tickets.discard(ticket)
        wire = web.WebSocketResponse()
        await wire.prepare(request)
        socket = Socket(wire)
        self.sockets.append(socket)
        number = len(self.sockets) if self.claimed_sockets is None else self.claimed_sockets
        await wire.send_json(
            {
                "type": "hello",
                "num_connections": number,
                "debug_info": {"host": "applink-1", "approximate_connection_time": 18060},
                "connection_info": {"app_id": request.query.get("app_id", "")},
            }
        )
        self.connected.set()
        self.greeted.set()
        try:
            async for said in wire:
                if said.type is WSMsgType.TEXT and not socket.deaf and said.data.startswith("{"):
                    self._acknowledged(json.loads(said.data))
        finally:
            self.sockets.remove(socket)
            self._lost(socket)
            if not self.sockets:
                self.connected.clear()
        return wire

    def _lost(self, socket: Socket) -> None:
        """End the waits for a word about what was sent by a socket that is closed."""
        for id_ in socket.envelopes:
            future = self.waiting.pop(id_, None)
            if future and not future.done():
                future.set_exception(ConnectionError("the socket was closed"))

    def _acknowledged(self, said: dict[str, Any]) -> None:
        future = self.waiting.pop(said.get("envelope_id", ""), None)
        if future and not future.done():
            future.set_result(said.get("payload"))

    async def disconnects(self, reason: str, *, close: bool = True) -> None:
        """Tell the bot's oldest socket to go ("warning", "refresh_requested", "link_disabled" …)."""
        socket = self.sockets[0]
        socket.going = True
        info = {"host": "applink-1"}
        await socket.wire.send_json({"type": "disconnect", "reason": reason, "debug_info": info})
        if close:
            await socket.wire.close()

    # What Slack tells the bot.

    async def deliver(self, kind: Kind, payload: dict[str, Any], **retry: Any) -> Any:  # noqa: ANN401 - JSON
        """Hand a payload over and return the bot's answer.

        What is not acknowledged in time raises TimeoutError; it is kept, since Slack tries events again.
        """
        try:
            send = self._by_request if self.events_url else self._by_socket
            answer = await send(kind, payload, retry)
        except (TimeoutError, ClientError, ConnectionError):
            self.unhandled.append((kind, payload))
            raise TimeoutError(f"the bot did not take {kind}") from None
        if self.every_event_twice and not retry:
            await self.deliver(kind, payload, attempt=1, reason="timeout")
        return answer

    async def again(self) -> None:
        """Hand over once more what was not taken, if it is of the kind that Slack tries again."""
        waiting, self.unhandled = self.unhandled, []
        for kind, payload in waiting:
            if kind == "events_api":
                await self.deliver(kind, payload, attempt=1, reason="timeout")

    async def _by_socket(self, kind: Kind, payload: dict[str, Any], retry: dict[str, Any]) -> Any:  # noqa: ANN401
        async with asyncio.timeout(self.patience):
            await self.connected.wait()
            # Every payload goes to any one of the sockets.
            self.turn += 1
            staying = [each for each in self.sockets if not each.going] or self.sockets
            socket = staying[self.turn % len(staying)]
            id_ = self.workspace.next_id("envelope")
            self.waiting[id_] = asyncio.get_running_loop().create_future()
            envelope: dict[str, Any] = {"envelope_id": id_, "type": kind, "payload": payload}
            envelope["accepts_response_payload"] = kind != "events_api"
            if kind == "events_api":
                envelope |= {
                    "retry_attempt": retry.get("attempt", 0),
                    "retry_reason": retry.get("reason", ""),
                }
            socket.envelopes.add(id_)
            if not socket.deaf:
                await socket.wire.send_json(envelope)
            return await self.waiting[id_]

    async def _by_request(self, kind: Kind, payload: dict[str, Any], retry: dict[str, Any]) -> Any:  # noqa: ANN401
        if kind == "events_api":
            body, form = json.dumps(payload), "application/json"
        else:
            fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, form = urlencode(fields), "application/x-www-form-urlencoded"
        headers = self.signed(body) | {"Content-Type": form}
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry["attempt"]), "X-Slack-Retry-Reason": "http_error"}
        status, said = await self.request(body, headers)
        if status != 200:
            raise TimeoutError(f"the bot answered {status}")
        return json.loads(said) if said[:1] in {"{", "["} else ({"text": said} if said else None)

    def signed(
        self, body: str, *, at: datetime | None = None, secret: str = SIGNING_SECRET
    ) -> dict[str, str]:
        """The headers by which a request is known to be Slack's; the library asks the machine's clock."""
        timestamp = str(int((at or WallClock().now()).timestamp()))
        signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature or ""}

    async def request(self, body: str, headers: Mapping[str, str]) -> tuple[int, str]:
        """Send the bot a request; its status and what it said."""
        assert self.http
        wait = ClientTimeout(total=self.patience)
        async with self.http.post(self.events_url, data=body.encode(), headers=headers, timeout=wait) as got:
            return got.status, await got.text()


def _as_refused(fault: Fault) -> Refused:
    if fault.error == "ratelimited":
        return Refused("ratelimited", 429, {"Retry-After": str(fault.retry_after)})
    return Refused(fault.error, 500 if fault.error == "fatal_error" else 200)


async def _arguments(request: web.Request) -> dict[str, Any]:
    """A call's arguments: of the address, and of the form or JSON in the body."""
    args: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        args |= await request.json()
    elif request.method == "POST":
        args |= {name: str(value) for name, value in (await request.post()).items()}
    return args


@asynccontextmanager
async def serve(now: Callable[[], datetime]) -> AsyncIterator[Server]:
    """A workspace with the bot's tokens in it, served until the end of the block."""
    workspace = Workspace(now)
    workspace.tokens[BOT_TOKEN] = Token("T0RIVER")
    workspace.tokens[APP_TOKEN] = Token("", ("connections:write",))
    server = Server(workspace)
    app = web.Application()
    app.add_routes(
        [
            web.route("*", "/api/{method}", server.call),
            web.post("/response/{id}", server.answered),
            web.post("/upload/{id}", server.upload),
            web.get("/files-pri/{id}/{name}", server.download),
            web.get("/link", server.link),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    workspace.address = server.url
    async with ClientSession() as server.http:
        try:
            yield server
        finally:
            for socket in tuple(server.sockets):
                await socket.wire.close()
            await runner.cleanup()

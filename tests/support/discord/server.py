"""A Discord of our own, over real sockets: REST and gateway on one port of this machine."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from tests.support.discord import rest
from tests.support.discord.backend import Backend, Handler, Request
from tests.support.discord.errors import Refused
from tests.support.discord.openapi import refusals

__all__ = ["TOKEN", "FakeDiscord", "Fault", "discord_running"]

TOKEN = "OTAwMDAwMDAwMDAwMDAwMDAx.fake.token"
"""The bot's token; any other is refused."""


@dataclass
class Fault:
    """What happens to the next `times` requests whose "METHOD path" fits `pattern`, `after` so many of them.

    Without a `status` the request is carried out and its answer lost; with one it is answered so,
    untouched. `headers` come beside it.
    """

    pattern: str
    status: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    after: int = 0


class FakeDiscord(Backend):
    """What answers over the wire, and what was asked of it.

    `refused` are the bodies that real Discord would not have taken, with the reasons: they are answered
    with an error, and a test that means no harm finds it empty in the end.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now, TOKEN)
        self.requests: list[Request] = []
        self.refused: list[str] = []
        self.faults: list[Fault] = []
        self.moved: dict[str, str] = {}
        """Files, by id, in whose place there is a redirect to this address."""
        self.latency = 0.0
        """Seconds from a new message's coming in to its being there, and once more until it is announced."""
        self.unanswered = 0
        """Requests that it is taking its time for."""

    @property
    def api(self) -> str:
        """What `api_base_url` is set to."""
        return f"{self.url}/api/v10"

    def application(self) -> web.Application:
        """REST below `/api/v10`, the gateway at `/`, files at `/files`."""
        app = web.Application(client_max_size=30 << 20)
        app.router.add_get("/", self.gateway.connect)
        app.router.add_get("/files/{id}/{name}", self._file)
        app.router.add_route("*", "/api/{version:v\\d+}/{rest:.*}", self._serve)
        return app

    async def _file(self, request: web.Request) -> web.Response:
        if to := self.moved.get(request.match_info["id"]):
            return web.Response(status=302, headers={"Location": to})
        kept = self.world.files.get(request.match_info["id"])
        return web.Response(body=kept) if kept is not None else web.Response(status=404)

    async def _serve(self, http: web.Request) -> web.StreamResponse:
        answer = await self._answered(http)
        # The date is that of this Discord's clock, by which a bot judges its own.
        answer.headers["Date"] = format_datetime(self.world.now(), usegmt=True)
        return answer

    async def _answered(self, http: web.Request) -> web.Response:
        request, handler = await self._read(http)
        self.requests.append(request)
        fault = self._fault(request)
        if fault and fault.status:
            return _answer(fault.status, fault.body, fault.headers)
        try:
            if not request.path.startswith(("/interactions/", "/webhooks/")):
                self._authorise(http)
            await self._takes_its_time(request)
            answer = await self._carry_out(request, handler)
            await self._takes_its_time(request)
        except Refused as refused:
            return _answer(refused.status, refused.body)
        if fault:
            assert http.transport
            http.transport.close()
        return _answer(204 if answer is None else 200, answer)

    async def _takes_its_time(self, request: Request) -> None:
        posts = request.method == "POST" and request.path.endswith("/messages")
        if self.latency and (posts or request.method == "PATCH"):
            self.unanswered += 1
            try:
                await asyncio.sleep(self.latency)
            finally:
                self.unanswered -= 1

    async def _carry_out(self, request: Request, handler: Handler | None) -> Any:  # noqa: ANN401 - JSON
        if handler is None:
            raise Refused(404, 0, "404: Not Found")
        reasons = refusals(request.method, request.path, request.body)
        if reasons:
            shown = json.dumps(request.body)
            self.refused.append(f"{request.method} {request.path}: {'; '.join(reasons)} in {shown[:2000]}")
            raise Refused(400, 50035, "Invalid Form Body", errors={"_errors": reasons})
        return await handler(self, request)

    def _authorise(self, http: web.Request) -> None:
        if http.headers.get("Authorization") != f"Bot {TOKEN}":
            raise Refused(401, 0, "401: Unauthorized")

    def _fault(self, request: Request) -> Fault | None:
        for fault in self.faults:
            if re.search(fault.pattern, f"{request.method} {request.path}"):
                if fault.after:
                    fault.after -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    async def _read(self, http: web.Request) -> tuple[Request, Handler | None]:
        body: Any = None
        uploads: dict[str, tuple[str, bytes]] = {}
        if http.content_type == "multipart/form-data":
            for name, part in (await http.post()).items():
                if name == "payload_json":
                    raw = part if isinstance(part, str) else part.file.read().decode()  # type: ignore[union-attr] # a field is text or a file
                    body = json.loads(raw)
                elif isinstance(part, web.FileField):
                    uploads[name] = (part.filename, part.file.read())
        elif text := await http.text():
            body = json.loads(text)
        path = "/" + http.match_info["rest"]
        handler, names = _route(http.method, path)
        return Request(http.method, path, names, dict(http.query), body, uploads), handler


@asynccontextmanager
async def discord_running(now: Callable[[], datetime]) -> AsyncIterator[FakeDiscord]:
    """A Discord that listens until the block ends."""
    fake = FakeDiscord(now)
    runner = web.AppRunner(fake.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    fake.url = f"http://{host}:{port}"
    fake.gateway.url = f"ws://{host}:{port}"
    try:
        yield fake
    finally:
        await fake.gateway.close()
        await runner.cleanup()


def _route(method: str, path: str) -> tuple[Handler | None, dict[str, str]]:
    for known, template, handler in rest.ROUTES:
        found = re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), path)
        if known == method and found:
            return handler, found.groupdict()
    return None, {}


def _answer(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:  # noqa: ANN401 - JSON
    limits = {
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "999",
        "X-RateLimit-Reset-After": "0.001",
        "X-RateLimit-Bucket": "all",
    }
    if status == 204:
        return web.Response(status=204, headers=limits)
    text = json.dumps(body).encode()
    return web.Response(
        status=status, body=text, content_type="application/json", headers={**limits, **(headers or {})}
    )

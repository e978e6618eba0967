"""A small HTTP server: `/healthz`, `/readyz`, `/metrics`, and the routes that other adapters pass to it.

This module knows no platform: `adapters/cli` passes Slack's routes as data. Whatever the route, a body has a
size and a time in which it arrives, and an answer tells browsers to guess, keep, embed and pass on nothing.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.chat.findings import Finding, finding_text

__all__ = ["CannotListen", "Health", "Route", "serve"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Route = tuple[str, str, Handler]
"""A method, a path and its handler."""

_CHECK_SECONDS: Final = 5.0
"""Seconds after which a check that has not ended counts as failed."""

_MOST_BYTES: Final = 1_000_000
"""The size of a body; Slack's own payloads have some hundred thousand bytes at most."""

_BODY_SECONDS: Final = 5.0
"""Seconds in which a body arrives: a sender that takes longer keeps a connection."""

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer says to browsers, unless its handler says otherwise."""

_SHUTDOWN_SECONDS: Final = 1.0
"""Seconds that requests under way get to end when the server stops."""


class CannotListen(Exception):
    """The server cannot listen at the address; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Health:
    """The functions that report the bot's health.

    Attributes:
        findings: gives what is not as it should be; each problem is a reason not to send work here.
        metrics: gives the page for Prometheus, in its text format.
    """

    findings: Callable[[], Awaitable[Sequence[Finding]]]
    metrics: Callable[[], Awaitable[bytes]]


@asynccontextmanager
async def serve(host: str, port: int, routes: Sequence[Route], health: Health) -> AsyncIterator[str]:
    """Listen until the block ends; yield the address, with the assigned port for port 0.

    Requests are not logged: addresses can hold codes.

    Raises:
        CannotListen: another program listens there, or this machine has no such address.
    """
    application = web.Application(middlewares=[_whole_body], client_max_size=_MOST_BYTES)
    application.on_response_prepare.append(_say_to_browsers)
    for method, path, handler in (*_health_routes(health), *routes):
        application.router.add_route(method, path, handler)
    runner = web.AppRunner(
        application, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS, handle_signals=False
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            nowhere = isinstance(error, socket.gaierror)
            why = "this machine has no such address" if nowhere else os.strerror(error.errno or 0).lower()
            why = "another program has it" if taken else why
            raise CannotListen(why) from None
        address = runner.addresses[0]
        yield f"http://{host}:{address[1]}"
    finally:
        await runner.cleanup()


@web.middleware
async def _whole_body(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Read the body before the handler runs: 413 where it is too large, 408 where it is too slow."""
    if request.body_exists:
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                await request.read()
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
    return await handler(request)


async def _say_to_browsers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "Stint"  # without the versions of the libraries


def _health_routes(health: Health) -> list[Route]:
    async def alive(_: web.Request) -> web.Response:
        """Answer: the event loop does, so it is not stuck."""
        return web.Response(text="ok\n")

    async def ready(_: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                found = await health.findings()
        except TimeoutError:
            found = [Finding("bot.slow", "problem", "The checks take too long.")]
        problems = [each for each in found if each.level == "problem"]
        warnings = [f"warning: {finding_text(each)}" for each in found if each.level == "warning"]
        lines = [*map(finding_text, problems), *warnings]
        if not problems:
            lines.insert(0, "ready")
        return web.Response(text="\n".join(lines) + "\n", status=503 if problems else 200)

    async def metrics(_: web.Request) -> web.Response:
        page = await health.metrics()
        return web.Response(body=page, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    return [("GET", "/healthz", alive), ("GET", "/readyz", ready), ("GET", "/metrics", metrics)]

"""The peer of Slack's acknowledgement: a slack-bolt AsyncApp that checks the signature and acknowledges.

It runs as a separate process, which loads nothing of Stint.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

__all__ = ["PATH", "SECRET", "TOKEN", "listening", "served"]

SECRET: Final = "signing-secret"  # noqa: S105 - of no app
TOKEN: Final = "xoxb-bench"  # noqa: S105 - of no app
PATH: Final = "/slack/events"
_HOST: Final = "127.0.0.1"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def listening(routes: Sequence[tuple[str, str, Handler]]) -> None:
    """Serve these routes until killed, and print where."""
    print(await served(routes), flush=True)
    await asyncio.Event().wait()


async def served(routes: Sequence[tuple[str, str, Handler]]) -> str:
    """Begin to serve these routes; return their address."""
    application = web.Application()
    for method, path, handler in routes:
        application.router.add_route(method, path, handler)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, _HOST, 0).start()
    return f"http://{_HOST}:{runner.addresses[0][1]}"


def _bare() -> Handler:
    """Return slack-bolt as its own guide shows it, answering every command with an acknowledgement alone."""

    async def authorize() -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token=TOKEN, bot_user_id="U0")

    app = AsyncApp(signing_secret=SECRET, authorize=authorize)

    @app.command("/applications")
    async def acknowledge(ack: Any) -> None:  # noqa: ANN401 - bolt's
        await ack()

    async def handle(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return handle


if __name__ == "__main__":
    asyncio.run(listening([("POST", PATH, _bare())]))

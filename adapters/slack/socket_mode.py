"""Socket Mode: several connections at once, watched, so that a gap in one loses nothing.

Slack closes each every few hours, and clicks that fall into a gap do not come again
(docs.slack.dev/apis/events-api/using-socket-mode; github.com/slackapi/python-slack-sdk/issues/1940).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from adapters.slack.logs import quiet
from adapters.slack.options import SlackOptions
from adapters.slack.web_api import Workspaces
from bot.chat.adapter import Refusal

__all__ = ["REFUSED_APP", "Sockets"]

_STAGGERED: Final = 0.5
"""Seconds between the starts of two connections, so that they do not end together."""

_SILENT: Final = 1800.0
"""Seconds without a greeting or an envelope after which a connection is replaced.

The library notices a dead line by its pings; it does not notice a line that answers pings and gets no
payload. In a quiet workspace a new connection costs nothing.
"""

_UNGREETED: Final = 30.0
_FINAL_ERRORS: Final = frozenset(
    "invalid_auth not_authed not_allowed_token_type token_revoked account_inactive forbidden_team".split()
)
REFUSED_APP: Final = (
    "Slack does not take the app-level token. Make one with the scope connections:write on the app's page "
    "Basic Information, and put it into STINT_SLACK__APP_TOKEN, or into the file that app_token_file names."
)
_AFTER_FAILURE: Final = (1.0, 5.0, 15.0, 30.0)

Take = Callable[[SocketModeRequest], Awaitable[BoltResponse]]

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Heard:
    """The news of a connection: `news` is set by every message; `connections` is how many Slack counts."""

    news: asyncio.Event
    connections: int = 0
    ready: bool = False


class Sockets:
    """The connections of one app."""

    def __init__(self, options: SlackOptions, spaces: Workspaces, take: Take) -> None:
        """Take `take`, which answers an envelope."""
        self._options = options
        self._spaces = spaces
        self._take = take
        self._open: dict[int, tuple[SocketModeClient, _Heard]] = {}

    @property
    def connected(self) -> int:
        """The number of connections that Slack has greeted and that are still open."""
        return sum(heard.ready and _is_open(client) for client, heard in self._open.values())

    @property
    def counted(self) -> int:
        """The number of connections of this app by Slack's count, others' included; 0 before any greeting."""
        return max((heard.connections for _, heard in self._open.values()), default=0)

    async def run(self) -> None:
        """Keep the connections until cancelled.

        Raises:
            Refusal: Slack does not take the app-level token.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for number in range(self._options.sockets):
                    group.create_task(self._keep(number))
        except ExceptionGroup as refused:
            raise refused.exceptions[0] from None

    async def _keep(self, number: int) -> None:
        await asyncio.sleep(number * _STAGGERED)
        failures = 0
        while True:
            try:
                await self._connect(number)
                failures = 0
                await self._watch(number)
            except asyncio.CancelledError:
                raise
            except SlackApiError as error:
                if (code := str(error.response.get("error"))) in _FINAL_ERRORS:
                    raise Refusal(code, REFUSED_APP, lost="space") from None
                await self._pause(number, failures, code)
                failures += 1
            except Exception as error:  # noqa: BLE001 - a connection that fails is made again
                await self._pause(number, failures, type(error).__name__)
                failures += 1
            finally:
                await self._end(number)

    async def _pause(self, number: int, failures: int, why: str) -> None:
        wait = _AFTER_FAILURE[min(failures, len(_AFTER_FAILURE) - 1)]
        log.warning("slack.socket_failed", socket=number, error=why, wait=wait)
        await asyncio.sleep(wait)

    async def _connect(self, number: int) -> None:
        client = SocketModeClient(
            app_token=self._options.app_token,
            web_client=self._spaces.client(self._options.app_token),
            logger=quiet,
        )
        heard = _Heard(asyncio.Event())
        self._open[number] = (client, heard)
        client.on_message_listeners.append(_listening(heard))
        client.socket_mode_request_listeners.append(self._request)
        # Left to itself, the library tries for ever and does not report Slack's answer.
        async with asyncio.timeout(_UNGREETED):
            client.wss_uri = await client.issue_new_wss_url()
            await client.connect()  # type: ignore[no-untyped-call]  # the library's own

    async def _watch(self, number: int) -> None:
        """Return once the connection has been silent for too long."""
        _, heard = self._open[number]
        with suppress(TimeoutError):
            while True:
                # Each has a different limit, so that a quiet workspace does not lose all of them at once.
                silent = _SILENT + number * _UNGREETED
                async with asyncio.timeout(silent if heard.ready else _UNGREETED):
                    await heard.news.wait()
                heard.news.clear()
        log.warning("slack.socket_silent", socket=number)

    async def _request(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Handle an envelope, and acknowledge it unless it is to come again."""
        answered = await self._take(request)
        if answered.status != 200:  # noqa: PLR2004 - good
            return
        payload: Any = json.loads(answered.body) if answered.body else None
        await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))

    async def _end(self, number: int) -> None:
        found = self._open.pop(number, None)
        if found is not None:
            with suppress(Exception):  # the connection is being discarded
                await found[0].close()  # type: ignore[no-untyped-call]  # as above

    async def close(self) -> None:
        """Close every connection, so that Slack no longer counts it."""
        for number in list(self._open):
            await self._end(number)


def _is_open(client: SocketModeClient) -> bool:
    return client.current_session is not None and not client.current_session.closed


def _listening(heard: _Heard) -> Any:  # noqa: ANN401 - a listener of the library's
    async def listen(message: Any) -> None:  # noqa: ANN401 - an aiohttp WSMessage
        heard.news.set()
        with suppress(ValueError, TypeError, AttributeError):
            said = json.loads(message.data)
            if said.get("type") == "hello":
                heard.ready = True
                heard.connections = int(said.get("num_connections") or 0)

    return listen

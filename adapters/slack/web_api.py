"""The calls of Slack: a client for each workspace, its errors as those of the port, its rate limited."""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.installations import Installations
from bot.chat.adapter import DeliveryUnknown, Lost, Refusal, Retry, seconds_asked
from bot.chat.values import replace

__all__ = ["TIER_3", "TIER_4", "Pace", "Workspace", "Workspaces", "call", "read", "seconds_of"]

_CALL_SECONDS: Final = 20
"""Seconds that a call may take; after that its result is unknown."""

_DESTINATION: Final = frozenset(
    "channel_not_found is_archived not_in_channel restricted_action restricted_action_read_only_channel "
    "cannot_dm_bot user_disabled user_not_found user_not_visible messages_tab_disabled "
    "restricted_action_non_threadable_channel".split()
)
_SPACE: Final = frozenset(
    "invalid_auth not_authed account_inactive token_revoked token_expired org_login_required "
    "team_access_not_granted".split()
)
_MESSAGE: Final = frozenset(
    "missing_scope msg_too_long invalid_blocks invalid_blocks_format msg_blocks_too_long no_text "
    "cant_update_message edit_window_closed invalid_arguments invalid_attachments "
    "metadata_too_large view_too_large hash_conflict expired_trigger_id exchanged_trigger_id "
    "invalid_trigger_id unknown_method file_not_found file_deleted".split()
)
_TARGET: Final = frozenset({"message_not_found"})
_ENDS: Final[Mapping[Lost, frozenset[str]]] = {
    "destination": _DESTINATION,
    "space": _SPACE,
    "message": _MESSAGE,
    "target": _TARGET,
}
_TRANSIENT: Final = frozenset("ratelimited rate_limited service_unavailable request_timeout".split())
_WAIT: Final = 30.0
"""Seconds to wait where Slack does not say how long."""


def _lost(code: str) -> Lost | None:
    return next((lost for lost, codes in _ENDS.items() if code in codes), None)


async def call(client: AsyncWebClient, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - Slack's arguments
    """Call a method that changes something, with JSON.

    Raises:
        Retry: it was refused for now. Refusal: for good. Unsure: unknown (a lost answer, an error that may
    have come after the work was done; docs.slack.dev/reference/methods/chat.postMessage).
    """
    try:
        async with asyncio.timeout(_CALL_SECONDS):
            answer = await client.api_call(method, json=arguments)
    except SlackApiError as error:
        raise _sorted(error) from None
    except aiohttp.ClientConnectorError:
        raise Retry(_WAIT, "Slack cannot be reached") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise DeliveryUnknown(type(error).__name__) from None
    return _data(answer)


async def read(client: AsyncWebClient, method: str, **arguments: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as call
    """Call a method that changes nothing; where it would be unsure it can be called again.

    Raises:
        Retry, Refusal: as call.
    """
    try:
        async with asyncio.timeout(_CALL_SECONDS):
            answer = await client.api_call(method, http_verb="GET", params=arguments)
    except SlackApiError as error:
        found = _sorted(error)
        raise Retry(_WAIT, str(found)) if isinstance(found, DeliveryUnknown) else found from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Retry(_WAIT, type(error).__name__) from None
    return _data(answer)


def _data(answer: Any) -> Mapping[str, Any]:  # noqa: ANN401 - an AsyncSlackResponse
    data: Mapping[str, Any] = answer.data if isinstance(answer.data, dict) else {}
    return {**data, "headers": dict(answer.headers or {})}


def _sorted(error: SlackApiError) -> Retry | Refusal | DeliveryUnknown:
    response: Any = error.response
    data = response.data if isinstance(getattr(response, "data", None), dict) else {}
    code = str(data.get("error", ""))
    status = int(getattr(response, "status_code", 0) or 0)
    if status == 429 or code in _TRANSIENT:  # noqa: PLR2004 - Too Many Requests
        return Retry(seconds_of(getattr(response, "headers", {}) or {}), code or "ratelimited")
    lost = _lost(code)
    return Refusal(code, lost=lost) if lost else DeliveryUnknown(code or f"HTTP {status}")


def seconds_of(headers: Mapping[str, str]) -> float:
    """Return how long Slack asks to wait (`Retry-After`), in seconds."""
    said = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return seconds_asked(said, _WAIT)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace as the bot knows it: its client, who the bot is there, and its address.

    `enterprise`: the id of its organisation; "" where it is part of none.
    """

    client: AsyncWebClient
    bot_user: str
    app_id: str
    name: str
    url: str
    bot_name: str = "stint"
    enterprise: str = ""


class Workspaces:
    """The clients by workspace, created when they are first needed."""

    def __init__(self, installations: Installations, api_base_url: str) -> None:
        self.installations = installations
        self._api = api_base_url
        self._known: dict[str, Workspace] = {}
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        """Open a single warm session for all calls."""
        self._session = self._session or aiohttp.ClientSession()

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def client(self, token: str) -> AsyncWebClient:
        """Return a client that repeats nothing by itself: a repeated send may be a second message."""
        return AsyncWebClient(
            token=token, base_url=self._api, session=self._session, retry_handlers=[], timeout=_CALL_SECONDS
        )

    async def find(self, team: str, enterprise: str = "") -> Workspace:
        """Return the workspace, with its present token: the app may have been installed again, or elsewhere.

        Raises:
            Refusal: the bot is not installed there (any more), or its token is no longer good.
            Retry: Slack cannot be asked now.
        """
        installation = await self.installations.find(enterprise, team)
        if installation is None:
            self.forget(team)
            raise Refusal("not_installed", lost="space")
        known = self._known.get(team)
        if known is not None and known.client.token == installation.token:
            return known
        client = self.client(installation.token)
        who = await read(client, "auth.test")
        its_team = str(who.get("team_id") or "")
        if team and its_team not in {"", team} and not who.get("is_enterprise_install"):
            raise Refusal("not_installed", lost="space")  # the token of a workspace is no other workspace's
        if team and not installation.team_id:
            # What is sent names the workspace alone, so its organisation's token is kept for it too.
            name = str(who.get("team", ""))
            await self.installations.save(replace(installation, team_id=team, name=name))
        found = Workspace(
            client,
            str(who.get("user_id", "")),
            installation.app_id,
            str(who.get("team", "")),
            str(who.get("url", "")),
            str(who.get("user") or "stint"),
            str(who.get("enterprise_id") or installation.enterprise_id),
        )
        self._known[team] = found
        return found

    async def is_taken(self, team: str, enterprise: str = "") -> bool:
        """Return whether Slack accepts the stored token of this workspace now.

        An event of an earlier installation may come after a later one, or after nothing at all.

        Raises:
            Retry: Slack cannot be asked now.
        """
        installation = await self.installations.find(enterprise, team)
        if installation is None:
            return False
        try:
            await read(self.client(installation.token), "auth.test")
        except Refusal:
            return False
        return True

    def forget(self, team: str) -> None:
        """Forget the token of this workspace: it is no longer good, or was replaced."""
        self._known.pop(team, None)


TIER_3: Final = (1.2, 10)
TIER_4: Final = (0.6, 20)
"""Seconds from a call of a method to the next in a workspace, and how many may come at once: Slack's tiers
take 50 and 100 a minute (docs.slack.dev/apis/web-api/rate-limits)."""


class Pace:
    """The rate of a channel's messages, and of a workspace's calls: in sequence, with short bursts.

    docs.slack.dev/apis/web-api/rate-limits: "Posting messages: 1 per second. Short bursts >1 allowed." An
    answer and the next question come together in a direct message, so five may come at once; a channel that
    has used them up gets one a second, and all five back only after five quiet seconds.
    """

    _KEPT: Final = 10_000
    _EARLY: Final = 0.001  # seconds; a caller that waited for the stated time may be this much early

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Take `monotonic`, seconds that never go back: a clock that is set back silences no channel."""
        self._monotonic = monotonic
        self._free_at: OrderedDict[str, float] = OrderedDict()

    def take(self, name: str, each: float = 1.0, at_once: int = 5) -> None:
        """Count a message in the channel of this name, or a call; `each` is in seconds.

        Raises:
            Retry: the next message is taken only later.
        """
        now = self._monotonic()
        free_at = max(self._free_at.get(name, -math.inf), now - each * (at_once - 1))
        if free_at - now > self._EARLY:
            raise Retry(free_at - now, "Slack's pace")
        self._free_at[name] = free_at + each
        self._free_at.move_to_end(name)
        while len(self._free_at) > self._KEPT:
            self._free_at.popitem(last=False)

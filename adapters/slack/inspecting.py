"""Looking at the connection to Slack and at its channels: what is wrong, and what to do about it."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from adapters.slack.calls import call, read
from adapters.slack.installations import Installation
from adapters.slack.manifest import SCOPES
from bot.chat.adapter import Refusal, Retry, Unsure
from bot.chat.events import Place
from bot.chat.findings import Finding

if TYPE_CHECKING:
    from adapters.slack.adapter import SlackAdapter

__all__ = ["inspect_connection", "inspect_place"]

_OFF: Final = 300
"""Seconds that the clock may be off; a signature older than that is refused."""

_MOST_SOCKETS: Final = 10
"""Connections of an app at once (docs.slack.dev/apis/events-api/using-socket-mode)."""
_TOKENS: Final = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked"})


async def inspect_connection(adapter: SlackAdapter, team: str = "") -> Sequence[Finding]:
    """Token, app, scopes, clock and sockets; of the installations only that of `team` where one is named."""
    asked = await _installations(adapter, team)
    found = [each for several in await gather(*(_workspace(adapter, i) for i in asked)) for each in several]
    return [*found, *await _app_token(adapter), *_sockets(adapter)]


async def _installations(adapter: SlackAdapter, team: str) -> Sequence[Installation]:
    if not team and adapter.doorway.receive is not None:
        # Of many workspaces a bot that runs does not ask each one time and again: each tells when it is lost.
        one = await adapter.spaces.installations.find("", "")
        return [one] if one else []
    every = await adapter.spaces.installations.every()
    if not team:
        return every
    here = [each for each in every if each.team_id == team]
    return here or [each for each in every if not each.team_id and not each.enterprise_id]


async def _workspace(adapter: SlackAdapter, installation: Installation) -> list[Finding]:
    """Token, scopes, clock and app of one workspace."""
    if not installation.token:
        return [_sealed(installation)]
    try:
        who = await read(adapter.spaces.client(installation.token), "auth.test")
    except Refusal as refusal:
        return [_refused(refusal, installation)]
    except Retry:
        fix = "Check this machine's network, and api_base_url under [slack]."
        return [Finding("slack.unreachable", "problem", "Slack cannot be reached.", fix)]
    headers = who.get("headers") or {}
    found = [_here(who), *_scopes(headers, str(who.get("team_id") or "")), *_clock(headers, adapter)]
    return found + await _other_app(adapter, installation, who)


def _sealed(installation: Installation) -> Finding:
    return Finding(
        "slack.token_sealed",
        "problem",
        f"The token of {installation.name or installation.team_id} was sealed with a key that is not here.",
        "Put that key back (STINT_SECRET_KEY, older keys after the newest), or install the app there again.",
        installation.team_id,
    )


def _here(who: Mapping[str, Any]) -> Finding:
    name, team = str(who.get("team") or "?"), str(who.get("team_id") or "")
    return Finding(
        "slack.here", "ok", f"Slack: the workspace {name}, as @{who.get('user') or '?'}.", space=team
    )


def _refused(refusal: Refusal, installation: Installation) -> Finding:
    if installation.team_id:
        return Finding(
            "slack.token_wrong",
            "problem",
            f"Slack does not take the token of {installation.name or installation.team_id} ({refusal.code}).",
            "Install the app there again: the page slack/install below your address.",
            installation.team_id,
        )
    if refusal.code in _TOKENS:
        return Finding(
            "slack.token_wrong",
            "problem",
            f"Slack does not take the bot token ({refusal.code}).",
            "Install the app again if it was removed. Copy the Bot User OAuth Token (xoxb-…) from its page "
            "OAuth & Permissions into the file that bot_token_file names, where a running bot finds it; or "
            "into STINT_SLACK__BOT_TOKEN, and start the bot again.",
        )
    return Finding(
        "slack.refused",
        "problem",
        f"Slack refuses to say who the bot is ({refusal.code}).",
        "Install the app in the workspace again: its page Install App.",
    )


def _header(headers: Mapping[str, Any], name: str) -> str:
    return str(next((value for key, value in headers.items() if key.lower() == name), ""))


def _scopes(headers: Mapping[str, Any], team: str) -> list[Finding]:
    told = _header(headers, "x-oauth-scopes")
    if not told:
        return []
    granted = {scope.strip() for scope in told.split(",")}
    return [
        Finding(
            "slack.scope_missing",
            "problem",
            f"The app was not granted {scope}, {why}.",
            "Put `stint slack manifest` into the app's page App Manifest, then install the app again.",
            team,
        )
        for scope, why in SCOPES.items()
        if scope not in granted
    ]


def _clock(headers: Mapping[str, Any], adapter: SlackAdapter) -> list[Finding]:
    try:
        there = parsedate_to_datetime(_header(headers, "date"))
    except ValueError:
        return []
    off = (adapter.now() - there).total_seconds()
    if abs(off) <= _OFF:
        return []
    way = "ahead of" if off > 0 else "behind"
    return [
        Finding(
            "clock.off",
            "problem",
            f"This machine's clock is {abs(off) / 60:.0f} minutes {way} Slack's.",
            "Set it by NTP (`timedatectl set-ntp true`); until then Slack's requests count as too old.",
        )
    ]


def _named_app(adapter: SlackAdapter) -> tuple[str, str, str]:
    """The app that must be the bot's; what says so, and on which page that is found.

    An app-level token names its app (xapp-1-A…-…); over HTTP what comes in does, signed with its secret.
    """
    if adapter.options.mode == "http":
        return adapter.doorway.app_id, "what people do comes from", "Basic Information (the signing secret)"
    pieces = adapter.options.app_token.split("-")
    named = pieces[2] if len(pieces) > 2 else ""  # noqa: PLR2004 - xapp, version, app
    return named, "the app-level token is of", "Basic Information (xapp-…)"


async def _other_app(
    adapter: SlackAdapter, installation: Installation, who: Mapping[str, Any]
) -> list[Finding]:
    named, says, page = _named_app(adapter)
    if not named or not who.get("bot_id"):
        return []
    try:
        client = adapter.spaces.client(installation.token)
        bot = await read(client, "bots.info", bot=str(who["bot_id"]))
    except (Refusal, Retry):
        return []
    app = str((bot.get("bot") or {}).get("app_id") or "")
    if app in {"", named}:
        return []
    return [
        Finding(
            "slack.other_app",
            "problem",
            f"The bot's token is of the app {app}, and {says} the app {named}.",
            f"Take both from one app's pages: OAuth & Permissions (xoxb-…) and {page}.",
        )
    ]


async def _app_token(adapter: SlackAdapter) -> list[Finding]:
    """Whether sockets can be opened; asked only by who does not run, since whoever runs knows."""
    if adapter.options.mode != "socket" or adapter.doorway.receive is not None:
        return []
    try:
        await call(adapter.spaces.client(adapter.options.app_token), "apps.connections.open")
    except Refusal as refusal:
        return [
            Finding(
                "slack.app_token_wrong",
                "problem",
                f"Slack does not take the app-level token ({refusal.code}).",
                "Make one with the scope connections:write on the app's page Basic Information, turn Socket "
                "Mode on, and set STINT_SLACK__APP_TOKEN to it.",
            )
        ]
    except (Retry, Unsure):
        return []
    return []


def _sockets(adapter: SlackAdapter) -> list[Finding]:
    """Connections are there only in the bot that runs; `stint doctor` beside it has none of its own."""
    if adapter.options.mode != "socket" or adapter.doorway.receive is None:
        return []
    wanted, here, counted = adapter.options.sockets, adapter.sockets.connected, adapter.sockets.counted
    if not here:
        return [
            Finding(
                "slack.no_socket",
                "problem",
                "No connection to Slack is open, so nothing that people do arrives.",
                "Look at the app-level token (xapp-…, scope connections:write), and at Socket Mode in the "
                "app's settings.",
            )
        ]
    if not adapter.options.alone:
        return _at_the_most(adapter.options.sockets, counted)
    if counted > wanted:
        return [
            Finding(
                "slack.too_many_sockets",
                "warning",
                f"Slack counts {counted} connections of this app, and this process has {here}.",
                "Stop other processes with the same tokens; connections that died disappear in some minutes.",
            )
        ]
    return []


def _at_the_most(sockets: int, counted: int) -> list[Finding]:
    """Several processes on one database share the connections that Slack allows to an app."""
    if counted < _MOST_SOCKETS:
        return []
    return [
        Finding(
            "slack.too_many_sockets",
            "warning",
            f"Slack counts {counted} connections of this app, which is the most it allows.",
            f"Each process has {sockets}: run fewer processes, or set fewer `sockets` under [slack]. "
            "Connections that died disappear in some minutes.",
        )
    ]


async def inspect_place(adapter: SlackAdapter, place: Place) -> Sequence[Finding]:
    """Whether the bot can post in a channel."""
    bot_name = "stint"
    try:
        space = await adapter.spaces.find(place.space)
        bot_name = space.bot_name
        told = await read(space.client, "conversations.info", channel=place.id)
    except Refusal as refusal:
        return [_no_channel(place, refusal.code, bot_name)]
    except Retry as retry:
        what, fix = "Slack did not answer just now.", f"Try again in {retry.seconds:.0f} seconds."
        return [Finding("slack.unreachable", "problem", what, fix, place.space)]
    channel = told.get("channel") or {}
    name = str(channel.get("name") or place.id)
    if channel.get("is_archived"):
        return [
            Finding(
                "slack.channel_archived",
                "problem",
                f"#{name} is archived.",
                f"Unarchive #{name} in its settings, or choose another channel.",
                place.space,
            )
        ]
    if not channel.get("is_member"):
        return [
            Finding(
                "slack.not_in_channel",
                "problem",
                f"I am not in #{name}.",
                f"Type /invite @{space.bot_name} in #{name}.",
                place.space,
            )
        ]
    return []


def _no_channel(place: Place, code: str, bot_name: str) -> Finding:
    if code == "channel_not_found":
        return Finding(
            "slack.channel_not_found",
            "problem",
            "I cannot see that channel: it is private, or no longer there.",
            f"Type /invite @{bot_name} in it, or choose another channel.",
            place.space,
        )
    if code == "missing_scope":
        return Finding(
            "slack.scope_missing",
            "problem",
            "I may not look at channels.",
            "Put `stint slack manifest` into the app's page App Manifest, then install the app again.",
            place.space,
        )
    return Finding(
        "slack.refused", "problem", f"Slack refuses to show the channel ({code}).", "Run `stint doctor`."
    )

"""Checks of the connection to Slack and of its channels: what is wrong, and what to do about it."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final

from adapters.slack.installations import Installation
from adapters.slack.manifest import scopes_of
from adapters.slack.options import SlackOptions
from adapters.slack.state import SlackState
from adapters.slack.web_api import Workspaces, call, read
from bot.chat.adapter import DeliveryUnknown, Refusal, Retry
from bot.chat.events import Place
from bot.chat.findings import Finding
from bot.chat.sentences import say

__all__ = ["Running", "answers", "inspect_connection", "inspect_place"]

_OFF: Final = 300
"""Seconds that the clock may be off; a signature older than that is refused."""

_MOST_SOCKETS: Final = 10
"""Connections of an app at once (docs.slack.dev/apis/events-api/using-socket-mode)."""
_TOKENS: Final = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked"})


@dataclass(frozen=True, slots=True)
class Running:
    """The connections of the process that receives events; `stint doctor` beside it has none.

    Attributes:
        app_id: the app that the last payload came from, "" before there was one.
        connected: connections that are open here. `counted`: those that Slack counts of this app.
    """

    app_id: str
    connected: int
    counted: int


async def answers(spaces: Workspaces) -> bool:
    """Tell whether Slack answers, whatever it thinks of a token: one workspace is asked for all of them."""
    one = await spaces.installations.find("", "")
    token = one.token if one else next((each.token for each in await spaces.installations.every()), "")
    try:
        await read(spaces.client(token), "auth.test")
    except Refusal:
        return True
    except Retry:
        return False
    return True


async def inspect_connection(
    state: SlackState, team: str = "", running: Running | None = None
) -> Sequence[Finding]:
    """Check token, app, scopes, clock and sockets.

    Only the installation of `team` is checked where a team is named. `running` is None in a process that
    receives no events.
    """
    asked = await _installations(state, team, running)
    every = await gather(*(_workspace(state, each, running) for each in asked))
    found = [each for several in every for each in several]
    return [*found, *await _app_token(state, running), *_sockets(state.options, running)]


async def _installations(state: SlackState, team: str, running: Running | None) -> Sequence[Installation]:
    if not team and running is not None:
        # A running bot does not ask each of many workspaces again and again: each reports the loss of its
        # token.
        one = await state.spaces.installations.find("", "")
        return [one] if one else []
    every = await state.spaces.installations.every()
    if not team:
        return every
    here = [each for each in every if each.team_id == team]
    return here or [each for each in every if not each.team_id and not each.enterprise_id]


async def _workspace(state: SlackState, installation: Installation, running: Running | None) -> list[Finding]:
    """Check token, scopes, clock and app of one workspace."""
    if not installation.token:
        return [_sealed(installation)]
    try:
        who = await read(state.spaces.client(installation.token), "auth.test")
    except Refusal as refusal:
        return [_refused(refusal, installation)]
    except Retry:
        fix = "Check this machine's network, and api_base_url under [slack]."
        return [Finding("slack.unreachable", "problem", "Slack cannot be reached.", fix)]
    headers = who.get("headers") or {}
    found = [_here(who), *_scopes(state, headers, str(who.get("team_id") or "")), *_clock(headers, state)]
    return found + await _other_app(state, installation, who, running)


def _sealed(installation: Installation) -> Finding:
    return Finding(
        "slack.token_sealed",
        "problem",
        say(
            "The token of {workspace} was sealed with a key that is not here.",
            workspace=installation.name or installation.team_id,
        ),
        "Put that key back (STINT_SECRET_KEY, older keys after the newest), or install the app there again.",
        installation.team_id,
    )


def _here(who: Mapping[str, Any]) -> Finding:
    name, team = str(who.get("team") or "?"), str(who.get("team_id") or "")
    what = say(
        "Slack: the workspace {workspace}, as {bot}.", workspace=name, bot=f"@{who.get('user') or '?'}"
    )
    return Finding("slack.here", "ok", what, space=team)


def _refused(refusal: Refusal, installation: Installation) -> Finding:
    if installation.team_id:
        return Finding(
            "slack.token_wrong",
            "problem",
            say(
                "Slack does not take the token of {workspace} ({code}).",
                workspace=installation.name or installation.team_id,
                code=refusal.code,
            ),
            "Install the app there again: the page slack/install below your address.",
            installation.team_id,
        )
    if refusal.code in _TOKENS:
        return Finding(
            "slack.token_wrong",
            "problem",
            say("Slack does not take the bot token ({code}).", code=refusal.code),
            "Install the app again if it was removed. Copy the Bot User OAuth Token (xoxb-…) from its page "
            "OAuth & Permissions into the file that bot_token_file names, where a running bot finds it; or "
            "into STINT_SLACK__BOT_TOKEN, and start the bot again.",
        )
    return Finding(
        "slack.refused",
        "problem",
        say("Slack refuses to say who the bot is ({code}).", code=refusal.code),
        "Install the app in the workspace again: its page Install App.",
    )


def _header(headers: Mapping[str, Any], name: str) -> str:
    return str(next((value for key, value in headers.items() if key.lower() == name), ""))


def _scopes(state: SlackState, headers: Mapping[str, Any], team: str) -> list[Finding]:
    told = _header(headers, "x-oauth-scopes")
    if not told:
        return []
    granted = {scope.strip() for scope in told.split(",")}
    return [
        Finding(
            "slack.scope_missing",
            "problem",
            say("The app was not granted {scope}: {reason}.", scope=scope, reason=why),
            "Put `stint slack manifest` into the app's page App Manifest, then install the app again.",
            team,
        )
        for scope, why in scopes_of(channel_history=state.options.channel_history).items()
        if scope not in granted
    ]


def _clock(headers: Mapping[str, Any], state: SlackState) -> list[Finding]:
    try:
        there = parsedate_to_datetime(_header(headers, "date"))
    except ValueError:
        return []
    off = (state.now() - there).total_seconds()
    if abs(off) <= _OFF:
        return []
    minutes = round(abs(off) / 60)
    return [
        Finding(
            "clock.off",
            "problem",
            say(
                "This machine's clock is {count} minute ahead of Slack's.",
                "This machine's clock is {count} minutes ahead of Slack's.",
                count=minutes,
            )
            if off > 0
            else say(
                "This machine's clock is {count} minute behind Slack's.",
                "This machine's clock is {count} minutes behind Slack's.",
                count=minutes,
            ),
            "Set it by NTP (`timedatectl set-ntp true`); until then Slack's requests count as too old.",
        )
    ]


def _named_app(options: SlackOptions, running: Running | None) -> str:
    """Return the app that must be the bot's.

    An app-level token names its app (xapp-1-A…-…); over HTTP an incoming payload does, signed with its
    secret.
    """
    if options.mode == "http":
        return running.app_id if running else ""
    pieces = options.app_token.split("-")
    return pieces[2] if len(pieces) > 2 else ""  # noqa: PLR2004 - xapp, version, app


async def _other_app(
    state: SlackState, installation: Installation, who: Mapping[str, Any], running: Running | None
) -> list[Finding]:
    named = _named_app(state.options, running)
    if not named or not who.get("bot_id"):
        return []
    try:
        client = state.spaces.client(installation.token)
        bot = await read(client, "bots.info", bot=str(who["bot_id"]))
    except (Refusal, Retry):
        return []
    app = str((bot.get("bot") or {}).get("app_id") or "")
    if app in {"", named}:
        return []
    if state.options.mode == "http":
        what = say(
            "The bot's token is of the app {app}, and what people do comes from the app {other}.",
            app=app,
            other=named,
        )
        fix = (
            "Take both from one app's pages: OAuth & Permissions (xoxb-…) and Basic Information (the signing "
            "secret)."
        )
    else:
        what = say(
            "The bot's token is of the app {app}, and the app-level token is of the app {other}.",
            app=app,
            other=named,
        )
        fix = "Take both from one app's pages: OAuth & Permissions (xoxb-…) and Basic Information (xapp-…)."
    return [Finding("slack.other_app", "problem", what, fix)]


async def _app_token(state: SlackState, running: Running | None) -> list[Finding]:
    """Check whether sockets can be opened; only a process without connections asks, since the others know."""
    if state.options.mode != "socket" or running is not None:
        return []
    try:
        await call(state.spaces.client(state.options.app_token), "apps.connections.open")
    except Refusal as refusal:
        return [
            Finding(
                "slack.app_token_wrong",
                "problem",
                say("Slack does not take the app-level token ({code}).", code=refusal.code),
                "Make one with the scope connections:write on the app's page Basic Information, turn Socket "
                "Mode on, and set STINT_SLACK__APP_TOKEN to it.",
            )
        ]
    except (Retry, DeliveryUnknown):
        return []
    return []


def _sockets(options: SlackOptions, running: Running | None) -> list[Finding]:
    """Return what is wrong with the connections of the running bot."""
    if options.mode != "socket" or running is None:
        return []
    wanted, here, counted = options.sockets, running.connected, running.counted
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
    if not options.alone:
        return _at_the_most(options.sockets, counted)
    if counted > wanted:
        return [
            Finding(
                "slack.too_many_sockets",
                "warning",
                say(
                    "Slack counts {count} connection of this app. This process has: {here}.",
                    "Slack counts {count} connections of this app. This process has: {here}.",
                    count=counted,
                    here=here,
                ),
                "Stop other processes with the same tokens; connections that died disappear in some minutes.",
            )
        ]
    return []


def _at_the_most(sockets: int, counted: int) -> list[Finding]:
    """Warn when the processes of one database use up the connections that Slack allows to an app."""
    if counted < _MOST_SOCKETS:
        return []
    return [
        Finding(
            "slack.too_many_sockets",
            "warning",
            say(
                "Slack counts {count} connection of this app, which is the most it allows.",
                "Slack counts {count} connections of this app, which is the most it allows.",
                count=counted,
            ),
            say(
                "Run fewer processes, or set fewer `sockets` under [slack]; each process has: {sockets}. "
                "Connections that died disappear in some minutes.",
                sockets=sockets,
            ),
        )
    ]


async def inspect_place(spaces: Workspaces, place: Place) -> Sequence[Finding]:
    """Check whether the bot can post in a channel."""
    bot_name = "stint"
    try:
        space = await spaces.find(place.space)
        bot_name = space.bot_name
        told = await read(space.client, "conversations.info", channel=place.id)
    except Refusal as refusal:
        return [_no_channel(place, refusal.code, bot_name)]
    except Retry as retry:
        fix = say(
            "Try again in one second.", "Try again in {count} seconds.", count=max(round(retry.seconds), 1)
        )
        return [Finding("slack.unreachable", "problem", "Slack did not answer just now.", fix, place.space)]
    channel = told.get("channel") or {}
    name = str(channel.get("name") or place.id)
    if channel.get("is_archived"):
        return [
            Finding(
                "slack.channel_archived",
                "problem",
                say("{channel} is archived.", channel=f"#{name}"),
                say("Unarchive {channel} in its settings, or choose another channel.", channel=f"#{name}"),
                place.space,
            )
        ]
    if not channel.get("is_member"):
        return [
            Finding(
                "slack.not_in_channel",
                "problem",
                say("I am not in {channel}.", channel=f"#{name}"),
                say("Type {command} in {channel}.", command=f"/invite @{space.bot_name}", channel=f"#{name}"),
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
            say("Type {command} in it, or choose another channel.", command=f"/invite @{bot_name}"),
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
        "slack.refused",
        "problem",
        say("Slack refuses to show the channel ({code}).", code=code),
        "Run `stint doctor`.",
    )

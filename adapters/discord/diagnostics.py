"""Checks of the connection to Discord and of its channels: what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from adapters.discord.commands import TEXT_CHANNELS
from bot.chat.adapter import Refusal, Retry
from bot.chat.events import Place
from bot.chat.findings import Finding
from bot.chat.sentences import Names, Number, say

__all__ = ["Ask", "inspect_connection", "inspect_place"]

Ask = Callable[[str], Awaitable[Any]]
"""The answer of Discord to a GET of this path; raises Refusal or Retry as the port says."""

_OFF: Final = timedelta(minutes=5)
"""The error of the clock that is tolerated."""

_FEW_STARTS: Final = 100
_ADMINISTRATOR: Final = 1 << 3
_NEEDED: Final[Mapping[int, str]] = {
    1 << 10: "View Channel",
    1 << 11: "Send Messages",
    1 << 16: "Read Message History",
}
"""The permissions that announcing in a channel needs, as Discord's settings call them."""

_MOST_NAMED: Final = 10
"""Servers named in the report on the connection, at most."""

_PRIVILEGED: Final[Mapping[int, str]] = {
    1 << 12: "Presence Intent",
    1 << 13: "Presence Intent",
    1 << 14: "Server Members Intent",
    1 << 15: "Server Members Intent",
    1 << 18: "Message Content Intent",
    1 << 19: "Message Content Intent",
}
"""Application flags of the privileged intents (docs.discord.com/developers/resources/application)."""


async def inspect_connection(
    ask: Ask,
    registered: Callable[[Any], bool] | None = None,
    off: Callable[[], timedelta | None] = lambda: None,
) -> Sequence[Finding]:
    """Check token, application, remaining starts, commands, servers and clock.

    `registered` says whether Discord has the bot's present commands; None when those are unknown. `off` is
    how far this machine's clock is ahead of Discord's, as the answers have shown.
    """
    try:
        app = await ask("/applications/@me")
        servers = await ask("/users/@me/guilds")
        found = [_here(app, servers), *_application(app), *_starts(await ask("/gateway/bot"))]
        found += _servers(servers)
        known = f"/applications/{app['id']}/commands?with_localizations=true"
        if registered is not None and not registered(await ask(known)):
            found.append(_COMMANDS)
    except Refusal as refusal:
        return [_refused(refusal)]
    except Retry:
        return [_UNREACHABLE]
    return [*found, *_clock(off())]


_COMMANDS: Final = Finding(
    "discord.commands_differ",
    "warning",
    "The slash commands that Discord shows are not the ones of this version.",
    "Run `stint discord sync`.",
)
_UNREACHABLE: Final = Finding(
    "discord.unreachable",
    "problem",
    "Discord cannot be reached.",
    "Check this machine's network, and api_base_url under [discord].",
)


def _here(app: Mapping[str, Any], servers: Sequence[Mapping[str, Any]]) -> Finding:
    names = [str(each["name"]) for each in servers[:_MOST_NAMED] if each.get("name")]
    name = str(app.get("name") or "?")
    if not names:
        return Finding("discord.here", "ok", say("Discord: the application {name}.", name=name))
    more = len(servers) - _MOST_NAMED
    if more <= 0:
        what = say("Discord: the application {name}, in {servers}.", name=name, servers=Names(tuple(names)))
    else:
        what = say(
            "Discord: the application {name}, in {servers} and {count} more.",
            "Discord: the application {name}, in {servers} and {count} more.",
            name=name,
            servers=", ".join(names),
            count=more,
        )
    return Finding("discord.here", "ok", what)


def _refused(refusal: Refusal) -> Finding:
    if refusal.lost == "space":
        return Finding(
            "discord.token_wrong",
            "problem",
            "Discord does not take the bot token.",
            "Make a new one on the page Bot of your application at discord.com/developers (Reset Token), and "
            "put it into STINT_DISCORD__TOKEN, or into the file that token_file names.",
        )
    return Finding(
        "discord.refused",
        "problem",
        say("Discord refuses to say how the bot is set up ({code}).", code=refusal.code),
        "Look whether the application is still at discord.com/developers.",
    )


def _application(app: Mapping[str, Any]) -> list[Finding]:
    found = []
    if app.get("interactions_endpoint_url"):
        found.append(
            Finding(
                "discord.interactions_elsewhere",
                "problem",
                "Discord sends what people press and type to another address, not to this bot.",
                "Empty Interactions Endpoint URL on the application's page General Information.",
            )
        )
    flags = int(app.get("flags") or 0)
    found += [
        Finding(
            "discord.intent_unneeded",
            "warning",
            say("The application is granted the {name}, which Stint has no use for.", name=name),
            "Turn it off on the application's page Bot.",
        )
        for name in sorted({name for bit, name in _PRIVILEGED.items() if flags & bit})
    ]
    return found


def _starts(gateway: Mapping[str, Any]) -> list[Finding]:
    """Warn of few remaining starts: Discord revokes the token of a bot that starts 1,000 times a day."""
    limit = gateway.get("session_start_limit") or {}
    left = int(limit.get("remaining", _FEW_STARTS))
    if left >= _FEW_STARTS:
        return []
    hours = int(limit.get("reset_after") or 0) / 3_600_000
    return [
        Finding(
            "discord.few_starts",
            "warning" if left else "problem",
            say(
                "The bot may connect only once more. Hours until the count begins again: {hours}.",
                "The bot may connect only {count} more times. Hours until the count begins again: {hours}.",
                count=left,
                hours=Number(f"{hours:.0f}"),
            ),
            "Look in the log for why it starts so often, and stop other processes with the same token.",
        )
    ]


def _servers(servers: Sequence[Any]) -> list[Finding]:
    if servers:
        return []
    return [
        Finding(
            "discord.no_server",
            "warning",
            "The bot is in no server yet.",
            "Open the link that `stint discord invite` prints, and choose a server.",
        )
    ]


def _clock(off: timedelta | None) -> list[Finding]:
    if off is None or abs(off) <= _OFF:
        return []
    minutes = round(abs(off) / timedelta(minutes=1))
    return [
        Finding(
            "clock.off",
            "problem",
            say(
                "This machine's clock is {count} minute ahead of Discord's.",
                "This machine's clock is {count} minutes ahead of Discord's.",
                count=minutes,
            )
            if off > timedelta()
            else say(
                "This machine's clock is {count} minute behind Discord's.",
                "This machine's clock is {count} minutes behind Discord's.",
                count=minutes,
            ),
            "Set it by NTP (`timedatectl set-ntp true`); until then reminders come at the wrong time.",
        )
    ]


async def inspect_place(ask: Ask, place: Place) -> Sequence[Finding]:
    """Check whether the bot can announce in a channel: its kind, and the bot's permissions there."""
    try:
        channel = await ask(f"/channels/{place.id}")
        if channel.get("type") not in TEXT_CHANNELS:
            return [_no_text(channel, place)]
        me = await ask("/users/@me")
        server = await ask(f"/guilds/{place.space}")
        member = await ask(f"/guilds/{place.space}/members/{me['id']}")
    except Refusal as refusal:
        return [_no_channel(place, refusal)]
    except Retry as retry:
        return [_later(place, retry)]
    held = _permissions(channel, server, member, str(me["id"]))
    missing = [name for bit, name in _NEEDED.items() if not held & bit]
    if not missing:
        return []
    lacking, channel_name = Names(tuple(missing)), f"#{channel.get('name') or place.id}"
    return [
        Finding(
            "discord.no_permission",
            "problem",
            say("I lack {permissions} in {channel}.", permissions=lacking, channel=channel_name),
            say(
                "In the settings of {channel}, under Permissions, give Stint {permissions}.",
                permissions=lacking,
                channel=channel_name,
            ),
            place.space,
        )
    ]


def _permissions(
    channel: Mapping[str, Any], server: Mapping[str, Any], member: Mapping[str, Any], me: str
) -> int:
    """Return the bot's permissions in a channel, combined in Discord's order.

    docs.discord.com/developers/topics/permissions: the roles of the server, then the channel's overwrites for
    everyone, for the roles together, and for the member.
    """
    everyone = str(server.get("id"))
    roles = {str(each) for each in member.get("roles") or ()}
    held = 0
    for role in server.get("roles") or ():
        if str(role["id"]) in {everyone, *roles}:
            held |= int(role["permissions"])
    if held & _ADMINISTRATOR:
        return -1  # all bits
    said = {str(each["id"]): each for each in channel.get("permission_overwrites") or ()}
    for group in ({everyone}, roles, {me}):
        mine = [said[each] for each in group if each in said]
        for each in mine:
            held &= ~int(each["deny"])
        for each in mine:
            held |= int(each["allow"])
    return held


def _no_text(channel: Mapping[str, Any], place: Place) -> Finding:
    name = str(channel.get("name") or place.id)
    return Finding(
        "discord.no_text_channel",
        "problem",
        say("{channel} is no text channel.", channel=f"#{name}"),
        "Choose a text or an announcement channel.",
        place.space,
    )


def _no_channel(place: Place, refusal: Refusal) -> Finding:
    if refusal.lost == "space":
        return _refused(refusal)
    if refusal.code == "10003":
        return Finding(
            "discord.channel_not_found",
            "problem",
            "That channel is no longer there.",
            "Choose another channel.",
            place.space,
        )
    return Finding(
        "discord.no_permission",
        "problem",
        say("I cannot see that channel ({code}).", code=refusal.code),
        "In the channel's settings, under Permissions, give Stint View Channel.",
        place.space,
    )


def _later(place: Place, retry: Retry) -> Finding:
    return Finding(
        "discord.unreachable",
        "problem",
        "Discord did not answer just now.",
        say("Try again in one second.", "Try again in {count} seconds.", count=max(round(retry.seconds), 1)),
        place.space,
    )

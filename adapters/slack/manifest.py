"""The app's manifest: the permissions and texts for a workspace, generated from the command specs.

The form and its limits: docs.slack.dev/reference/app-manifest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from bot.chat.commands import ONE_FOR_ALL, CommandSpec, usage
from bot.chat.sentences import Sentence, say

__all__ = [
    "EVENTS",
    "HISTORY",
    "SCOPES",
    "command_names",
    "manifest",
    "manifest_link",
    "names_heard",
    "scopes_of",
]

SCOPES: Final[Mapping[str, Sentence]] = {
    "commands": say("so that people can use its slash commands"),
    "chat:write": say("to announce projects in the channels it was invited to, and to answer"),
    "im:write": say("to open the direct message in which an application is asked for"),
    "im:history": say("to read the answers that people type in that direct message"),
    "users:read": say("to know people's names and time zones, and who administers the workspace"),
    "channels:read": say("to see whether it can post in a cohort's channel, and when that is archived"),
    "groups:read": say("the same for private channels it was invited to"),
    "files:read": say("to take a file that a person sends it as part of an application"),
    "files:write": say("to give files, in direct messages, to the people who may read them"),
}
"""Every scope the bot asks for, and why; none is for a thing the bot does not do."""

HISTORY: Final[Mapping[str, Sentence]] = {
    "channels:history": say("to look whether the bot's message has arrived in a cohort's channel"),
    "groups:history": say("the same for private channels"),
}
"""What an operator may grant besides (`channel_history`): only then can a message in doubt be looked for."""

EVENTS: Final[Mapping[str, str]] = {
    "app_home_opened": "a person opened the bot's page, which is then drawn",
    "app_uninstalled": "the workspace removed the bot: it stops there at once",
    "channel_archive": "a cohort's channel was archived, and the coordinators hear that",
    "channel_deleted": "a cohort's channel was deleted",
    "channel_left": "the bot was removed from a channel",
    "channel_unarchive": "a channel is back",
    "group_archive": "as channel_archive, for private channels",
    "group_deleted": "as channel_deleted, for private channels",
    "group_left": "as channel_left, for private channels",
    "group_unarchive": "as channel_unarchive, for private channels",
    "member_joined_channel": "a person, or the bot, came into a cohort's channel",
    "message.im": "a person wrote to the bot",
    "tokens_revoked": "the bot's token is no longer good",
    "user_change": "a person changed their name or time zone, or left the workspace",
}
"""Every event the bot listens to, and its use; each needs no scope beyond SCOPES."""

_NAME: Final = "Stint"
_DESCRIPTION: Final = "Micro-internships where your people are: short projects, applications, reminders."
_LONG: Final = (
    "Stint runs micro-internship programmes. Employers post short projects by slash command; Stint announces "
    "them in the channels of your cohorts. Students apply in a direct message, one question at a time. "
    "Deadlines, check-ins and daily digests come by themselves.\n\n"
    "Stint reads only what is written to it in direct messages. It posts only in channels it was invited to, "
    "and people decide about every application; it never ranks anybody."
)

_HOME: Final = {
    "home_tab_enabled": True,
    "messages_tab_enabled": True,
    # Otherwise people could not write to the bot, and every conversation would stop.
    "messages_tab_read_only_enabled": False,
}

_MOST_OF_A_HINT: Final = 1000
_LONGEST_NAME: Final = 32
"""Characters, the slash of a command's name included."""


def scopes_of(*, channel_history: bool) -> Mapping[str, Sentence]:
    """Return every scope to ask for, and why, with or without those for reading channels."""
    return {**SCOPES, **HISTORY} if channel_history else SCOPES


def command_names(
    specs: Sequence[CommandSpec],
    prefix: str = "",
    names: Mapping[str, str] | None = None,
    *,
    short: bool = False,
) -> dict[str, str]:
    """Return how each first word is typed in Slack, without its slash: `{"project": "stint project"}`.

    Slack has commands of one word; what follows is text. One of them, ONE_FOR_ALL, serves for all: Slack
    gives a name to the app that was installed last, so the fewer names the bot takes, the fewer it loses.
    With `short` each first word is a separate command as well, and so is each of `names`, which are used as
    they are, without `prefix`.

    Raises:
        ValueError: a name is too long for Slack, given to two commands, or for a command that is not there.
    """
    names = names or {}
    words = list(dict.fromkeys(spec.path[0] for spec in specs))
    if unknown := sorted(names.keys() - set(words)):
        raise ValueError(
            f"[slack] names: there is no command {unknown[0]}; the commands are {', '.join(words)}."
        )
    own = {
        word: names.get(word, prefix + word)
        for word in words
        if short or word in names or word == ONE_FOR_ALL or ONE_FOR_ALL not in words
    }
    for word, name in own.items():
        if len(f"/{name}") > _LONGEST_NAME:
            raise ValueError(
                f"/{name} is too long: Slack takes {_LONGEST_NAME} characters. Shorten it in [slack]."
            )
        if list(own.values()).count(name) > 1:
            raise ValueError(f"[slack] names: two commands would be /{name}; one of them is {word}.")
    return {word: own.get(word) or f"{own[ONE_FOR_ALL]} {word}" for word in words}


def names_heard(
    specs: Sequence[CommandSpec], prefix: str = "", names: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the first word that each possible Slack name of a command means, whatever its manifest says.

    Raises:
        ValueError: as command_names.
    """
    words = dict.fromkeys(spec.path[0] for spec in specs)
    plain = {word: word for word in words} | {prefix + word: word for word in words}
    return plain | {name: word for word, name in (names or {}).items()}


def manifest(
    specs: Sequence[CommandSpec],
    *,
    prefix: str = "",
    names: Mapping[str, str] | None = None,
    short: bool = False,
    events_at: str = "",
    install_at: str = "",
    channel_history: bool = False,
) -> dict[str, Any]:
    """Return the manifest of an app with these commands, as Slack's JSON.

    Both addresses are the web server's as the internet reaches it. Without `events_at` Slack uses Socket
    Mode; with it, everything is sent to `/slack/events` there. With `install_at` many workspaces may install
    the app, through `/slack/install` there. With `channel_history` it asks for the scopes of HISTORY as well.

    Raises:
        ValueError: as command_names.
    """
    address = f"{events_at}/slack/events" if events_at else ""
    called = command_names(specs, prefix, names, short=short)
    access: dict[str, Any] = {"scopes": {"bot": sorted(scopes_of(channel_history=channel_history))}}
    if install_at:
        access["redirect_urls"] = [f"{install_at}/slack/oauth_redirect"]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": _NAME,
            "description": _DESCRIPTION,
            "long_description": _LONG,
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": _HOME,
            "bot_user": {"display_name": _NAME.lower(), "always_online": True},
            "slash_commands": _commands(specs, called, address),
        },
        "oauth_config": access,
        "settings": _settings(address, many=bool(install_at)),
    }


def _commands(specs: Sequence[CommandSpec], called: Mapping[str, str], address: str) -> list[dict[str, Any]]:
    """Return the commands in the manifest: Slack needs no entry for what is typed after another command."""
    made = []
    for word, name in called.items():
        family = [spec for spec in specs if spec.path[0] == word]
        if word == ONE_FOR_ALL:
            made.append(_one_for_all(name, specs, address))
        elif " " not in name:
            made.append(_command(name, family, address))
    return made


def _one_for_all(name: str, specs: Sequence[CommandSpec], address: str) -> dict[str, Any]:
    """Return the command that serves for all others: `/stint project post`."""
    family = [spec for spec in specs if spec.path[0] == ONE_FOR_ALL]
    made = _command(name, family, address)
    others = dict.fromkeys(spec.path[0] for spec in specs if spec.path[0] != ONE_FOR_ALL)
    words = [*(" ".join(spec.path[1:]) for spec in family if len(spec.path) > 1), *others]
    about = f"Everything that Stint does: /{name} help lists what you can do"
    return made | {"description": about, "usage_hint": " | ".join(words)[:_MOST_OF_A_HINT]}


def _command(name: str, family: Sequence[CommandSpec], address: str) -> dict[str, Any]:
    words = [" ".join(spec.path[1:]) for spec in family if len(spec.path) > 1]
    only = family[0]
    hint = " | ".join(words) if words else usage(only).removeprefix(only.name).strip()
    about = only.summary if len(family) == 1 else f"{', '.join(words)}: /{name} help says what each does"
    command = {
        "command": f"/{name}",
        "description": about,
        # Mentions come as ids, not as names that two people may share.
        "should_escape": True,
    }
    if hint:
        command["usage_hint"] = hint[:_MOST_OF_A_HINT]
    if address:
        command["url"] = address
    return command


def _settings(address: str, *, many: bool) -> dict[str, Any]:
    events: dict[str, Any] = {"bot_events": sorted(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if address:
        events["request_url"] = address
        interactivity |= {"request_url": address, "message_menu_options_url": address}
    return {
        "event_subscriptions": events,
        "interactivity": interactivity,
        "org_deploy_enabled": many,
        "socket_mode_enabled": not address,
        # A token that rotates can be lost for good between refresh and save; stored tokens are encrypted
        # instead.
        "token_rotation_enabled": False,
    }


def manifest_link(made: Mapping[str, Any]) -> str:
    """Return the address that opens Slack's page for a new app, filled in with this manifest."""
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    return f"https://api.slack.com/apps?new_app=1&manifest_json={quote(text, safe='')}"

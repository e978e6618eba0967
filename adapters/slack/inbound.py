"""Slack's payloads as Events: pure functions of the payload and the person's profile.

Shapes: docs.slack.dev/reference/interaction-payloads and docs.slack.dev/reference/events.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any, Final

from adapters.slack.options import PLATFORM
from adapters.slack.profiles import Profile
from adapters.slack.render import action_of
from adapters.slack.views import BACK, read_view
from bot.chat.answers import FileRef
from bot.chat.commands import CommandSpec, MisreadCommand, parse_command, without_one_for_all
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    FormSubmitted,
    MessageRef,
    Origin,
    Place,
    ReplyTo,
    UserRef,
)

__all__ = [
    "PLATFORM",
    "UNKNOWN",
    "Who",
    "channel_in",
    "channel_of",
    "command",
    "file_ref",
    "happened_at",
    "home_of",
    "instant",
    "opened_in",
    "place_of",
    "press",
    "submission",
    "typed_words",
    "user_ref",
]

UNKNOWN: Final = Profile("")
"""The profile of a person who was not looked up yet."""

# Slack's markup never nests, so no part of it continues over another "<": a text is read in one pass, however
# many parts begin in it and do not end.
_MENTION: Final = re.compile(r"<([@#])([A-Z0-9]+)(?:\|[^<>]*)?>")
_LINK: Final = re.compile(r"<((?:https?|mailto):[^|<>]+)(?:\|[^<>]*)?>")
_NAMED: Final = re.compile(r"<[@#!]([^|<>]+)(?:\|([^<>]*))?>")
_SEVERAL: Final = "mpdm-"
"""The beginning of the names of direct messages between several people."""

_ALIASES: Final = {"": "help", "?": "help", "-h": "help", "--help": "help"}


@dataclass(frozen=True, slots=True)
class Who:
    """The person who acted, and how to answer at once.

    `dm`: the channel of the bot's own direct message with them, as Slack names it; "" where it is unknown.
    """

    team: str
    user: str
    profile: Profile
    reply: ReplyTo | None = None
    dm: str = ""

    def common(self, event_id: str, at: datetime, place: Place) -> dict[str, Any]:
        """Return what every Event carries."""
        return {
            "id": event_id,
            "at": at,
            "actor": user_ref(self.team, self.user),
            "place": place,
            "actor_name": self.profile.name,
            "actor_zone": self.profile.zone,
            "actor_locale": self.profile.locale,
            "rights": self.profile.rights,
            "reply": self.reply,
        }


def user_ref(team: str, user: str) -> UserRef:
    """Return an account: Slack's ids of people are unique in a workspace."""
    return UserRef(PLATFORM, f"{team}.{user}")


def home_of(team: str, user: str) -> Place:
    """Return a person's own page (App Home)."""
    return Place(PLATFORM, team, f"{team}.{user}", "home")


def channel_of(team: str, channel: str) -> Place:
    """Return a channel of a workspace."""
    return Place(PLATFORM, team, channel)


def place_of(who: Who, channel: str, name: str = "") -> Place:
    """Return where a person used a command or pressed a button: `name` is Slack's name of the channel.

    A direct message between people looks like the bot's own (its id begins with D too), and so does one of
    several people look like a private channel: the bot is in neither, so they are elsewhere. A channel
    without a name is not theirs either.
    """
    if channel and channel == who.dm:
        return Place(PLATFORM, who.team, channel, "dm")
    if channel[:1] in {"", "D"} or name.startswith(_SEVERAL):
        return Place(PLATFORM, who.team, channel, "elsewhere")
    return channel_of(who.team, channel)


def instant(ts: str | float | None, now: datetime) -> datetime:
    """Return the instant of a timestamp of Slack ("1710000000.000100"); `now` where there is none."""
    try:
        return datetime.fromtimestamp(float(ts or ""), UTC)
    except (ValueError, OverflowError):
        return now


def command(
    payload: Mapping[str, Any],
    who: Who,
    specs: Sequence[CommandSpec],
    called: Mapping[str, str],
    now: datetime,
) -> CommandUsed:
    """Return a slash command, or a misread one; `called` maps Slack's names to the core's first words."""
    common = who.common(str(payload.get("trigger_id", "")), now, happened_at(payload, who))
    try:
        spec, options = _read(payload, who.team, specs, called)
    except MisreadCommand as wrong:
        name = str(payload.get("command", "")).removeprefix("/")
        line = f"/{called.get(name, name)} {_resolved(str(payload.get('text', '')), who.team)}"
        return CommandUsed(**common, misread=wrong.reason, typed=line)
    return CommandUsed(**common, path=spec.path, options=options)


def _read(
    payload: Mapping[str, Any], team: str, specs: Sequence[CommandSpec], called: Mapping[str, str]
) -> tuple[CommandSpec, dict[str, str]]:
    """Return the command and its options; raise MisreadCommand."""
    name = str(payload.get("command", "")).removeprefix("/")
    word = called.get(name, name)
    line = _resolved(str(payload.get("text", "")).strip(), team)
    word, _, line = without_one_for_all(specs, f"{word} {line}").partition(" ")
    family = [spec for spec in specs if spec.path[0] == word]
    subs = {spec.path[1] for spec in family if len(spec.path) > 1}
    first = line.split(maxsplit=1)[0].casefold() if line else ""
    if _ALIASES.get(first, first) == "help" and "help" not in subs and (subs or first):
        about = "" if word == "stint" else word
        return parse_command(specs, f"stint help {about}".strip())
    try:
        return parse_command(specs, f"{word} {line}")
    except MisreadCommand:
        if word != "stint" or first not in _ALIASES:
            raise
        return parse_command(specs, "stint help")


def _resolved(typed: str, team: str) -> str:
    """Return the line with people and channels as the core names them, and without Slack's markup."""

    def named(match: re.Match[str]) -> str:
        mark, name = match.groups()
        return str(user_ref(team, name)) if mark == "@" else str(channel_of(team, name))

    return unescape(_LINK.sub(r"\1", _MENTION.sub(named, typed)))


def typed_words(text: str, team: str) -> str:
    """Return what a person typed, without Slack's additions: links and mentions bare, entities resolved.

    A text that is only a channel's name is that channel, as if the person had picked it: `str(Place)`.
    """
    if (named := _MENTION.fullmatch(text.strip())) and named[1] == "#":
        return str(channel_of(team, named[2]))
    return unescape(_NAMED.sub(_shown, _LINK.sub(_address, text)))


def _address(match: re.Match[str]) -> str:
    return match[1].removeprefix("mailto:")


def _shown(match: re.Match[str]) -> str:
    return match[2] or match[1]


def press(payload: Mapping[str, Any], who: Who, now: datetime) -> Event | None:
    """Return the event of a button or select; None for a link, which only opens."""
    pressed = (payload.get("actions") or [{}])[0]
    action = action_of(str(pressed.get("action_id", "")))
    if action == "link" or not action:
        return None
    if action == BACK:
        return submission(payload, who, now)
    place, message = _where(payload, who)
    stands = message.id if message else str(payload.get("container", {}).get("view_id", ""))
    event_id = f"{stands}:{pressed.get('action_ts', '')}:{who.user}:{action}"
    common = who.common(event_id, instant(pressed.get("action_ts"), now), place)
    values = _chosen(pressed)
    if values is None:
        return ButtonPressed(**common, action=action, message=message)
    return ChoiceMade(**common, action=action, values=values, message=message)


def happened_at(payload: Mapping[str, Any], who: Who) -> Place:
    """Return where an interaction happened: a channel, a DM, elsewhere, or the person's own page."""
    if "command" in payload:
        return place_of(who, channel_in(payload), str(payload.get("channel_name") or ""))
    view = payload.get("view") or {}
    found = read_view(view, who.team) if view.get("type") == "modal" else None
    return opened_in(found.place, who) if found else _where(payload, who)[0]


def channel_in(payload: Mapping[str, Any]) -> str:
    """Return the id of the channel that an interaction names; "" for a person's own page or a dialog."""
    if "command" in payload:
        return str(payload.get("channel_id") or "")
    container = payload.get("container") or {}
    return str(container.get("channel_id") or (payload.get("channel") or {}).get("id") or "")


def _where(payload: Mapping[str, Any], who: Who) -> tuple[Place, MessageRef | None]:
    container, channel = payload.get("container") or {}, channel_in(payload)
    if not channel and payload.get("response_url"):  # of a message, wherever that is
        return place_of(who, channel), None
    if not channel:  # a button of a person's own page
        return home_of(who.team, who.user), None
    place = place_of(who, channel, str((payload.get("channel") or {}).get("name") or ""))
    ts = str(container.get("message_ts") or (payload.get("message") or {}).get("ts") or "")
    return place, MessageRef(place, ts) if ts else None


def _chosen(pressed: Mapping[str, Any]) -> tuple[str, ...] | None:
    if pressed.get("type") == "button":
        return None
    if "selected_options" in pressed:
        return tuple(str(each["value"]) for each in pressed["selected_options"] or ())
    chosen = pressed.get("selected_option")
    return (str(chosen["value"]),) if chosen else ()


def submission(payload: Mapping[str, Any], who: Who, now: datetime) -> FormSubmitted | None:
    """Return the event of a submitted page, or of the button back; None for a dialog of another app."""
    view = payload.get("view") or {}
    found = read_view(view, who.team)
    if found is None:
        return None
    taken = {name: tuple(file_ref(who.team, each) for each in given) for name, given in found.files.items()}
    # Not the view's hash: a page that was sent back with reasons keeps it, and is sent again.
    event_id = f"{view.get('id', '')}:{payload.get('trigger_id', '')}"
    back = payload.get("type") == "block_actions"
    place = opened_in(found.place, who)
    origin = Origin(MessageRef(place, found.message), found.button) if found.message else None
    return FormSubmitted(
        **who.common(event_id, now, place),
        form=found.form,
        values=found.values,
        context=found.subject,
        page=found.page,
        files=taken,
        back=back,
        draft=found.draft,
        origin=origin,
    )


def opened_in(place: str, who: Who) -> Place:
    """Return where a form was opened: a channel, a DM, or the person's own page."""
    return home_of(who.team, who.user) if "." in place or not place else place_of(who, place)


def file_ref(team: str, file: Mapping[str, Any]) -> FileRef:
    """Return the FileRef of a Slack file; its id names the workspace, whose token fetches it."""
    return FileRef(
        f"{team}.{file.get('id', '')}",
        str(file.get("name") or "file"),
        int(file.get("size") or 0),
        str(file.get("mimetype") or ""),
    )

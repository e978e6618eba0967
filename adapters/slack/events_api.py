"""Events of Slack's Events API as core events: words in direct messages, and changed people and spaces.

Shapes: docs.slack.dev/reference/events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.slack import inbound
from adapters.slack.inbound import (
    PLATFORM,
    Who,
    channel_of,
    file_ref,
    home_of,
    instant,
    typed_words,
    user_ref,
)
from adapters.slack.routing import organisation_of, persons_team, workspace_of
from adapters.slack.state import SlackState
from bot.chat.events import (
    ChannelChanged,
    Event,
    HomeOpened,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessageReceived,
    MessageRef,
    PersonChanged,
    Place,
    SpaceChanged,
    UserRef,
)

__all__ = ["LEAVES", "event_of"]

LEAVES: Final = frozenset({"app_uninstalled", "tokens_revoked"})
"""Events that may end the bot's stay in a workspace."""

_CLOSED: Final = frozenset(
    "channel_archive channel_deleted channel_left group_archive group_deleted group_left".split()
)
_OPEN: Final = frozenset("channel_unarchive group_unarchive".split())
_SAID: Final = frozenset({"", "file_share", "thread_broadcast"})


async def event_of(state: SlackState, body: Mapping[str, Any]) -> Event | None:
    """Return the event of an envelope; None for an irrelevant one. Raises what asking for a person raises."""
    inner: Mapping[str, Any] = body.get("event") or {}
    kind, team = str(inner.get("type", "")), workspace_of(body)
    if kind == "message":
        return await _words(state, body, inner, team)
    if kind in LEAVES:
        return await _left(state, body, inner, team)
    if kind in _CLOSED | _OPEN:
        channel = channel_of(team, str(inner.get("channel") or ""))
        return ChannelChanged(
            **_of_space(state, body, team, channel), state="closed" if kind in _CLOSED else "open"
        )
    if kind == "user_change":
        return await _changed(state, body, inner, team)
    if kind == "app_home_opened" and inner.get("tab") == "home":
        user = str(inner.get("user") or "")
        state.dms.note(user_ref(team, user).id, str(inner.get("channel") or ""))
        return HomeOpened(**await _by(state, body, team, user, home_of(team, user)))
    if kind == "member_joined_channel":
        return await _joined(state, body, inner, team)
    return None


async def _by(
    state: SlackState, body: Mapping[str, Any], team: str, user: str, place: Place
) -> dict[str, Any]:
    profile = await state.profiles.find(team, user, persons_team(body))
    at = instant((body.get("event") or {}).get("event_ts"), state.now())
    return Who(team, user, profile).common(str(body.get("event_id") or ""), at, place)


def _of_space(state: SlackState, body: Mapping[str, Any], team: str, place: Place) -> dict[str, Any]:
    at = instant((body.get("event") or {}).get("event_ts"), state.now())
    event_id = str(body.get("event_id") or "")
    return {"id": event_id, "at": at, "actor": UserRef(PLATFORM, team), "place": place}


async def _words(
    state: SlackState, body: Mapping[str, Any], inner: Mapping[str, Any], team: str
) -> Event | None:
    """Return the event of what a person wrote in their direct message, or changed there."""
    channel = str(inner.get("channel") or "")
    subtype = str(inner.get("subtype") or "")
    # Slack reports only direct messages that the bot is in (message.im); its samples leave the type out.
    if inner.get("channel_type") not in {"im", "", None} or not channel.startswith("D"):
        return None
    place = Place(PLATFORM, team, channel, "dm")
    if subtype == "message_changed":
        return await _edited(state, body, inner, place)
    user = str(inner.get("user") or "")
    if subtype not in _SAID or inner.get("bot_id") or not user:
        return None
    if (await state.profiles.find(team, user)).bot:
        return None
    state.dms.note(user_ref(team, user).id, channel)
    ts, thread = str(inner.get("ts") or ""), str(inner.get("thread_ts") or "")
    common = await _by(state, body, team, user, place)
    # One action of a person can arrive as two events with different ids (Slack's client names it once).
    common["id"] = f"said:{inner.get('client_msg_id') or f'{channel}:{ts}'}"
    common["at"] = instant(ts, state.now())
    return MessageReceived(
        **common,
        message=MessageRef(place, ts),
        text=typed_words(str(inner.get("text") or ""), team),
        files=tuple(file_ref(team, file) for file in inner.get("files") or ()),
        reply_to=MessageRef(place, thread) if thread and thread != ts else None,
    )


async def _edited(
    state: SlackState, body: Mapping[str, Any], inner: Mapping[str, Any], place: Place
) -> Event | None:
    """Return the event of a person's changed message; link previews come so too, with unchanged words."""
    new, old = inner.get("message") or {}, inner.get("previous_message") or {}
    user = str(new.get("user") or "")
    author = user and not new.get("bot_id") and (new.get("edited") or {}).get("user", user) == user
    if not author or new.get("text") == old.get("text"):
        return None
    common = await _by(state, body, place.space, user, place)
    words = typed_words(str(new.get("text") or ""), place.space)
    return MessageEdited(**common, message=MessageRef(place, str(new.get("ts") or "")), text=words)


async def _left(
    state: SlackState, body: Mapping[str, Any], inner: Mapping[str, Any], team: str
) -> Event | None:
    if inner.get("type") == "tokens_revoked" and not (inner.get("tokens") or {}).get("bot"):
        return None  # a person's token, which the bot does not have
    if await state.spaces.is_taken(team, organisation_of(body)):
        return None  # an earlier installation's: the bot is here
    return SpaceChanged(**_of_space(state, body, team, Place(PLATFORM, team, "")), state="left")


async def _changed(
    state: SlackState, body: Mapping[str, Any], inner: Mapping[str, Any], team: str
) -> Event | None:
    user = inner.get("user") or {}
    number = str(user.get("id") or "")
    profile = await state.profiles.keep(team, user, number)
    if profile.bot:
        return None
    at = instant(inner.get("event_ts"), state.now())
    place = inbound.home_of(team, number)
    common = Who(team, number, profile).common(str(body.get("event_id") or ""), at, place)
    return MemberLeft(**common) if profile.gone else PersonChanged(**common)


async def _joined(
    state: SlackState, body: Mapping[str, Any], inner: Mapping[str, Any], team: str
) -> Event | None:
    place, user = channel_of(team, str(inner.get("channel") or "")), str(inner.get("user") or "")
    bots = {each.get("user_id") for each in body.get("authorizations") or () if each.get("is_bot")}
    if user in bots:
        return ChannelChanged(**_of_space(state, body, team, place), state="open")
    if (await state.profiles.find(team, user)).bot:
        return None
    return MemberJoined(**await _by(state, body, team, user, place))

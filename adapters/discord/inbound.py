"""Discord's interactions, messages and changes as Events: pure functions of discord.py's objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import discord
from discord.utils import snowflake_time

from adapters.discord.commands import PLATFORM, read_command
from adapters.discord.modals import file_ref, read_modal
from adapters.discord.render import action_of
from bot.chat.events import (
    ButtonPressed,
    ChannelChanged,
    ChoiceMade,
    CommandUsed,
    Event,
    Facts,
    FormSubmitted,
    MessageEdited,
    MessageReceived,
    MessageRef,
    Origin,
    Place,
    ReplyTo,
    Right,
    SpaceChanged,
    Suggest,
    UserRef,
)
from bot.chat.values import replace

__all__ = [
    "can_write",
    "channel_changed",
    "edited",
    "interaction_event",
    "place_of",
    "said",
    "space_changed",
    "space_here",
]

_BUTTON: Final = 2
_BY_SERVER: Final = 0
"""The owner key of an interaction that a server has authorised."""

_NEEDED: Final = discord.Permissions(view_channel=True, send_messages=True)


def place_of(interaction: discord.Interaction) -> Place:
    """Return where an interaction happened: a server's channel, the DM with the bot, or elsewhere.

    A person who installed the app for themselves can use it in servers without the bot, and in conversations
    of people (docs.discord.com/developers/interactions/receiving-and-responding: Interaction Context Types,
    Authorizing Integration Owners).
    """
    channel = str(interaction.channel_id or "")
    owners = interaction._integration_owners  # noqa: SLF001 - discord.py shows them only compared
    if interaction.guild_id is None:
        several = isinstance(interaction.channel, discord.GroupChannel)
        own = bool(channel) and interaction.context.dm_channel and not several
        return Place(PLATFORM, "", channel, "dm" if own else "elsewhere")
    if owners and _BY_SERVER not in owners:
        return Place(PLATFORM, "", channel, "elsewhere")
    return Place(PLATFORM, str(interaction.guild_id), channel)


def interaction_event(interaction: discord.Interaction, reply: ReplyTo) -> Event | None:
    """Return the event of an interaction; None for an interaction that does not concern the bot."""
    data: Mapping[str, Any] = dict(interaction.data or {})
    common = _by(interaction) | {"reply": reply, "named": _named(data.get("resolved") or {})}
    place = common["place"]
    match interaction.type:
        case discord.InteractionType.application_command:
            path, options, _ = read_command(data, place.space)
            return CommandUsed(**common, path=path, options=options)
        case discord.InteractionType.autocomplete:
            path, options, typed = read_command(data, place.space)
            return Suggest(**common, path=path, option=typed, typed=options.get(typed, ""))
        case discord.InteractionType.component:
            return _pressed(interaction, data, common)
        case discord.InteractionType.modal_submit:
            return _submitted(interaction, data, common)
    return None


def _named(resolved: Mapping[str, Any]) -> dict[str, Facts]:
    """Return the facts on people and roles that an interaction names.

    docs.discord.com/developers: Resolved Data Structure.
    """
    members = resolved.get("members") or {}
    found: dict[str, Facts] = {}
    for id_, user in (resolved.get("users") or {}).items():
        name = (members.get(id_) or {}).get("nick") or user.get("global_name") or user.get("username") or id_
        found[str(UserRef(PLATFORM, id_))] = Facts(str(name))
    for id_, role in (resolved.get("roles") or {}).items():
        found[id_] = Facts(str(role.get("name") or ""))
    return found


def _submitted(
    interaction: discord.Interaction, data: Mapping[str, Any], common: dict[str, Any]
) -> FormSubmitted | None:
    found = read_modal(data, common["place"].space)
    if found is None:
        return None
    # Discord names the message whose button opened a modal (Interaction Structure: message).
    message = MessageRef(common["place"], str(interaction.message.id)) if interaction.message else None
    return FormSubmitted(
        **common,
        form=found.form,
        values=found.values,
        context=found.subject,
        page=found.page,
        files=found.files,
        draft=found.draft,
        origin=Origin(message, found.button) if message and found.button else None,
    )


def _pressed(interaction: discord.Interaction, data: Mapping[str, Any], common: dict[str, Any]) -> Event:
    action = action_of(str(data.get("custom_id", "")))
    message = MessageRef(common["place"], str(interaction.message.id)) if interaction.message else None
    if data.get("component_type") == _BUTTON:
        return ButtonPressed(**common, action=action, message=message)
    values = tuple(str(each) for each in data.get("values") or ())
    return ChoiceMade(**common, action=action, values=values, message=message)


def _by(interaction: discord.Interaction) -> dict[str, Any]:
    """Return what every event carries: rights and roles are those of this very interaction."""
    user = interaction.user
    rights: set[Right] = set()
    groups: set[str] = set()
    place = place_of(interaction)
    if isinstance(user, discord.Member) and place.kind == "channel":
        # The payload's own list: a role that is not in the cache yet counts as well.
        groups = {str(role) for role in user._roles}  # noqa: SLF001 - `roles` leaves such a one out
        if interaction.permissions.manage_guild or interaction.permissions.administrator:
            rights.add("manage")
    return {
        "id": str(interaction.id),
        "at": snowflake_time(interaction.id),
        "actor": UserRef(PLATFORM, str(user.id)),
        "place": place,
        "actor_name": user.display_name,
        "actor_locale": str(interaction.locale),
        "rights": frozenset(rights),
        "groups": frozenset(groups),
    }


def said(message: discord.Message) -> MessageReceived | None:
    """Return the event of words in a DM; None for all else: text in a server arrives without its words."""
    if message.guild is not None or message.author.bot:
        return None
    place = Place(PLATFORM, "", str(message.channel.id), "dm")
    answered = message.reference.message_id if message.reference else None
    return MessageReceived(
        id=str(message.id),
        at=message.created_at,
        actor=UserRef(PLATFORM, str(message.author.id)),
        place=place,
        actor_name=message.author.display_name,
        message=MessageRef(place, str(message.id)),
        text=message.content,
        files=tuple(file_ref(_file(each)) for each in message.attachments),
        reply_to=MessageRef(place, str(answered)) if answered else None,
    )


def _file(attachment: discord.Attachment) -> dict[str, Any]:
    return {
        "url": attachment.url,
        "filename": attachment.filename,
        "size": attachment.size,
        "content_type": attachment.content_type,
    }


def edited(message: discord.Message) -> MessageEdited | None:
    """Return the event of a person's own message in the DM, with changed words."""
    if message.guild is not None or message.author.bot or message.edited_at is None:
        return None
    place = Place(PLATFORM, "", str(message.channel.id), "dm")
    return MessageEdited(
        id=f"{message.id}:{message.edited_at.timestamp()}",
        at=message.edited_at,
        actor=UserRef(PLATFORM, str(message.author.id)),
        place=place,
        actor_name=message.author.display_name,
        message=MessageRef(place, str(message.id)),
        text=message.content,
    )


def space_here(guild: discord.Guild, now: datetime) -> SpaceChanged:
    """Return that the bot is in a server, from the list at the connection: it may have come in meanwhile."""
    return replace(space_changed(guild, "joined", now), id=f"here:{guild.id}:{now.timestamp():.0f}")


def space_changed(guild: discord.Guild, state: Any, now: datetime) -> SpaceChanged:  # noqa: ANN401 - SpaceChanged's own
    """Return that the bot came into a server, or left it."""
    space = str(guild.id)
    return SpaceChanged(
        id=f"{state}:{space}:{now.timestamp()}",
        at=now,
        actor=UserRef(PLATFORM, space),
        place=Place(PLATFORM, space, ""),
        state=state,
        name=guild.name,
    )


def channel_changed(channel: discord.abc.GuildChannel, state: Any, now: datetime) -> ChannelChanged:  # noqa: ANN401 - SpaceChanged's own
    """Return that the bot can write in a channel again, or no longer."""
    space = str(channel.guild.id)
    return ChannelChanged(
        id=f"{state}:{channel.id}:{now.timestamp()}",
        at=now,
        actor=UserRef(PLATFORM, space),
        place=Place(PLATFORM, space, str(channel.id)),
        state=state,
    )


def can_write(channel: discord.abc.GuildChannel) -> bool:
    """Return whether the bot sees the channel and may write in it."""
    return channel.permissions_for(channel.guild.me) >= _NEEDED

"""The names of people that a typed option mentions: Discord sends only their ids."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from discord.http import Route

from adapters.discord.commands import PLATFORM
from adapters.discord.rest import Calls
from bot.chat.adapter import DeliveryUnknown, Refusal, Retry
from bot.chat.events import CommandUsed, Event, Facts, UserRef, people_named
from bot.chat.values import replace

__all__ = ["name_of", "named"]

_MOST_LOOKED_UP: Final = 5
"""People looked up for a command; the others are named once they act."""

_LOOKUP_SECONDS: Final = 1.0


async def named(calls: Calls, event: Event) -> Event:
    """Return the event with the names of the members in its options; without those that are not available."""
    if not isinstance(event, CommandUsed) or event.place.kind != "channel" or not event.place.space:
        return event
    mentioned = [user for user in people_named(event.options.values()) if user.platform == PLATFORM]
    unnamed = [user for user in mentioned if str(user) not in event.named][:_MOST_LOOKED_UP]
    if not unnamed:
        return event
    found = await asyncio.gather(*(_asked(calls, event.place.space, user) for user in unnamed))
    known = {str(user): Facts(name) for user, name in zip(unnamed, found, strict=True) if name}
    return replace(event, named={**event.named, **known})


async def _asked(calls: Calls, guild: str, user: UserRef) -> str:
    route = Route("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=guild, user_id=user.id)
    try:
        async with asyncio.timeout(_LOOKUP_SECONDS):
            return name_of(await calls.call(route))
    except (Retry, Refusal, DeliveryUnknown, TimeoutError):
        return ""


def name_of(member: Mapping[str, Any]) -> str:
    """Return what a member is called in their server."""
    user = member.get("user") or {}
    return str(member.get("nick") or user.get("global_name") or user.get("username") or "")

"""People, channels, roles and addresses where a platform draws no mark for them: their names."""

from __future__ import annotations

import re

from bot.chat.language import as_text
from bot.chat.sentences import ChannelName, PersonName, RoleName, WebLink

__all__ = ["Named", "name_elsewhere", "platform_of"]

Named = PersonName | ChannelName | RoleName | WebLink


def platform_of(value: ChannelName | RoleName) -> str:
    """Return the platform that a channel or role is on."""
    return re.split("[/:]", value.place if isinstance(value, ChannelName) else value.space)[0]


def name_elsewhere(value: Named) -> str:
    """Return how a value is named to readers of another platform: `#spring (Discord)`; never by an id."""
    if isinstance(value, ChannelName | RoleName) and (platform := platform_of(value)):
        return f"{as_text((value,))} ({platform.capitalize()})"
    return as_text((value,))

"""The options of the Discord adapter, which the composition root sets."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["DISCORD_API", "DiscordOptions"]

DISCORD_API = "https://discord.com/api/v10"


@dataclass(frozen=True, slots=True)
class DiscordOptions:
    """The options for reaching Discord.

    Attributes:
        token: the bot's. `application_id`: looked up by the token where it is empty.
        gateway_url: another gateway than Discord's own, for tests and proxies.
    """

    token: str = field(repr=False)
    api_base_url: str = DISCORD_API
    gateway_url: str = ""
    application_id: str = ""

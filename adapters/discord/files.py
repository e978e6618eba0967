"""Files that people send: fetched from Discord's own hosts, never from an address that a person chose."""

from __future__ import annotations

from typing import Final

from adapters.fetching import fetch
from bot.chat.answers import FileRef

__all__ = ["download"]

_HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
"""The hosts of attachments (docs.discord.com/developers/reference)."""


async def download(file: FileRef, api: str) -> bytes:
    """Return the bytes of an attachment; `api` is Discord's address in the settings.

    Raises:
        Refusal: the file is gone, larger than declared, or elsewhere. Retry: not now.
    """
    return await fetch(file.id, file.size, hosts=_HOSTS, api=api)

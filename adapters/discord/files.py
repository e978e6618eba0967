"""Files that people send: fetched from Discord's own hosts, never from an address that a person chose."""

from __future__ import annotations

from typing import Final

import aiohttp

from bot.chat.adapter import Refusal, Retry
from bot.chat.answers import FileRef
from bot.chat.fetching import FILE_ELSEWHERE, FILE_NOT_FOUND, is_own_address, read_whole

__all__ = ["download"]

_HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
"""The hosts of attachments (docs.discord.com/developers/reference)."""

_SERVER: Final = 500
_OK: Final = 200
_RETRY_SECONDS: Final = 30.0


async def download(session: aiohttp.ClientSession, file: FileRef, api: str) -> bytes:
    """Return the bytes of an attachment; `api` is Discord's address in the settings.

    Raises:
        Refusal: the file is gone, larger than declared, or elsewhere. Retry: not now.
    """
    if not is_own_address(file.id, _HOSTS, api):
        raise Refusal(FILE_ELSEWHERE)
    try:
        async with session.get(file.id, allow_redirects=False) as given:
            if given.status >= _SERVER:
                raise Retry(_RETRY_SECONDS, f"HTTP {given.status}")
            if given.status != _OK:
                raise Refusal(FILE_NOT_FOUND)
            return await read_whole(given.content, file.size)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Retry(_RETRY_SECONDS, type(error).__name__) from None

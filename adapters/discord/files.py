"""Files that people send: fetched from Discord's own hosts, never from an address of anybody's choice."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

import aiohttp
from yarl import URL

from bot.chat.adapter import Refusal, Retry
from bot.chat.answers import FileRef

__all__ = ["download"]

_HOSTS: Final = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
"""Where attachments lie (docs.discord.com/developers/reference)."""

_SERVER: Final = 500
_GIVEN: Final = 200
_AGAIN: Final = 30.0


async def download(session: aiohttp.ClientSession, file: FileRef, hosts: AbstractSet[str]) -> bytes:
    """The bytes of an attachment, at most as many as it was said to have; `hosts` are Discord's as well.

    Raises:
        Refusal: it is gone, larger than said, or lies elsewhere. Retry: not now.
    """
    if URL(file.id).host not in _HOSTS | hosts:
        raise Refusal("file_elsewhere")
    content = b""
    try:
        async with session.get(file.id, allow_redirects=False) as given:
            if given.status >= _SERVER:
                raise Retry(_AGAIN, f"HTTP {given.status}")
            if given.status != _GIVEN:
                raise Refusal("file_not_found")
            while len(content) <= file.size and (
                piece := await given.content.read(file.size + 1 - len(content))
            ):
                content += piece
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Retry(_AGAIN, type(error).__name__) from None
    if len(content) > file.size:
        raise Refusal("file_larger_than_said")
    return content

"""The fetching of files that people sent: the rule that every adapter keeps (`Adapter.fetch`).

Their addresses come from outside, and some platforms want the bot's token with the request. So an address is
asked only if it is the platform's own and cannot be read along the way, and no redirect is followed from it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, Protocol

from bot.chat.adapter import Refusal

__all__ = [
    "FILE_ELSEWHERE",
    "FILE_NOT_FOUND",
    "FILE_TOO_LARGE",
    "ByteStream",
    "is_own_address",
    "read_whole",
]

FILE_ELSEWHERE: Final = "file_elsewhere"
"""The code of a Refusal: another service holds the file, and its person has to send the file itself."""

FILE_NOT_FOUND: Final = "file_not_found"
FILE_TOO_LARGE: Final = "file_larger_than_said"

# So strict that no two readers of addresses can take it for another one: no user, no port, no backslash.
_ADDRESS: Final = re.compile(r"https://([A-Za-z0-9.-]+)/[^\s\\]*")
_ORIGIN: Final = re.compile(r"https?://[^/\s\\@]+/")


class ByteStream(Protocol):
    """A source of bytes, such as the content of an aiohttp response."""

    async def read(self, most: int, /) -> bytes:
        """Return up to `most` bytes; none at the end."""


def is_own_address(address: str, hosts: Collection[str], api: str) -> bool:
    """Return whether an address is one of the platform's own.

    `hosts` are their names; one that begins with a dot (".slack.com") means all below it. `api` is where
    the settings say that the platform itself is; what has the same scheme, host and port is its own as well.
    """
    origin = _ORIGIN.match(api)
    if origin and address.startswith(origin[0]) and "\\" not in address:
        return True
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return False
    host = found[1].casefold()
    return any(host == each or (each.startswith(".") and host.endswith(each)) for each in hosts)


async def read_whole(stream: ByteStream, most: int) -> bytes:
    """Return everything in the stream, reading no more than one byte over `most`.

    Raises:
        Refusal: there is more.
    """
    content = bytearray()
    while len(content) <= most and (piece := await stream.read(most + 1 - len(content))):
        content += piece
    if len(content) > most:
        raise Refusal(FILE_TOO_LARGE)
    return bytes(content)

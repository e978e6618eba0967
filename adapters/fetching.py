"""The one way to an address that a person, or their file, names.

https only, to the named hosts and to public addresses of theirs, looked at when the connection is made; no
redirect is followed, nothing is unpacked, and no more is read than was announced. Where the settings say that
the platform is elsewhere, that very origin is asked as it is, on this machine as well.
"""

from __future__ import annotations

import socket
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Any, Final

import aiohttp

from bot.chat.adapter import Refusal, Retry
from bot.chat.fetching import FILE_ELSEWHERE, FILE_NOT_FOUND, is_own_address, read_whole

__all__ = ["FETCH_SECONDS", "NotPublicError", "fetch", "public_socket"]

FETCH_SECONDS: Final = 10
"""Seconds for the whole of it: the connection, the answer and its last byte."""

_RETRY_SECONDS: Final = 30.0
_OK: Final = 200
_SERVER_ERROR: Final = 500
_AS_IT_IS: Final = frozenset({"", "identity"})

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]


class NotPublicError(OSError):
    """The address leads into a private network, or back to this machine."""


async def fetch(
    address: str,
    most: int,
    *,
    hosts: Collection[str],
    api: str,
    headers: Mapping[str, str] | None = None,
    unless: str = "",
) -> bytes:
    """Return the bytes at an address, `most` of them at most.

    `hosts`, `api`: as `is_own_address`. `headers` go along, and may hold a token. `unless`: a media type, of
    which the answer is none of what was asked for.

    Raises:
        Refusal: it is elsewhere, gone, or larger. Retry: not now.
    """
    if not is_own_address(address, hosts, api):
        raise Refusal(FILE_ELSEWHERE)
    guard = public_socket if is_own_address(address, hosts, "") else None
    try:
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(socket_factory=guard),
                timeout=aiohttp.ClientTimeout(total=FETCH_SECONDS),
                auto_decompress=False,
                headers={**(headers or {}), "Accept-Encoding": "identity"},
            ) as session,
            session.get(address, allow_redirects=False) as given,
        ):
            _check(given, unless)
            return await read_whole(given.content, most)
    except (NotPublicError, aiohttp.InvalidURL):
        raise Refusal(FILE_ELSEWHERE) from None
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, NotPublicError):
            raise Refusal(FILE_ELSEWHERE) from None
        raise Retry(_RETRY_SECONDS, type(error).__name__) from None
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Retry(_RETRY_SECONDS, type(error).__name__) from None


def _check(given: aiohttp.ClientResponse, unless: str) -> None:
    """Look at the head of an answer.

    Raises:
        Refusal, Retry: it holds nothing to read.
    """
    if given.status >= _SERVER_ERROR:
        raise Retry(_RETRY_SECONDS, f"HTTP {given.status}")
    if given.status != _OK or given.headers.get("Content-Encoding", "").casefold() not in _AS_IT_IS:
        raise Refusal(FILE_NOT_FOUND)
    if given.content_type == unless:
        raise Refusal("file_not_shown")


def public_socket(info: AddressInfo) -> socket.socket:
    """Return a socket for an address that a name was resolved to.

    Raises:
        NotPublicError: others cannot reach it.
    """
    family, kind, protocol, _, where = info
    address = ip_address(str(where[0]).partition("%")[0])
    if not address.is_global or address.is_multicast:
        raise NotPublicError
    return socket.socket(family, kind, protocol)

"""Files that people sent: fetched with the bot's token, so from Slack's own hosts alone.

A file object names any address: an external file (from Google Drive, say) that of the other service
(docs.slack.dev/reference/objects/file-object).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import aiohttp

from bot.chat.adapter import Refusal, Retry
from bot.chat.answers import FileRef
from bot.chat.fetching import FILE_ELSEWHERE, FILE_NOT_FOUND, is_own_address, read_whole

__all__ = ["HOSTS", "download"]

HOSTS: Final = ("slack.com", ".slack.com", "slack-gov.com", ".slack-gov.com")
"""The hosts of Slack and of GovSlack."""

_PAGE: Final = "text/html"
_OK: Final = 200
_SERVER_ERROR: Final = 500
_RETRY_SECONDS: Final = 30.0
_DOWNLOAD_SECONDS: Final = 20


async def download(file: FileRef, about: Mapping[str, Any], token: str, api: str) -> bytes:
    """Return the bytes of a file; `about` is from files.info, `api` Slack's address in the settings.

    Raises:
        Refusal: the file is gone, larger than `file.size`, or another service holds it. Retry: not now.
    """
    if about.get("is_external") or about.get("mode") == "external":
        raise Refusal(FILE_ELSEWHERE)
    address = str(about.get("url_private_download") or about.get("url_private") or "")
    if not address:
        raise Refusal(FILE_NOT_FOUND)
    if not is_own_address(address, HOSTS, api):
        raise Refusal(FILE_ELSEWHERE)
    limit = aiohttp.ClientTimeout(total=_DOWNLOAD_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.get(
                address, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False
            ) as given,
        ):
            if given.status >= _SERVER_ERROR:
                raise Retry(_RETRY_SECONDS, f"HTTP {given.status}")
            if given.status != _OK:
                raise Refusal(FILE_NOT_FOUND)
            # Without a good token there is no error: Slack returns the sign-in page.
            if given.content_type == _PAGE and about.get("mimetype") != _PAGE:
                raise Refusal("file_not_shown")
            return await read_whole(given.content, file.size)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Retry(_RETRY_SECONDS, type(error).__name__) from None

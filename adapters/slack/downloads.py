"""Files that people sent: fetched with the bot's token, so from Slack's own hosts alone.

A file object names any address: an external file (from Google Drive, say) that of the other service
(docs.slack.dev/reference/objects/file-object).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from adapters.fetching import fetch
from bot.chat.adapter import Refusal
from bot.chat.answers import FileRef
from bot.chat.fetching import FILE_ELSEWHERE, FILE_NOT_FOUND

__all__ = ["HOSTS", "download"]

HOSTS: Final = ("slack.com", ".slack.com", "slack-gov.com", ".slack-gov.com")
"""The hosts of Slack and of GovSlack."""

_PAGE: Final = "text/html"


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
    return await fetch(
        address,
        file.size,
        hosts=HOSTS,
        api=api,
        headers={"Authorization": f"Bearer {token}"},
        # Without a good token there is no error: Slack returns the sign-in page.
        unless="" if about.get("mimetype") == _PAGE else _PAGE,
    )

"""The upload of a file to a direct message: an address is requested, the bytes go there, then it is shown.

docs.slack.dev/messaging/working-with-files. Only the last step is visible to people, so only that
can be unsure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from adapters.slack.web_api import Workspace, call, read
from bot.chat.adapter import Retry
from bot.chat.answers import FileRef
from bot.chat.events import Place

__all__ = ["Loaded", "give", "is_given"]

_UPLOAD_SECONDS: Final = 60
_RETRY_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file and its bytes."""

    file: FileRef
    content: bytes


async def give(space: Workspace, place: Place, loaded: Loaded) -> None:
    """Show the file in the place.

    Raises:
        Retry: it was not shown. Refusal: it never will be. Unsure: it may have been shown.
    """
    name = loaded.file.name
    told = await read(
        space.client, "files.getUploadURLExternal", filename=name, length=str(len(loaded.content))
    )
    await _put(str(told["upload_url"]), loaded.content)
    shown = [{"id": str(told["file_id"]), "title": name}]
    await call(space.client, "files.completeUploadExternal", files=shown, channel_id=place.id)


def is_given(loaded: Loaded, history: Iterable[Mapping[str, Any]], bot: str, since: str) -> bool:
    """Return whether the bot's message with this file is in a history, after the timestamp `since`."""
    return any(
        file.get("name") == loaded.file.name
        for message in history
        if message.get("user") == bot and float(message.get("ts") or 0) > float(since)
        for file in message.get("files") or ()
    )


async def _put(address: str, content: bytes) -> None:
    limit = aiohttp.ClientTimeout(total=_UPLOAD_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as session,
            session.post(address, data=content, allow_redirects=False) as taken,
        ):
            if taken.status != 200:  # noqa: PLR2004 - good
                raise Retry(_RETRY_SECONDS, f"the file was not taken: HTTP {taken.status}")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Retry(_RETRY_SECONDS, type(error).__name__) from None

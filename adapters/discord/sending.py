"""Sending and changing messages in Discord, each part of a message once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from discord.http import Route
from discord.utils import snowflake_time

from adapters.discord.calls import Calls, Upload
from adapters.discord.render import Component, Drawn
from bot.chat.adapter import Refusal, Retry, Unsure
from bot.chat.answers import FileRef
from bot.chat.events import MessageRef, Place

__all__ = ["Sender", "load_files"]

_NONCES_LAST: Final = timedelta(minutes=2)
"""How long Discord surely knows a nonce; it promises "the past few minutes"."""

_KEPT: Final = 20_000
_LOOKED_AT: Final = 100
_LOOKED_BACK: Final = timedelta(hours=12)
"""Messages that are older are of an earlier delivery: a daily one may say the same every day."""

_GONE: Final = "10008"
_FORBIDDEN: Final = "50013"
_SOON: Final = 5.0
_GOES_ON: Final[Component] = {
    "type": 10,
    "content": "-# This is longer than fits here; press Details to read it whole.",
}


class Sender:
    """Sends the parts of messages; remembers for two minutes what it tried."""

    def __init__(self, now: Callable[[], datetime], load_file: Callable[[FileRef], Awaitable[bytes]]) -> None:
        self._now = now
        self._load_file = load_file
        self._tried: OrderedDict[str, datetime] = OrderedDict()

    async def send(
        self, calls: Calls, place: Place, parts: Sequence[Drawn], key: str, *, again: bool
    ) -> MessageRef:
        """Post every part once; raises as `Adapter.send`.

        Within two minutes Discord itself gives back the message of the same nonce. After that, or after a
        restart, what stands in the place is looked at.
        """
        ids = []
        for number, part in enumerate(parts):
            nonce = sha256(f"{key}:{number}".encode()).hexdigest()[:25]
            ids.append(await self._part(calls, place, part, nonce, again=again))
        return MessageRef(place, ",".join(ids))

    async def _part(self, calls: Calls, place: Place, part: Drawn, nonce: str, *, again: bool) -> str:
        tried = self._tried.get(nonce)
        if (again or tried) and not (tried and self._now() - tried < _NONCES_LAST):
            there = await _find(calls, place, part, self._now() - _LOOKED_BACK)
            if there:
                return there
        self._tried.setdefault(nonce, self._now())
        while len(self._tried) > _KEPT:
            self._tried.popitem(last=False)
        body = {**part.body(), "nonce": nonce, "enforce_nonce": True}
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=place.id)
        try:
            sent = await calls.call(route, body, files=await load_files(part, self._load_file))
        except Unsure as unsure:  # its nonce, and later its words, tell
            raise Retry(_SOON, str(unsure), unsure=True) from None
        return str(sent["id"])

    async def edit(self, calls: Calls, ref: MessageRef, parts: Sequence[Drawn]) -> None:
        """Give our message this content; raises as `Adapter.edit`."""
        standing = ref.parts
        for number, old in enumerate(standing):
            if number < len(parts):
                body = parts[number].body()
                if number == len(standing) - 1 and len(parts) > len(standing):
                    body["components"] = [*body["components"], _GOES_ON]
                files = await load_files(parts[number], self._load_file)
                await calls.call(_message("PATCH", old), body, files=files)
            else:
                await _delete(calls, old)


async def load_files(part: Drawn, load: Callable[[FileRef], Awaitable[bytes]]) -> list[Upload]:
    """The files of a message, by the names that its components have for them."""
    contents = await asyncio.gather(*(load(file) for _, file in part.files))
    return [(name, content) for (name, _), content in zip(part.files, contents, strict=True)]


def _message(method: str, ref: MessageRef) -> Route:
    path = "/channels/{channel_id}/messages/{message_id}"
    return Route(method, path, channel_id=ref.place.id, message_id=ref.id)


async def _delete(calls: Calls, old: MessageRef) -> None:
    try:
        await calls.call(_message("DELETE", old))
    except Refusal as refusal:
        if refusal.code != _GONE:
            raise


async def _find(calls: Calls, place: Place, part: Drawn, since: datetime) -> str:
    """Our newest message in the place that says the same; "" if none since then does.

    Raises:
        Retry, Refusal: as for sending. Unsure: the place's history may not be read.
    """
    path = f"/channels/{{channel_id}}/messages?limit={_LOOKED_AT}"
    try:
        history: list[dict[str, Any]] = await calls.call(Route("GET", path, channel_id=place.id))
    except Refusal as refusal:
        if refusal.code == _FORBIDDEN:
            raise Unsure(refusal.code) from None
        raise
    said = _words(part.components)
    for message in history:
        recent = snowflake_time(int(message["id"])) >= since
        ours = message.get("author", {}).get("bot")
        if recent and ours and _words(message.get("components") or ()) == said:
            return str(message["id"])
    return ""


def _words(components: Sequence[Component]) -> list[str]:
    """What components say and do, without the numbers that Discord gives them."""
    found: list[str] = []
    for part in components:
        found += [str(part[key]).strip() for key in ("content", "custom_id", "label") if part.get(key)]
        found += _words(part.get("components") or ())
    return found

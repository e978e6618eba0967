"""The sending and changing of messages in Discord, each part of a message once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from discord.http import Route

from adapters.discord.markdown import escape
from adapters.discord.render import Component, Rendered
from adapters.discord.rest import Calls, Upload
from bot.chat.adapter import DeliveryUnknown, Refusal, Retry
from bot.chat.answers import FileRef
from bot.chat.events import MessageRef, Place
from bot.chat.language import Language
from bot.chat.sentences import say

__all__ = ["Sender", "load_files"]

_NONCES_LAST: Final = 120.0
"""Seconds for which Discord surely knows a nonce; it promises "the past few minutes"."""

_MOST_NONCES: Final = 20_000
_LOOKED_AT: Final = 100
_PAGES: Final = 10
"""Pages of a place's history that are read: some hundred messages since the last one that is known."""

_GONE: Final = "10008"
_FORBIDDEN: Final = "50013"
_UNSURE_RETRY_SECONDS: Final = 5.0
_GOES_ON: Final = say("This is longer than fits here; press Details to read all of it.")


@dataclass(frozen=True, slots=True)
class _Sought:
    """A message that may be in a place: its words and nonce, and the messages there that it cannot be.

    `known`: ids of the bot's other messages; `since`: an id that was assigned before its first try, or "".
    `tried`: a send of it has begun, so that not to find it says nothing unless all was read.
    """

    part: Rendered
    nonce: str
    known: frozenset[str]
    since: str = ""
    tried: bool = True


class Sender:
    """A sender of the parts of messages; it remembers for two minutes what it tried."""

    def __init__(
        self, monotonic: Callable[[], float], load_file: Callable[[FileRef], Awaitable[bytes]]
    ) -> None:
        """Take `monotonic`, which returns seconds that never go back."""
        self._monotonic = monotonic
        self._load_file = load_file
        self._tried: OrderedDict[str, float] = OrderedDict()

    async def send(
        self,
        calls: Calls,
        place: Place,
        parts: Sequence[Rendered],
        key: str,
        *,
        again: bool,
        known: Collection[str] = (),
        since: str = "",
    ) -> MessageRef:
        """Post every part once; raises as `Adapter.send`.

        Within two minutes Discord itself returns the message of the same nonce. After that, or after a
        restart, the place's history after the message `since` is searched.
        """
        ids: list[str] = []
        for number, part in enumerate(parts):
            sought = _Sought(part, _nonce(key, number), frozenset({*known, *ids}), since)
            try:
                ids.append(await self._part(calls, place, sought, again=again))
            except (Retry, Refusal) as error:
                error.unsure |= bool(ids)  # the next process has to look for the parts that are there
                raise
        return MessageRef(place, ",".join(ids))

    async def find(
        self, calls: Calls, place: Place, parts: Sequence[Rendered], key: str, known: Collection[str]
    ) -> MessageRef | None:
        """Return where the message is; raises as `Adapter.find`."""
        ids: list[str] = []
        for number, part in enumerate(parts):
            found = await _find(
                calls, place, _Sought(part, _nonce(key, number), frozenset({*known, *ids}), tried=False)
            )
            ids += [found] if found else []
        return MessageRef(place, ",".join(ids)) if ids else None

    async def _part(self, calls: Calls, place: Place, sought: _Sought, *, again: bool) -> str:
        tried, nonce = self._tried.get(sought.nonce), sought.nonce
        known_to_discord = tried is not None and self._monotonic() - tried < _NONCES_LAST
        if again and not known_to_discord:
            there = await _find(calls, place, sought)
            if there:
                return there
        self._tried.setdefault(nonce, self._monotonic())
        while len(self._tried) > _MOST_NONCES:
            self._tried.popitem(last=False)
        body = {**sought.part.body(), "nonce": nonce, "enforce_nonce": True}
        route = Route("POST", "/channels/{channel_id}/messages", channel_id=place.id)
        try:
            sent = await calls.call(route, body, files=await load_files(sought.part, self._load_file))
        except (
            DeliveryUnknown
        ) as unsure:  # its nonce, and later the place's history, shows whether it arrived
            raise Retry(_UNSURE_RETRY_SECONDS, str(unsure), unsure=True) from None
        return str(sent["id"])

    async def edit(
        self, calls: Calls, ref: MessageRef, parts: Sequence[Rendered], language: Language
    ) -> None:
        """Give the bot's message this content, in this language; raises as `Adapter.edit`."""
        standing = ref.parts
        for number, old in enumerate(standing):
            if number < len(parts):
                body = parts[number].body()
                if number == len(standing) - 1 and len(parts) > len(standing):
                    body["components"] = [*body["components"], _remark(language)]
                files = await load_files(parts[number], self._load_file)
                await calls.call(_message("PATCH", old), body, files=files)
            else:
                await _delete(calls, old)


def _remark(language: Language) -> Component:
    """Return the small print under what is cut, in the language of the message."""
    return {"type": 10, "content": f"-# {escape(language.text(_GOES_ON))}"}


async def load_files(part: Rendered, load: Callable[[FileRef], Awaitable[bytes]]) -> list[Upload]:
    """Return the files of a message, by the names that its components use for them."""
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


def _nonce(key: str, number: int) -> str:
    """Return the nonce of a part, the same for every try."""
    return sha256(f"{key}:{number}".encode()).hexdigest()[:25]


async def _find(calls: Calls, place: Place, sought: _Sought) -> str:
    """Return the id of the message in the place's history; "" where it is not there.

    Discord keeps nonces only for a while. Of a message without one the words are compared, and equal words
    alone prove nothing: the bot's other messages, older ones and answers to interactions do not count.

    Raises:
        Retry, Refusal: as for sending. Unsure: the place's history may not be read, or not all of it.
    """
    said = _words(sought.part.components)
    history, whole = await _history(calls, place, sought.since)
    for message in history:
        nonce, number = message.get("nonce"), str(message["id"])
        if nonce is not None and str(nonce) == sought.nonce:
            return number
        ours = message.get("author", {}).get("bot") and not message.get("interaction_metadata")
        other = nonce is not None or number in sought.known or int(number) <= int(sought.since or 0)
        if ours and not other and _words(message.get("components") or ()) == said:
            return number
    if sought.tried and not whole:
        raise DeliveryUnknown("too much to read")
    return ""


async def _history(calls: Calls, place: Place, since: str) -> tuple[list[dict[str, Any]], bool]:
    """Return the messages of a place after the message `since`, and whether these are all of them.

    Without `since` the newest are read.
    """
    found: list[dict[str, Any]] = []
    for _ in range(_PAGES if since else 1):
        after = f"&after={since}" if since else ""
        path = f"/channels/{{channel_id}}/messages?limit={_LOOKED_AT}{after}"
        try:
            page: list[dict[str, Any]] = await calls.call(Route("GET", path, channel_id=place.id))
        except Refusal as refusal:
            if refusal.code == _FORBIDDEN:
                raise DeliveryUnknown(refusal.code) from None
            raise
        found += page
        if len(page) < _LOOKED_AT:
            return found, True
        since = max((str(each["id"]) for each in page), key=int)
    return found, False


def _words(components: Sequence[Component]) -> list[str]:
    """Return what components say and do, without the numbers that Discord gives them."""
    found: list[str] = []
    for part in components:
        found += [str(part[key]).strip() for key in ("content", "custom_id", "label") if part.get(key)]
        found += _words(part.get("components") or ())
    return found

"""The sending, changing and finding of messages in Slack, each part of a message once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, TypeVar

from adapters.slack.render import Rendered
from adapters.slack.uploads import Loaded, give, is_given
from adapters.slack.views import home
from adapters.slack.web_api import TIER_3, TIER_4, Pace, Workspace, call, read
from bot.chat.adapter import DeliveryUnknown, Refusal, Retry
from bot.chat.answers import FileRef
from bot.chat.events import MessageRef, Place
from bot.chat.language import Language
from bot.chat.sentences import Sentence, say

__all__ = ["Sender"]

_T = TypeVar("_T")

_EVENT: Final = "stint_delivery"
_LOOKED_AT: Final = 100
_PAGES: Final = 10
"""Pages of a place's history that are read: some hundred messages since the last one that is known."""

_SETTLES: Final = 10.0
"""Seconds after which a message that Slack accepted is in its place's history."""

_EARLY: Final = 0.01  # seconds; a caller that waited for the stated time may be this much early
_REMEMBERED: Final = 1000
_GIVEN: Final = "given"
_MOST_OF_A_HOME: Final = 100
_GOES_ON: Final = say("This is longer than fits here; press Details to read all of it.")
_MORE: Final = say("There is more than fits here; my commands list the rest.")


class Sender:
    """A sender of the parts of messages.

    It remembers messages of which Slack took only some parts, and since when it has looked for others.
    """

    def __init__(
        self,
        pace: Pace,
        monotonic: Callable[[], float],
        load_file: Callable[[FileRef], Awaitable[bytes]],
    ) -> None:
        """Take `monotonic`, which returns seconds that never go back."""
        self._pace = pace
        self._monotonic = monotonic
        self._load_file = load_file
        self._half_sent: OrderedDict[str, dict[int, str]] = OrderedDict()
        self._in_doubt: OrderedDict[str, float] = OrderedDict()

    async def send(
        self,
        space: Workspace,
        place: Place,
        parts: Sequence[Rendered],
        key: str,
        *,
        again: bool,
        since: str = "",
    ) -> MessageRef:
        """Post every part that is not there yet, then its files; raises as `Adapter.send`."""
        delivery = _delivery(key)
        there = self._half_sent.pop(delivery, {})
        if again and not there:
            there = await _find(space, place, delivery, since, len(parts))
            if len(there) < len(parts):
                self._wait(delivery)
        try:
            loaded = await self._loaded(place, parts)
            for number, part in enumerate(parts):
                if number not in there:
                    self._pace.take(place.id)
                    there[number] = await _surely(space, place, part, delivery, number)
            for number, file in enumerate(loaded, len(parts)):
                if number not in there:
                    await _give(space, place, file, there[0], again=again)
                    there[number] = _GIVEN
        except (Retry, Refusal) as error:
            if error.unsure:
                _keep(self._in_doubt, delivery, self._monotonic())
            elif there:
                _keep(self._half_sent, delivery, there)
                error.unsure = True  # the next process has to look for these parts
            raise
        self._in_doubt.pop(delivery, None)
        return MessageRef(place, ",".join(there[number] for number in range(len(parts))))

    async def find(self, space: Workspace, place: Place, key: str) -> MessageRef | None:
        """Return where the message of this key is; raises as `Adapter.find`."""
        there = await _find(space, place, _delivery(key))
        return MessageRef(place, ",".join(there[number] for number in sorted(there))) if there else None

    def _wait(self, delivery: str) -> None:
        """Let a message that is not there be sent only once Slack has had time to show it.

        What a process sent that was killed may be on its way still.

        Raises:
            Retry: it may come yet.
        """
        now = self._monotonic()
        since = self._in_doubt.get(delivery)
        if since is None:
            _keep(self._in_doubt, delivery, since := now)
        if (left := since + _SETTLES - now) > _EARLY:
            raise Retry(left, "it may be on its way", unsure=True)

    async def _loaded(self, place: Place, parts: Sequence[Rendered]) -> list[Loaded]:
        """Return the files, loaded before any sending; only for their reader, since others read a channel."""
        files = [file for part in parts for file in part.files] if place.kind == "dm" else []
        return [Loaded(file, await self._load_file(file)) for file in files]

    async def edit(
        self, space: Workspace, ref: MessageRef, parts: Sequence[Rendered], language: Language
    ) -> None:
        """Give the bot's message this content, in this language; raises as `Adapter.edit`."""
        if ref.place.kind == "home":
            blocks = [block for part in parts for block in part.blocks]
            if len(blocks) > _MOST_OF_A_HOME:
                blocks = [*blocks[: _MOST_OF_A_HOME - 1], _remark(language, _MORE)]
            user = ref.place.id.partition(".")[2]
            self._pace.take(f"{ref.place.space} views.publish", *TIER_4)
            await call(space.client, "views.publish", user_id=user, view=home(blocks))
            return
        standing = ref.parts
        for number, old in enumerate(standing):
            if number < len(parts):
                blocks = parts[number].blocks
                if number == len(standing) - 1 and len(parts) > len(standing):
                    blocks = [*blocks, _remark(language, _GOES_ON)]
                self._pace.take(f"{ref.place.space} chat.update", *TIER_3)
                await call(
                    space.client,
                    "chat.update",
                    channel=ref.place.id,
                    ts=old.id,
                    text=parts[number].text,
                    blocks=blocks,
                )
            else:
                self._pace.take(f"{ref.place.space} chat.delete", *TIER_3)
                await _delete(space, old)


def _keep(memory: OrderedDict[str, _T], delivery: str, known: _T) -> None:
    """Remember something of a delivery, and forget the oldest of too many."""
    memory[delivery] = known
    while len(memory) > _REMEMBERED:
        memory.popitem(last=False)


def _remark(language: Language, words: Sentence) -> dict[str, Any]:
    """Return a line of small print in the language of the message that it is under."""
    return {"type": "context", "elements": [{"type": "plain_text", "text": language.text(words)}]}


def _delivery(key: str) -> str:
    """Return the metadata of a message's parts: an opaque id, the same for every try."""
    return sha256(key.encode()).hexdigest()[:32]


async def _delete(space: Workspace, old: MessageRef) -> None:
    try:
        await call(space.client, "chat.delete", channel=old.place.id, ts=old.id)
    except Refusal as refusal:
        if refusal.code != "message_not_found":
            raise


async def _surely(space: Workspace, place: Place, part: Rendered, delivery: str, number: int) -> str:
    """Post a part; if its answer is lost, look for it in the place's history.

    Raises:
        Unsure: the history may not be read. Retry: it is not there, or cannot be looked for now; the next
    try looks again first, since Slack may show an accepted message only later.
    """
    try:
        return await _post(space, place, part, delivery, number)
    except DeliveryUnknown:
        there = await _find(space, place, delivery)
        if number not in there:
            raise Retry(_SETTLES, "the answer was lost", unsure=True) from None
        return there[number]


async def _post(space: Workspace, place: Place, part: Rendered, delivery: str, number: int) -> str:
    answer = await call(
        space.client,
        "chat.postMessage",
        channel=place.id,
        text=part.text,
        blocks=part.blocks,
        mrkdwn=False,
        unfurl_links=False,
        unfurl_media=False,
        # An opaque id without personal data: every app of the workspace can read it.
        metadata={"event_type": _EVENT, "event_payload": {"id": delivery, "part": number}},
    )
    return str(answer["ts"])


async def _give(space: Workspace, place: Place, file: Loaded, since: str, *, again: bool) -> None:
    """Send a file once, after the message of timestamp `since`; raises as `_surely`."""
    if again and await _is_given(space, place, file, since):
        return
    try:
        await give(space, place, file)
    except DeliveryUnknown:
        if not await _is_given(space, place, file, since):
            raise Retry(_SETTLES, "the answer was lost", unsure=True) from None


async def _is_given(space: Workspace, place: Place, file: Loaded, since: str) -> bool:
    said, _ = await _history(space, place, since)
    return is_given(file, said, space.bot_user, since)


async def _find(
    space: Workspace, place: Place, delivery: str, since: str = "", wanted: int = 0
) -> dict[int, str]:
    """Return the parts of a delivery that are in the place, by number.

    Fewer than are `wanted` are an answer only where all was read that they could be in.

    Raises:
        Unsure: not all was read, or nothing may be. Retry: not now.
    """
    found: dict[int, str] = {}
    said, whole = await _history(space, place, since)
    for message in said:
        payload = _payload(message)
        if payload.get("id") == delivery:
            found[int(payload.get("part", 0))] = str(message["ts"])
    if len(found) < wanted and not whole:
        raise DeliveryUnknown("too much to read")
    return found


async def _history(space: Workspace, place: Place, since: str) -> tuple[Sequence[Mapping[str, Any]], bool]:
    """Return the messages of a place after the timestamp `since`, and whether these are all of them.

    The bot's metadata is on its own. Without `since` the newest are read. A second page is not waited for, as
    an app that many customers install is shown fifteen messages at once, once a minute
    (docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps).

    Raises:
        Unsure: the history may not be read. Retry: not now.
    """
    said: list[Mapping[str, Any]] = []
    asked: dict[str, Any] = {"channel": place.id, "include_all_metadata": "true", "limit": _LOOKED_AT}
    asked |= {"oldest": since} if since else {}
    for _ in range(_PAGES if since else 1):
        try:
            page = await read(space.client, "conversations.history", **asked)
        except Refusal as refusal:
            raise DeliveryUnknown(refusal.code) from None
        except Retry as retry:
            if said:
                break
            raise Retry(retry.seconds, str(retry), unsure=True) from None
        said += page.get("messages") or ()
        asked["cursor"] = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not asked["cursor"]:
            return said, True
    return said, False


def _payload(message: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = message.get("metadata") or {}
    payload: Mapping[str, Any] = metadata.get("event_payload") or {}
    return payload if metadata.get("event_type") == _EVENT else {}

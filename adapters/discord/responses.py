"""Responses to an interaction: at once while that is in time, deferred when the turn is slow.

The first response is due within three seconds; then the token serves fifteen minutes
(docs.discord.com/developers/interactions/receiving-and-responding).
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from adapters.discord.modals import modal_of
from adapters.discord.render import EPHEMERAL, Rendered, draw
from adapters.discord.rest import Calls, Upload
from adapters.discord.sending import load_files
from bot.chat.adapter import Refusal, Response
from bot.chat.answers import FileRef
from bot.chat.content import ANSWER, Button, Buttons, Message, with_answer
from bot.chat.events import Place
from bot.chat.language import as_text
from bot.chat.languages import language_for

__all__ = ["GOOD_FOR", "Answering", "Pending", "Pendings", "defer", "say_nothing"]

GOOD_FOR: Final = timedelta(minutes=15)

_MESSAGE, _THINKING, _QUIETLY, _UPDATE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9
_GIVEN: Final = "40060"
"""Discord's code where another process of the bot has answered already."""

_CHOICE_LABEL: Final = 100
_MOST_CHOICES: Final = 25

_MAX_PENDING: Final = 5_000
"""Interactions that wait for their answers; beyond it the oldest can no longer be answered."""


@dataclass(slots=True)
class Pending:
    """An interaction that waits for its answer.

    `first` is the kind of its first response, 0 while there is none. `message`: the pressed one, also
    where that opened the form; `ephemeral`: only its person sees that. `locale`: the
    language that its person uses Discord in (BCP 47). `speaking`: what follows the first
    response must wait until Discord has that.
    """

    id: str
    token: str
    application: str
    kind: Literal["command", "press", "submit", "suggest"]
    place: Place
    at: datetime
    message: str = ""
    ephemeral: bool = False
    locale: str = ""
    first: int = 0
    speaking: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def private(self) -> int:
        """The flag of an answer that only one person sees; the bot's own DM has no other readers."""
        return 0 if self.place.readers == "alone" else EPHEMERAL

    @property
    def replaceable(self) -> bool:
        """Whether an answer can replace the pressed message without other people reading it."""
        return bool(self.message) and (self.ephemeral or self.place.readers == "alone")


class Pendings:
    """The interactions of this process that wait for their answers, by id."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, Pending] = OrderedDict()

    def keep(self, pending: Pending) -> None:
        """Keep an interaction until it is answered."""
        self._waiting[pending.id] = pending
        while len(self._waiting) > _MAX_PENDING:
            self._waiting.popitem(last=False)

    def forget(self, pending: Pending) -> None:
        """Forget an interaction that is finished."""
        self._waiting.pop(pending.id, None)

    def find(self, token: str) -> Pending | None:
        """Return the interaction of a ReplyTo's token; None where it is over, or of an earlier process."""
        return self._waiting.get(token)


@dataclass(frozen=True, slots=True)
class Answering:
    """The tools for answering: calls, addresses of places, and the bytes of kept files."""

    calls: Calls
    address: Callable[[str], str]
    load_file: Callable[[FileRef], Awaitable[bytes]]

    async def give(self, pending: Pending, answer: Response, link: str = "") -> None:
        """Give the answer; `link` is the address where the conversation continues.

        Raises:
            Refusal: the interaction is over, or a form cannot open any more. Retry, Unsure: as the port says.
        """
        async with pending.speaking:
            await self._give(pending, answer, link)

    async def _give(self, pending: Pending, answer: Response, link: str) -> None:
        if pending.kind == "suggest":
            choices = [
                {"name": as_text(each.label)[:_CHOICE_LABEL] or "…", "value": each.value}
                for each in answer.options[:_MOST_CHOICES]
                if len(each.value) <= _CHOICE_LABEL
            ]
            await _first(self.calls, pending, _CHOICES, {"choices": choices})
        elif answer.form:
            if pending.first or pending.kind == "submit":
                await _drop_thinking(self.calls, pending)
                raise Refusal("no_form_now")
            await _first(self.calls, pending, _MODAL, modal_of(answer.form))
        elif answer.message:
            await self._say(pending, _shown(pending, answer, link), replace=answer.replace)
        else:
            await _say_nothing(self.calls, pending)

    async def _say(self, pending: Pending, said: Message, *, replace: bool) -> None:
        parts = draw(said, self.address, with_files=True, space=pending.place.space)
        replaces = replace and pending.replaceable
        rest: Sequence[Rendered] = parts
        if not pending.first:
            body = parts[0].body(flags=0 if replaces else pending.private)
            await _first(
                self.calls,
                pending,
                _UPDATE if replaces else _MESSAGE,
                body,
                await load_files(parts[0], self.load_file),
            )
            rest = parts[1:]
        elif replaces or pending.first == _THINKING:
            await self._further(pending, parts[0], "PATCH", "/messages/@original")
            pending.first = pending.first if replaces else _MESSAGE  # "thinking" has become this message
            rest = parts[1:]
        for part in rest:
            await self._further(pending, part, "POST", "", pending.private)

    async def _further(
        self, pending: Pending, part: Rendered, method: str, path: str, flags: int = 0
    ) -> None:
        files = await load_files(part, self.load_file)
        address = f"/webhooks/{pending.application}/{pending.token}{path}"
        await self.calls.answer(method, address, part.body(flags=flags), files)


async def defer(calls: Calls, pending: Pending) -> None:
    """Defer the answer: silently where it may replace a message, as "thinking" elsewhere.

    After "thinking" there is no way back to the message whose button opened a form.
    """
    async with pending.speaking:
        await _defer(calls, pending)


async def _defer(calls: Calls, pending: Pending) -> None:
    if pending.first or pending.kind == "suggest":
        return
    if pending.kind == "press" or pending.replaceable:
        await _first(calls, pending, _QUIETLY)
    else:
        await _first(calls, pending, _THINKING, {"flags": pending.private})


async def say_nothing(calls: Calls, pending: Pending) -> None:
    """Finish an interaction without a message; Discord shows an error if no response comes at all."""
    async with pending.speaking:
        await _say_nothing(calls, pending)


async def _say_nothing(calls: Calls, pending: Pending) -> None:
    if pending.first not in (0, _THINKING):
        return
    if not pending.first and pending.message:
        await _first(calls, pending, _QUIETLY)
        return
    await _defer(calls, pending)
    await _drop_thinking(calls, pending)


async def _drop_thinking(calls: Calls, pending: Pending) -> None:
    """Remove "thinking" where it is shown: the answer comes another way."""
    if pending.first == _THINKING:
        await calls.answer("DELETE", f"/webhooks/{pending.application}/{pending.token}/messages/@original")


async def _first(
    calls: Calls, pending: Pending, kind: int, data: object = None, files: Sequence[Upload] = ()
) -> None:
    before, pending.first = pending.first, kind
    if before:
        raise Refusal("answered")
    body = {"type": kind} | ({} if data is None else {"data": data})
    try:
        await calls.answer("POST", f"/interactions/{pending.id}/{pending.token}/callback", body, files)
    except Exception as error:
        if isinstance(error, Refusal) and error.code == _GIVEN:
            return
        pending.first = before
        raise


def _shown(pending: Pending, answer: Response, link: str) -> Message:
    """Return the message to show: with a way to answer where typing is impossible, and a link to it."""
    said = answer.message or Message(())
    if pending.place.readers == "alone":
        return said
    language = language_for(answer.language)
    said = with_answer(said, language.text(ANSWER))
    if not link:
        return said
    return Message((*said.blocks, Buttons((Button(language.text("Go there"), url=link),))), said.answer)

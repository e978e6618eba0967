"""Which direct message is the bot's own with a person: only what Slack itself has said counts.

All direct messages have ids that begin with D, those between two people too, and a command can be used in
each of them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from bot.chat.adapter import Refusal, Retry, Unsure

__all__ = ["DirectMessages"]

_KEPT: Final = 20_000
"""Direct messages remembered; others are opened again."""

_PATIENCE: Final = 1.0
"""Seconds that an interaction waits to learn where it happened; it is answered within three."""


class DirectMessages:
    """The channel of the bot's direct message by account ("T1.U1"); it never becomes another one."""

    def __init__(self, ask: Callable[[str], Awaitable[str]]) -> None:
        """`ask(account)` opens the direct message (conversations.open) and gives its channel."""
        self._ask = ask
        self._known: OrderedDict[str, str] = OrderedDict()

    def known(self, account: str) -> str:
        """The channel; "" while Slack has not said it."""
        return self._known.get(account, "")

    def note(self, account: str, channel: str) -> None:
        """Slack has said that this is the channel: in an event that only the bot's own have, or an answer."""
        if account and channel:
            self._known[account] = channel
            self._known.move_to_end(account)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)

    async def find(self, account: str) -> str:
        """The channel; raises what `ask` raises."""
        if not self.known(account):
            self.note(account, await self._ask(account))
        return self._known[account]

    async def look(self, account: str) -> str:
        """The channel; "" where Slack cannot be asked soon, and then nobody knows whose a channel is."""
        with suppress(Refusal, Retry, Unsure, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                return await self.find(account)
        return ""

"""The bot's own direct message with each person: only what Slack itself has said counts.

All direct messages have ids that begin with D, those between two people too, and a command can be used in
each of them.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from bot.chat.adapter import DeliveryUnknown, Refusal, Retry

__all__ = ["DirectMessages"]

_MOST_DMS: Final = 20_000
"""Direct messages to remember; others are opened again."""

_LOOKUP_SECONDS: Final = 1.0
"""Seconds that an interaction waits to learn where it happened; it is answered within three."""


class DirectMessages:
    """The channel of the bot's direct message by account ("T1.U1"); it never changes."""

    def __init__(self, ask: Callable[[str], Awaitable[str]]) -> None:
        """Take `ask(account)`: it opens the direct message (conversations.open) and returns its channel."""
        self._ask = ask
        self._known: OrderedDict[str, str] = OrderedDict()

    def known(self, account: str) -> str:
        """Return the channel; "" while it is unknown."""
        return self._known.get(account, "")

    def note(self, account: str, channel: str) -> None:
        """Note the channel from Slack: from an event that only the bot's own DMs have, or from an answer."""
        if account and channel:
            self._known[account] = channel
            self._known.move_to_end(account)
            while len(self._known) > _MOST_DMS:
                self._known.popitem(last=False)

    async def find(self, account: str) -> str:
        """Return the channel; raise what `ask` raises."""
        if not self.known(account):
            self.note(account, await self._ask(account))
        return self._known[account]

    async def look(self, account: str) -> str:
        """Return the channel; "" where Slack does not answer soon, which leaves the owner unknown."""
        with suppress(Refusal, Retry, DeliveryUnknown, TimeoutError):
            async with asyncio.timeout(_LOOKUP_SECONDS):
                return await self.find(account)
        return ""

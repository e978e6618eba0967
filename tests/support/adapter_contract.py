"""What the adapter's contract needs of a platform: the little world around an adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol

from bot.chat.adapter import Adapter, Receive
from bot.chat.commands import CommandSpec
from bot.chat.events import MessageRef, Place, UserRef

__all__ = ["COMMAND", "Platform"]

COMMAND = CommandSpec(("walk",), "Go for a walk")
"""What the account types where a test needs a command."""


class Platform(Protocol):
    """One platform as the contract sees it; the account's acts return once the bot has handled them."""

    adapter: Adapter
    user: UserRef
    channel: Place
    nowhere: Sequence[Place | UserRef]
    """Destinations of this platform that do not exist (any more)."""

    def running(self, receive: Receive) -> AbstractAsyncContextManager[None]:
        """The adapter is open and takes events in until the end of the block."""

    def seen(self, at: Place | UserRef) -> list[str]:
        """What the bot says to the account there, each message in words as it is drawn, oldest first."""

    shared: Sequence[str]
    """Names of the places that others read too: the channel, and those where the bot itself is not."""

    def seen_by_others(self) -> list[str]:
        """What another person, who is in all of `shared`, sees of the bot's anywhere."""

    def form(self) -> tuple[str, Mapping[str, str]] | None:
        """The form open before the account: its title, and the reasons that are beside questions."""

    async def commands(self, at: str | None = None) -> None:
        """Use COMMAND in the channel, or in the place of this name ("" is the DM)."""

    async def says(self, words: str, files: Mapping[str, bytes] | None = None) -> None:
        """Write in the DM, with these files by name."""

    async def presses(self, label: str) -> None:
        """Press the newest button with this label."""

    async def submits(self, values: Mapping[str, str]) -> None:
        """Fill the open form, by question name, and send it."""

    async def again(self) -> None:
        """The platform hands over once more what it holds to be unhandled."""

    def waits(self, by: timedelta) -> None:
        """Time passes."""

    def forget(self, ref: MessageRef) -> MessageRef:
        """A reference like this one, to a message that is not there."""

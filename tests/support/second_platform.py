"""A second platform beside the terminal, and a person on it: for programmes over two platforms."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.chat.adapter import Capabilities, Receive, Refusal, Response
from bot.chat.answers import FileRef
from bot.chat.commands import CommandSpec
from bot.chat.content import Button, Buttons, Message
from bot.chat.events import (
    ButtonPressed,
    CommandUsed,
    FormSubmitted,
    MessageReceived,
    MessageRef,
    Place,
    ReplyTo,
    UserRef,
)
from bot.chat.findings import Finding
from bot.chat.rendering.limits import Limits
from bot.chat.rendering.plain_text import plain_text
from storage.database import UnitOfWork
from storage.tables import Space
from tests.support.platform_events import tell
from tests.support.stage import Stage

__all__ = ["ELSEWHERE", "SPACE", "Account", "Elsewhere", "open_elsewhere"]

ELSEWHERE: Final = "other"
SPACE: Final = "o1"


@dataclass
class Elsewhere:
    """An adapter that keeps what is said, in order: for which account or place, and what."""

    platform: str = ELSEWHERE
    capabilities: Capabilities = field(default_factory=Capabilities)
    limits: Limits = field(default_factory=Limits)
    said: list[tuple[str, Message]] = field(default_factory=list)
    connected: bool = True

    async def open(self) -> None:
        """There is nothing to open."""

    async def run(self, receive: Receive) -> None:
        """Events come by `tell`."""

    async def respond(self, to: ReplyTo, answer: Response) -> None:
        """Keep the immediate answer."""
        if answer.message:
            self.said.append((to.token.partition(" ")[0], answer.message))

    async def send(
        self,
        to: Place | UserRef,
        message: Message,
        *,
        key: str,
        again: bool = False,
        known: Collection[str] = (),
        since: str = "",
    ) -> MessageRef:
        """Keep the message."""
        assert key
        assert not again
        self.said.append((to.id, message))
        place = to if isinstance(to, Place) else Place(ELSEWHERE, "", f"dm-{to.id}", "dm")
        return MessageRef(place, str(len(self.said)))

    async def find(
        self, to: Place | UserRef, message: Message, *, key: str, known: Collection[str] = ()
    ) -> MessageRef | None:
        """Nothing is ever in doubt here."""
        raise AssertionError(key)

    async def edit(self, ref: MessageRef, message: Message) -> None:
        """Keep what it says now."""
        self.said.append((ref.place.id, message))

    async def fetch(self, file: FileRef) -> bytes:
        """There are no files here."""
        raise Refusal("gone", file.name)

    async def inspect(self, place: Place | None = None) -> Sequence[Finding]:
        """All is well."""
        return ()

    async def is_connected(self) -> bool:
        """It can be reached unless a test says otherwise."""
        return self.connected

    async def register(self, commands: Sequence[CommandSpec]) -> None:
        """Do nothing: no caller waits for it."""

    async def close(self) -> None:
        """There is nothing to close."""


@dataclass(frozen=True)
class Account:
    """A person on the second platform, acting in their direct messages."""

    stage: Stage
    platform: Elsewhere
    id: str

    @property
    def dm(self) -> Place:
        """Where they and the bot talk alone."""
        return Place(ELSEWHERE, "", f"dm-{self.id}", "dm")

    def screen(self) -> str:
        """All that was said to them."""
        return "\n".join(plain_text(words) for to, words in self.platform.said if to == self.id)

    async def uses(self, *path: str, **options: str) -> None:
        """Use a command."""
        await self._beat()
        await tell(self.stage, CommandUsed, self.id, self.dm, path=path, options=options)

    async def presses(self, label: str) -> None:
        """Press the newest button of this label."""
        found = [
            button
            for to, words in self.platform.said
            for block in words.blocks
            if to == self.id and isinstance(block, Buttons)
            for button in block.buttons
            if button.label == label
        ]
        await self.acts(found[-1])

    async def acts(self, button: Button) -> None:
        """Press a button."""
        await self._beat()
        await tell(self.stage, ButtonPressed, self.id, self.dm, action=button.action)

    async def says(self, words: str) -> None:
        """Write in the direct messages."""
        await self._beat()
        message = MessageRef(self.dm, f"mine-{self.stage.clock.now().isoformat()}")
        await tell(self.stage, MessageReceived, self.id, self.dm, message=message, text=words)

    async def fills(self, form: str, context: str = "", **values: str) -> None:
        """Send a form."""
        await self._beat()
        await tell(self.stage, FormSubmitted, self.id, self.dm, form=form, values=values, context=context)

    async def _beat(self) -> None:
        await self.stage.tick(seconds=20)


def open_elsewhere(stage: Stage) -> Elsewhere:
    """Let the stage's programme have a space on a second platform, and the bot run there."""

    def settle_in(work: UnitOfWork) -> None:
        space = Space(programme_id=1, platform=ELSEWHERE, external_id=SPACE, created_at=stage.clock.now())
        work.session.add(space)

    stage.database.transact_inline(settle_in)
    made = Elsewhere()
    stage.runtime.adapters = {**stage.runtime.adapters, ELSEWHERE: made}
    return made

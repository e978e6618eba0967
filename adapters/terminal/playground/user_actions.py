"""The deeds of the user at the playground: a widget posts each, and the app does it."""

from __future__ import annotations

from dataclasses import dataclass, field

from textual.message import Message as TextualMessage

from adapters.terminal.client import Client
from adapters.terminal.workspace import Entry, Workspace
from bot.chat.answers import FileRef
from bot.chat.content import Button, Select
from bot.chat.events import Place

__all__ = ["Chosen", "Deed", "FormSent", "Pressed", "Written", "what_became_of"]


class Deed(TextualMessage):
    """A deed to be done in the world."""

    @property
    def did(self) -> str:
        """The name of the deed for the list of things to try, "" if the list does not look for it."""
        return ""

    async def do(self, hands: Client, at: Place) -> None:
        """Do the deed in this place."""
        raise NotImplementedError


@dataclass
class Pressed(Deed):
    """A press of a message's button."""

    entry: Entry
    button: Button

    @property
    def did(self) -> str:
        """The pressed button."""
        return f"did ButtonPressed {self.button.action}"

    async def do(self, hands: Client, at: Place) -> None:
        """Press the button."""
        await hands.press(self.entry, self.button)


@dataclass
class Chosen(Deed):
    """A choice of options in a message's select."""

    entry: Entry
    choose: Select
    values: tuple[str, ...]

    @property
    def did(self) -> str:
        """The used select."""
        return f"did ChoiceMade {self.choose.action}"

    async def do(self, hands: Client, at: Place) -> None:
        """Choose the options."""
        await hands.choose(self.entry, self.choose, self.values)


@dataclass
class Written(Deed):
    """Written words: a command, new words with files, an answer to a message, or a changed message."""

    text: str
    answering: Entry | None = None
    changing: Entry | None = None
    files: tuple[FileRef, ...] = ()

    @property
    def did(self) -> str:
        """The used command, if there is one."""
        command = self.text.startswith("/") and not self.changing
        return f"did CommandUsed {self.text}" if command else ""

    async def do(self, hands: Client, at: Place) -> None:
        """Write the words."""
        if self.changing:
            await hands.rewrite(self.changing, self.text)
        elif self.text.startswith("/") and not self.files:
            await hands.type_command(self.text, at)
        else:
            await hands.write(self.text, at, self.answering, self.files)


@dataclass
class FormSent(Deed):
    """A filled page of a form, to be sent."""

    form: str
    texts: dict[str, str] = field(default_factory=dict)

    @property
    def did(self) -> str:
        """The sent form."""
        return f"did FormSubmitted {self.form}"

    async def do(self, hands: Client, at: Place) -> None:
        """Send the page."""
        await hands.submit(self.texts)


def what_became_of(world: Workspace, event: str, error: Exception) -> str:
    """Return what became of a deed that ended in an error; `event` is the id its event would have had."""
    name = type(error).__name__
    if any(each.id == event for each in world.waiting):
        return f"The bot failed ({name}). It tries again at the next start."
    if world.next_event_id() != event:
        return f"Done, but what follows failed ({name}). Quit and come back."
    if isinstance(error, OSError):
        return f"Nothing was done: {error.strerror or name}."
    return f"Stopped on the way; the bot heard nothing ({name})."

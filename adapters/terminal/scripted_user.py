"""A person at the terminal in a script: buttons and messages are found by the words on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from adapters.terminal.client import Client, NotOnScreen
from adapters.terminal.command_line import find_place
from adapters.terminal.screen import buttons_of, form_words, page_of, selects_of, words_of
from adapters.terminal.workspace import BOT, Entry
from bot.chat.adapter import OpenedForm
from bot.chat.answers import FileRef
from bot.chat.content import Button, Select
from bot.chat.events import Place
from bot.chat.language import as_text

__all__ = ["NotOnScreen", "ScriptedUser"]

Thing = TypeVar("Thing", Button, Select)


class ScriptedUser(Client):
    """A person who acts as one account, and sees what it sees.

    A place is a channel's id or name, "" is the DM. Acting on what is not on the screen raises
    NotOnScreen, which says what is.
    """

    async def uses(self, line: str, place: str = "") -> None:
        """Type a slash command; see `type_command`."""
        await self.type_command(line, self._place(place))

    async def says(self, text: str, reply_to: str = "", files: tuple[FileRef, ...] = ()) -> None:
        """Write in the DM; `reply_to` holds words of the message there that this answers."""
        answered = self._holding(reply_to, self.screen()) if reply_to else None
        await self.write(text, self.dm, answered, files)

    async def says_in(self, channel: str, text: str) -> None:
        """Write in a channel."""
        await self.write(text, self._place(channel))

    async def replies(self, quote: str, text: str) -> None:
        """Answer, in its place, the newest message that holds `quote`."""
        answered = self._holding(quote, self._everything())
        await self.write(text, self.world.place(answered.place), answered)

    async def edits(self, old: str, new: str) -> None:
        """Make the newest message of this account that holds `old` read `new`."""
        mine = [e for e in self._everything() if e.author == self.id and not e.private_to]
        await self.rewrite(self._holding(old, mine), new)

    async def presses(self, label: str, on: str = "") -> None:
        """Press the button with this label in the newest message that has it (and holds `on`)."""

        def wanted(button: Button) -> bool:
            return as_text(button.label).casefold() == label.casefold()

        entry, button = self._find(buttons_of, wanted, f"button “{label}”", on)
        await self.press(entry, button)

    async def chooses(self, *labels: str, on: str = "") -> None:
        """Choose these options in the newest select that has them (in a message that holds `on`)."""

        def wanted(select: Select) -> bool:
            return len(_values(select, labels)) == len(labels)

        entry, select = self._find(selects_of, wanted, f"select with “{'”, “'.join(labels)}”", on)
        await self.choose(entry, select, _values(select, labels))

    async def fills(self, answers: Mapping[str, str]) -> None:
        """Fill the open form's page, questions by label or name, and send it; see `submit`."""
        texts = {}
        for called, answer in answers.items():
            names = [
                question.name
                for question in page_of(self.open_dialog().opened).questions
                if called.casefold() in (question.name.casefold(), as_text(question.ask.label).casefold())
            ]
            if not names:
                raise self._missing(f"question “{called}”")
            texts[names[0]] = answer
        await self.submit(texts)

    async def joins(self, channel: str) -> None:
        """Enter a channel, which may have been hidden so far."""
        by_name = {found.name: found.id for found in self.world.channels.values()}
        await self.enter(self.world.place(by_name.get(channel, channel)))

    async def leaves(self, channel: str) -> None:
        """Leave the space that a channel is in."""
        await self.leave(self._place(channel))

    # What the person sees.

    def screen(self, place: str = "") -> list[Entry]:
        """Return the messages of a place, oldest first."""
        return self.world.seen_by(self.id, self._place(place).id)

    def sees(self, text: str) -> bool:
        """Return whether the text is anywhere that this person can look, the open form included."""
        return text in self.view()

    def view(self) -> str:
        """Return everything this person can look at, in words: place after place, the open form last."""
        lines = []
        for place in self.world.places_of(self.id):
            lines.append(f"== {place.id}")
            lines += [f"{e.author}: {words_of(e)}" for e in self.world.seen_by(self.id, place.id)]
        if self.form:
            lines += ["== form", form_words(self.form)]
        return "\n".join(lines)

    def unread(self, place: str = "") -> int:
        """Return how many messages of others are new in a place since it was last marked read."""
        return self.world.unread(self.id, self._place(place).id)

    def reads(self, place: str = "") -> None:
        """Mark a place read."""
        self.world.mark_read(self.id, self._place(place).id)

    @property
    def form(self) -> OpenedForm | None:
        """The form that is open for this person."""
        dialog = self.world.dialog_of(self.id)
        return dialog.opened if dialog else None

    def _place(self, named: str) -> Place:
        return find_place(self.world, self.id, named)

    def _everything(self) -> list[Entry]:
        places = self.world.places_of(self.id)
        entries = [entry for at in places for entry in self.world.seen_by(self.id, at.id)]
        return sorted(entries, key=lambda entry: entry.number)

    def _holding(self, text: str, entries: Sequence[Entry]) -> Entry:
        for entry in reversed(entries):
            if text in words_of(entry):
                return entry
        raise self._missing(f"message with “{text}”")

    def _find(
        self,
        things_of: Callable[[Entry], Iterable[Thing]],
        wanted: Callable[[Thing], bool],
        name: str,
        on: str,
    ) -> tuple[Entry, Thing]:
        for entry in reversed(self._everything()):
            if entry.author == BOT and on in words_of(entry):
                for thing in things_of(entry):
                    if wanted(thing):
                        return entry, thing
        raise self._missing(f"{name} on “{on}”" if on else name)

    def _missing(self, wanted: str) -> NotOnScreen:
        return NotOnScreen(f"{self.id} sees no {wanted}. On the screen is:\n{self.view()}")


def _values(select: Select, labels: Sequence[str]) -> tuple[str, ...]:
    by_label = {as_text(option.label).casefold(): option.value for option in select.options}
    return tuple(by_label[label.casefold()] for label in labels if label.casefold() in by_label)

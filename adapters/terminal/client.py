"""The actions of an account at the terminal, on the places and messages that the caller names.

Each act is kept in the world and returns once the bot has handled it (at once when there is no bot:
the next bot then receives it). The owner of the clock delivers what the bot sends later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, TypeVar

from adapters.terminal.adapter import TerminalAdapter, reply_to
from adapters.terminal.command_line import channel_named, person_named, read_typed
from adapters.terminal.files import file_at
from adapters.terminal.screen import is_file, is_many, page_of
from adapters.terminal.workspace import Account, Dialog, Entry
from bot.chat.answers import FileRef, Option
from bot.chat.commands import CommandSpec, MisreadCommand
from bot.chat.content import Button, Select
from bot.chat.events import (
    ButtonPressed,
    ChoiceMade,
    CommandUsed,
    Event,
    Facts,
    FormSubmitted,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessageReceived,
    MessageRef,
    Place,
    Suggest,
    people_named,
)
from bot.chat.forms import Question, picked
from bot.chat.language import as_text
from bot.chat.values import replace

__all__ = ["Beat", "Client", "NotOnScreen"]

Beat = Callable[[], AbstractAsyncContextManager[object]]

SomeEvent = TypeVar("SomeEvent", bound=Event)


class NotOnScreen(LookupError):
    """The thing to press, fill, edit or answer is not there; `str()` says what is."""


class Client:
    """A client that acts as one account."""

    def __init__(self, adapter: TerminalAdapter, account: str, beat: Beat = nullcontext) -> None:
        """Take `beat`, entered around every act: to let time pass before it, or to deliver after it."""
        self.adapter = adapter
        self.world = adapter.world
        self.id = account
        self._beat = beat

    @property
    def account(self) -> Account:
        """The account that acts."""
        return self.world.accounts[self.id]

    @property
    def dm(self) -> Place:
        """The DM of this account and the bot."""
        return self.world.dm_of(self.id)

    async def type_command(self, line: str, at: Place) -> None:
        """Type a line that begins with a slash.

        The bot also receives a line that is no command, and answers what it could mean for the person who
        typed it.
        """
        async with self._beat():
            typed = Entry(at.id, self.id, self.adapter.now(), line, private_to=self.id)
            try:
                spec, options = read_typed(line, self.adapter.commands, self.world, at)
            except MisreadCommand as problem:
                event = self._interaction(CommandUsed, at, misread=problem.reason, typed=line)
            else:
                event = self._interaction(CommandUsed, at, path=spec.path, options=options)
            self.world.post(typed, event)
            await self.adapter.handled(event.id)

    async def write(
        self, text: str, at: Place, answered: Entry | None = None, files: tuple[FileRef, ...] = ()
    ) -> None:
        """Write in a place, in answer to a message if `answered` is given."""
        async with self._beat():
            reply = self.world.ref(answered) if answered else None
            message = MessageRef(at, self.world.next_entry_id())
            event = self._event(MessageReceived, at, message=message, text=text, files=files, reply_to=reply)
            answers = answered.id if answered else ""
            entry = Entry(at.id, self.id, event.at, text, reply_to=answers, files=files)
            self.world.post(entry, event)
            await self.adapter.handled(event.id)

    async def rewrite(self, entry: Entry, text: str) -> None:
        """Change a message of this account."""
        async with self._beat():
            at, message = self.world.place(entry.place), self.world.ref(entry)
            event = self._event(MessageEdited, at, message=message, text=text)
            self.world.change(entry.id, text, event)
            await self.adapter.handled(event.id)

    async def press(self, entry: Entry, button: Button) -> None:
        """Press this button of this message.

        Raises:
            NotOnScreen: the button is a link, which leads out of the terminal.
        """
        if button.url:
            raise NotOnScreen(f"“{as_text(button.label)}” is a link to {button.url}")
        async with self._beat():
            at, message = self.world.place(entry.place), self.world.ref(entry)
            await self._hand_in(
                self._interaction(ButtonPressed, at, entry.id, action=button.action, message=message)
            )

    async def choose(self, entry: Entry, select: Select, values: tuple[str, ...]) -> None:
        """Choose these values in this select of this message."""
        async with self._beat():
            at, message = self.world.place(entry.place), self.world.ref(entry)
            event = self._interaction(
                ChoiceMade, at, entry.id, action=select.action, values=values, message=message
            )
            await self._hand_in(event)

    async def submit(self, texts: Mapping[str, str]) -> None:
        """Send the open form's page: texts by question name; other answers are sent unchanged.

        A select's text holds values or labels of options, separated by commas; a file's holds the path
        of a file on this machine, and an earlier file stays where no path is given.

        Raises:
            NotOnScreen: no form is open, or there is no such file.
        """
        dialog = self.open_dialog()
        opened = dialog.opened
        questions = page_of(opened).questions
        filled = {q.name: texts.get(q.name, opened.values.get(q.name, "")) for q in questions}
        files = {q.name: (_file(texts[q.name]),) for q in questions if is_file(q) and texts.get(q.name)}
        kept = {q.name for q in questions if is_file(q) and opened.values.get(q.name)}
        async with self._beat():
            event = self._interaction(
                FormSubmitted,
                self.world.place(dialog.place),
                opened.origin.message.id if opened.origin else "",
                form=opened.form.id,
                values={
                    q.name: "" if is_file(q) else self._submitted(q, filled[q.name])
                    for q in questions
                    if q.name not in kept | files.keys()
                },
                context=opened.subject,
                page=opened.page,
                files=files,
                draft=opened.draft,
                origin=opened.origin,
            )
            filled |= {name: opened.values[name] for name in kept - files.keys()}
            tried = replace(opened, values={**opened.values, **filled}, errors={})
            self.world.take_in(event, Dialog(self.id, dialog.place, tried, event.id))
            await self.adapter.handled(event.id)

    def lay_down(self, texts: Mapping[str, str], page: int) -> Dialog | None:
        """Keep the texts of the open form without sending it; it continues at `page`."""
        dialog = self.world.dialog_of(self.id)
        if dialog is None:
            return None
        values = {**dialog.opened.values, **texts}
        opened = replace(dialog.opened, values=values, page=page, errors={})
        kept = replace(dialog, opened=opened, submitted="")
        self.world.open_dialog(kept)
        return kept

    def open_dialog(self) -> Dialog:
        """Return the form that is open for this account.

        Raises:
            NotOnScreen: no form is open.
        """
        dialog = self.world.dialog_of(self.id)
        if dialog is None:
            raise NotOnScreen(f"{self.id} has no form open")
        return dialog

    def dismisses(self) -> None:
        """Close the open form."""
        self.world.close_dialog(self.id)

    async def asks(self, spec: CommandSpec, option: str, typed: str, at: Place) -> tuple[Option, ...]:
        """Return what the bot offers as values of a command's option."""
        event = self._event(Suggest, at, path=spec.path, option=option, typed=typed)
        return await self.adapter.suggest(event)

    async def enter(self, at: Place) -> None:
        """Enter a channel."""
        channel = self.world.channels[at.id]
        members = channel.members
        if members is not None:
            self.world.add_channel(channel.id, channel.name, members | {self.id}, channel.space)
        async with self._beat():
            await self._hand_in(self._event(MemberJoined, at))

    async def leave(self, at: Place) -> None:
        """Leave the space that a channel is in, and with it all its channels."""
        for channel in tuple(self.world.channels.values()):
            if channel.space == at.space:
                members = frozenset(self.world.accounts if channel.members is None else channel.members)
                self.world.add_channel(channel.id, channel.name, members - {self.id}, at.space)
        async with self._beat():
            await self._hand_in(self._event(MemberLeft, at))

    def _submitted(self, question: Question, text: str) -> str | tuple[str, ...]:
        if question.ask.kind == "channel":
            return channel_named(text, self.world) or text
        if question.ask.kind == "person":
            return person_named(text, self.world) or text
        return picked(question, text) if is_many(question) else text

    async def _hand_in(self, event: Event) -> None:
        self.world.take_in(event)
        await self.adapter.handled(event.id)

    def _event(self, kind: type[SomeEvent], at: Place, **fields: Any) -> SomeEvent:  # noqa: ANN401  -- the kind's own
        account, accounts = self.account, self.world.accounts
        filled = [each for each in (fields.get("options"), fields.get("values")) if isinstance(each, Mapping)]
        named = people_named(value for each in filled for value in each.values())
        return kind(
            id=self.world.next_event_id(),
            at=self.adapter.now(),
            actor=self.world.user(self.id),
            place=at,
            actor_name=account.name,
            actor_zone=account.zone,
            rights=account.rights,
            named={
                str(user): Facts(accounts[user.id].name, accounts[user.id].zone)
                for user in named
                if user.id in accounts
            },
            **fields,
        )

    def _interaction(
        self,
        kind: type[SomeEvent],
        at: Place,
        pressed: str = "",
        **fields: Any,  # noqa: ANN401  -- the kind's own
    ) -> SomeEvent:
        event = self._event(kind, at, **fields)
        return replace(event, reply=reply_to(event.id, self.id, at.id, event.at, pressed))


def _file(path: str) -> FileRef:
    found = file_at(path)
    if found is None:
        raise NotOnScreen(f"there is no file at {path!r}")
    return found

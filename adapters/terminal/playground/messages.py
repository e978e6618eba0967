"""Messages on the playground's screen, with their buttons and selects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message as TextualMessage
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Button, OptionList, SelectionList, Static
from textual.widgets.option_list import Option

from adapters.terminal.files import address_of
from adapters.terminal.playground.button_row import Flow
from adapters.terminal.playground.theme import colour_of, one_line, time_words, words
from adapters.terminal.playground.user_actions import Chosen, Pressed
from adapters.terminal.render import file_label, harmless
from adapters.terminal.screen import words_of
from adapters.terminal.workspace import BOT, Entry, Workspace
from bot.chat import content as chat
from bot.chat.answers import FileRef
from bot.chat.language import as_text
from bot.chat.rendering.platform_words import in_terms_of

__all__ = ["MessageView"]


class MessageButton(Button):
    """A message's button."""

    def __init__(self, button: chat.Button) -> None:
        mark = " ↗" if button.url else ""
        super().__init__(Content(harmless(as_text(button.label)) + mark), compact=True, classes=button.style)
        self.button = button


class MessageSelect(Vertical):
    """A message's select of one option: a button that unfolds the options."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "fold")]

    def __init__(self, choose: chat.Select) -> None:
        super().__init__()
        self.choose = choose

    def compose(self) -> ComposeResult:
        """Yield the button, and the options under it."""
        with Flow():
            yield Button(
                Content(f"{harmless(as_text(self.choose.placeholder))} ▾"), compact=True, classes="fold"
            )
        yield OptionList(*(Option(_words(o)) for o in self.choose.options), compact=True)

    def fold(self, *, away: bool) -> None:
        """Hide the options, or show them and focus them."""
        options = self.query_one(OptionList)
        options.display = not away
        (self.query_one(Button) if away else options).focus()

    def action_fold(self) -> None:
        """Hide the options."""
        self.fold(away=True)


class MessageChoices(Vertical):
    """A message's select of several options, with the button that sends them."""

    def __init__(self, choose: chat.Select) -> None:
        super().__init__()
        self.choose = choose

    def compose(self) -> ComposeResult:
        """Yield the options, and a button."""
        options = [(_words(o), o.value) for o in self.choose.options]
        yield SelectionList[str](*options, compact=True)
        with Flow():
            yield Button(Content(harmless(as_text(self.choose.placeholder))), compact=True, classes="primary")

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen values, in the order of the options."""
        picked = set(self.query_one(SelectionList).selected)
        return tuple(o.value for o in self.choose.options if o.value in picked)


def _file(file: FileRef) -> Content:
    label = Content(f"▤ {file_label(file)}")
    address = address_of(file)
    return label.stylize(Style.from_meta({"@click": f"app.open_link({address!r})"})) if address else label


def _ends_in_buttons(entry: Entry) -> bool:
    if isinstance(entry.content, str) or entry.private_to or not entry.content.blocks:
        return False
    return isinstance(entry.content.blocks[-1], chat.Buttons | chat.Select)


def _words(option: chat.Option) -> Content:
    described = f"  {harmless(as_text(option.description))}" if option.description else ""
    return Content.assemble(harmless(as_text(option.label)), (described, "$muted"))


class MessageView(Vertical, can_focus=True):
    """A message as a reader in their zone sees it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "reply"),
        Binding("e", "edit"),
        Binding("up", "app.focus_previous"),
        Binding("down", "app.focus_next"),
    ]

    @dataclass
    class ReplyWanted(TextualMessage):
        """The message is to be answered."""

        entry: Entry

    @dataclass
    class EditWanted(TextualMessage):
        """The message is the reader's own and is to be changed."""

        entry: Entry

    def __init__(self, entry: Entry, world: Workspace, reader: str, *, headed: bool) -> None:
        """Take `headed`: whether the author's name is shown, or the message above has the same author."""
        super().__init__()
        self._world = world
        self._reader = world.accounts[reader]
        self._headed = headed
        self._take(entry)

    async def show(self, entry: Entry) -> None:
        """Draw the message in its present state."""
        self._take(entry)
        await self.recompose()

    def _take(self, entry: Entry) -> None:
        self.entry = entry
        self.set_class(bool(entry.private_to), "private")
        self.set_class(_ends_in_buttons(entry), "closed")

    @property
    def can_edit(self) -> bool:
        """Whether the reader wrote it (a typed command cannot be changed)."""
        return self.entry.author == self._reader.id and not self.entry.private_to

    def compose(self) -> ComposeResult:
        """Yield the author, the answered message, the blocks, and small print."""
        if self._headed:
            yield Static(self._head(), classes="head")
        answered = self._world.entry(self.entry.reply_to)
        if answered is not None:
            yield Static(Content(f"↪ {one_line(words_of(answered))}"), classes="answered")
        content = self.entry.content
        if isinstance(content, str):
            yield Static(Content(harmless(content)), classes="typed")
        else:
            for block in in_terms_of(content, "space").blocks:
                yield from self._block(block)
        for file in self.entry.files:
            yield Static(_file(file), classes="file")
        if self.entry.link:
            with Flow():
                yield Button("Go there", compact=True, classes="link", action=self._way())
        small = self._small_print()
        if small:
            yield Static(Content(small), classes="note")

    def _way(self) -> str:
        return f"app.go('{self.entry.link}')"

    def _head(self) -> Content:
        author = self.entry.author
        name, colour = "Stint", "$primary"
        if author != BOT:
            accounts = self._world.accounts
            name = accounts[author].name if author in accounts else author
            colour = colour_of(author, accounts)
        at = time_words(self.entry.at, self._reader.zone)
        return Content.assemble((harmless(name), f"bold {colour}"), (f"  {at}", "$faint"))

    def _small_print(self) -> str:
        private = self.entry.private_to and self.entry.author == BOT
        edited = self.entry.edited and self.entry.author != BOT
        return "  ".join(["Only you can see this."] * bool(private) + ["(edited)"] * edited)

    def _block(self, block: chat.Block) -> Iterator[Widget]:
        match block:
            case chat.Text(parts):
                yield Static(words(parts), classes="text")
            case chat.Heading(parts):
                yield Static(words(parts), classes="heading")
            case chat.Note(parts):
                yield Static(words(parts), classes="note")
            case chat.Fields(rows):
                yield from self._fields(rows)
            case chat.Buttons(buttons):
                yield Flow(*(MessageButton(button) for button in buttons))
            case chat.Select(many=True):
                yield MessageChoices(block)
            case chat.Select():
                yield MessageSelect(block)
            case chat.Image(url, alt):
                picture = (chat.Plain(f"▣ {alt}  "), f"[open the picture]({url})")
                yield Static(words(picture), classes="file")
            case chat.File(file):
                yield Static(_file(file), classes="file")
            case chat.Divider():
                yield Static("", classes="divider")

    def _fields(self, rows: tuple[chat.Field, ...]) -> Iterator[Widget]:
        for row in rows:
            label = Content.styled(harmless(as_text(row.label)) + "  ", "$muted")
            yield Static(label + words(row.parts), classes="field")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        button = event.button
        if isinstance(button, MessageButton) and button.button.url:
            self.app.open_url(button.button.url)
        elif isinstance(button, MessageButton):
            self.post_message(Pressed(self.entry, button.button))
        for around in button.ancestors:
            if isinstance(around, MessageSelect):
                around.fold(away=around.query_one(OptionList).display)
            elif isinstance(around, MessageChoices) and around.chosen:
                self.post_message(Chosen(self.entry, around.choose, around.chosen))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        select = event.option_list.parent
        if isinstance(select, MessageSelect):
            select.fold(away=True)
            value = select.choose.options[event.option_index].value
            self.post_message(Chosen(self.entry, select.choose, (value,)))

    def action_reply(self) -> None:
        """Answer this message."""
        self.post_message(self.ReplyWanted(self.entry))

    def action_edit(self) -> None:
        """Change this message, if it is the reader's own."""
        if self.can_edit:
            self.post_message(self.EditWanted(self.entry))

"""The composer for words, answers, changes and slash commands, with help while typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message as TextualMessage
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from adapters.terminal.files import file_at
from adapters.terminal.playground.completion import (
    ATTACH,
    Completion,
    Offer,
    Wanted,
    complete,
    offers_of,
)
from adapters.terminal.playground.theme import one_line
from adapters.terminal.playground.user_actions import Written
from adapters.terminal.render import file_label, harmless
from adapters.terminal.screen import words_of
from adapters.terminal.workspace import Entry, Workspace
from bot.chat.answers import FileRef
from bot.chat.answers import Option as ChatOption
from bot.chat.commands import CommandSpec

__all__ = ["Composer"]


class Editor(TextArea):
    """The text field. Enter sends; Ctrl+J, Alt+Enter or Shift+Enter begins a new line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+j,alt+enter,shift+enter", "new_line"),
    ]

    def on_mount(self) -> None:
        """Keep the cursor from blinking."""
        self.cursor_blink = False

    @dataclass
    class Key(TextualMessage):
        """A key with a meaning for the composer: enter, tab, up, down or escape."""

        key: str

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    async def _on_key(self, event: events.Key) -> None:
        composer = self.parent
        if isinstance(composer, Composer) and composer.takes(event.key):
            event.stop()
            event.prevent_default()
            self.post_message(self.Key(event.key))
            return
        await super()._on_key(event)


class Composer(Vertical):
    """The editor with its purpose above it: the message to answer or change, and proposals."""

    @dataclass
    class Asked(TextualMessage):
        """The bot is to offer values."""

        wanted: Wanted

    class EditLast(TextualMessage):
        """The user's newest message is to be changed."""

    def __init__(self, world: Workspace) -> None:
        super().__init__()
        self._world = world
        self._commands: Sequence[CommandSpec] = ()
        self._completion = Completion()
        self._offers: tuple[Offer, ...] = ()
        self._answering: Entry | None = None
        self._changing: Entry | None = None
        self._files: tuple[FileRef, ...] = ()
        self._moved = False
        self._seat: tuple[str, str] = ("", "")
        self._begun: dict[tuple[str, str], str] = {}

    def compose(self) -> ComposeResult:
        """Yield from top to bottom: offers, usage, the purpose, the editor."""
        yield OptionList(id="offers", compact=True)
        yield Static(id="usage")
        yield Static(id="about")
        yield Editor(id="editor", compact=True, tab_behavior="focus", soft_wrap=True)

    @property
    def editor(self) -> Editor:
        """The editor of the text."""
        return self.query_one(Editor)

    def be_at(self, seat: tuple[str, str], name: str, commands: Sequence[CommandSpec]) -> None:
        """Switch to another seat (account and place): its commands, and its unfinished text."""
        self._begun[self._seat] = "" if self._changing else self.editor.text
        self._seat, self._commands = seat, commands
        self.editor.placeholder = f"Write in {name}, or type / for a command"
        self._reset()
        self.put(self._begun.pop(seat, ""))

    def put(self, text: str) -> None:
        """Begin with a text."""
        self.editor.load_text(text)
        self.editor.move_cursor(self.editor.document.end)
        self.editor.focus()

    def answer(self, entry: Entry) -> None:
        """Let the next text answer this message."""
        self._answering, self._changing = entry, None
        self._tell_about()
        self.editor.focus()

    def change(self, entry: Entry) -> None:
        """Let the next text replace the words of this message."""
        self._answering, self._changing = None, entry
        self._tell_about()
        self.put(words_of(entry))

    def offer(self, wanted: Wanted, options: Sequence[ChatOption]) -> None:
        """Add what the bot offers, if it is still wanted."""
        if self._completion.wanted == wanted:
            self._draw_offers(self._completion.offers + offers_of(wanted, options))

    def tell(self, said: Sequence[str]) -> None:
        """Show a message of the app on the line above."""
        words = one_line("  ·  ".join(said), max(self.size.width - 8, 20))
        self.border_title = Content(f" {words} ") if words else None

    def takes(self, key: str) -> bool:
        """Return whether a key is for the composer and not for the text, in the present state."""
        text = self.editor.text
        return (
            key == "enter"
            or (key == "escape" and bool(self._offers or self._answering or self._changing or self._files))
            or (key in ("tab", "up", "down") and bool(self._offers))
            or (key == "up" and not text)
        )

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        text = self.editor.text
        self._completion = complete(text, self._commands, self._world)
        self._draw_offers(self._completion.offers)
        usage = self.query_one("#usage", Static)
        usage.display = bool(self._completion.usage)
        usage.update(
            Content.assemble((self._completion.usage, "$accent"), (f"\n{self._completion.about}", "$muted"))
        )
        if self._completion.wanted:
            self.post_message(self.Asked(self._completion.wanted))

    def _draw_offers(self, offers: tuple[Offer, ...]) -> None:
        shown = offers if any(offer.line != self.editor.text for offer in offers) else ()
        self._offers, self._moved = shown, False
        listed = self.query_one("#offers", OptionList)
        listed.display = bool(shown)
        listed.clear_options()
        width = max((len(offer.label) for offer in shown), default=0)
        listed.add_options(
            Option(
                Content.assemble(
                    (f"{harmless(offer.label):<{width}}", "bold"),
                    (f"  {harmless(offer.detail)}", "$muted"),
                )
            )
            for offer in shown
        )
        listed.highlighted = 0 if shown else None

    @on(Editor.Key)
    def _key(self, event: Editor.Key) -> None:
        event.stop()
        listed = self.query_one("#offers", OptionList)
        if event.key in ("up", "down") and self._offers:
            self._moved = True
            listed.action_cursor_up() if event.key == "up" else listed.action_cursor_down()
        elif event.key == "up":
            self.post_message(self.EditLast())
        elif event.key == "escape":
            self._give_up()
        elif event.key == "tab" or self._enter_takes_offer():
            self._take(listed.highlighted or 0)
        else:
            self._send()

    def _enter_takes_offer(self) -> bool:
        return bool(self._offers) and (self._moved or not self._completion.whole)

    def _take(self, number: int) -> None:
        self.put(self._offers[number].line)

    @on(OptionList.OptionSelected, "#offers")
    def _offer_clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_index)

    def _give_up(self) -> None:
        if self._offers:
            self._draw_offers(())
            return
        if self._changing:
            self.editor.load_text("")
        self._answering = self._changing = None
        self._files = ()
        self._tell_about()

    def _send(self) -> None:
        text = self.editor.text.strip()
        before = f"{ATTACH.name} "
        if text.startswith(before):
            self._take_along(text[len(before) :])
        elif text or self._files:
            files = () if self._changing else self._files
            self.post_message(Written(text, self._answering, self._changing, files))
            self._reset()

    def _take_along(self, path: str) -> None:
        file = file_at(path)
        if file is None:
            self.tell([f"There is no file at {path}"])
            return
        self._files += (file,)
        self.tell([])
        self.editor.load_text("")
        self._tell_about()

    def _reset(self) -> None:
        self._answering = self._changing = None
        self._files = ()
        self.editor.load_text("")
        self._tell_about()

    def _tell_about(self) -> None:
        entry = self._answering or self._changing
        said = []
        if entry:
            verb = "Answering" if self._answering else "Changing"
            said.append(f"{verb}: {one_line(words_of(entry))}")
        said += [f"With: {file_label(file)}" for file in self._files]
        about = self.query_one("#about", Static)
        about.display = bool(said)
        about.update(Content("   ".join([*said, "(Esc to stop)"])))

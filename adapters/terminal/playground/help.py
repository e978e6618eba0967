"""The help page: what the keys do."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

__all__ = ["HelpScreen"]

_KEYS: Final = (
    ("Everywhere", ""),
    ("F1", "this page"),
    ("F2", "people: choose with the arrows and Enter"),
    ("F3", "places: direct messages and channels"),
    ("F4", "the newest message; the arrows go on from there"),
    ("F5", "the next place with something unread"),
    ("F6  F7  F8", "one hour on, one day on, on to what is due next"),
    ("F9", "light or dark"),
    ("Esc", "back to typing"),
    ("Ctrl+Q", "quit; everything is there when you come back"),
    ("Typing", ""),
    ("/", "commands, with help as you type; Tab takes one"),
    ("Enter", "send"),
    ("Ctrl+J", "a new line"),
    ("Ctrl+O", "attach a file to what you write next"),
    ("Up", "change your last message, when nothing is typed"),
    ("On a message", ""),
    ("Tab", "its buttons and selects; Enter presses"),
    ("R", "answer it"),
    ("E", "change it, if it is yours"),
)


_FRAME_LINES: Final = 11
"""Lines of the page around the keys."""


class HelpScreen(ModalScreen[None]):
    """The keys, on a single page."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f1,enter,q", "dismiss")]

    def compose(self) -> ComposeResult:
        """Yield every key, and a word on what this is."""
        with Vertical(id="dialog"):
            yield Static("Keys", id="title")
            yield Static(_ABOUT, id="progress")
            with VerticalScroll(id="questions"):
                for key, does in _KEYS:
                    line = Content.assemble((f"{key:<12}", "$primary"), does) if does else Content(key)
                    yield Static(line, classes="key" if does else "section")
            yield Static("Esc closes this page.", id="keys")

    def on_resize(self) -> None:
        """Let the keys scroll where the screen is short."""
        self.query_one("#questions").styles.max_height = max(self.size.height - _FRAME_LINES, 5)

    def on_click(self) -> None:
        """Close the page at a click anywhere."""
        self.dismiss()


_ABOUT: Final = (
    "A chat with the whole bot behind it, and everybody in it is you. Whatever can be clicked "
    "can be reached by keys too."
)

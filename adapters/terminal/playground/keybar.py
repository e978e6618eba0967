"""The key bar on the last line: the keys that work now; each can be clicked."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.style import Style
from textual.widget import Widget
from textual.widgets import Static

from adapters.terminal.playground.messages import MessageView

__all__ = ["KeyBar"]

_ALWAYS: Final = (
    ("F1", "Help", "app.help"),
    ("F2", "People", "app.focus_list('people')"),
    ("F3", "Places", "app.focus_list('places')"),
    ("F4", "Messages", "app.focus_newest"),
    ("F5", "Unread", "app.next_unread"),
    ("Ctrl+Q", "Quit", "app.quit"),
)
_REPLY: Final = ("R", "Reply", "app.simulate_key('r')")
_EDIT: Final = ("E", "Edit", "app.simulate_key('e')")


class KeyBar(Static):
    """The keys and what they do. It replaces Textual's Footer, which is redrawn at every focus."""

    auto_links = False  # keys keep their colours although they can be clicked

    def tell(self, focused: Widget | None) -> None:
        """Show the keys, with those of a message if the focus is on a message or in it."""
        around = focused.ancestors_with_self if focused else ()
        view = next((node for node in around if isinstance(node, MessageView)), None)
        own = view is not None and view.can_edit
        keys = [*([_REPLY] if view else []), *([_EDIT] if own else []), *_ALWAYS]
        self.update(Content("   ").join([_key(*key) for key in keys]))


def _key(key: str, label: str, action: str) -> Content:
    words = Content.assemble((key, "bold $primary"), (f" {label}", "$muted"))
    return words.stylize(Style.from_meta({"@click": action}))

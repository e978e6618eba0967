"""The messages of a place, oldest first, kept in step with the world."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Static

from adapters.terminal.playground.messages import MessageView
from adapters.terminal.playground.theme import day_words
from adapters.terminal.workspace import Entry, Workspace

__all__ = ["Stream"]

_TOGETHER = timedelta(minutes=5)
"""The time within which messages of one author share a name line."""

_PAGE = 60
"""Messages drawn at first; older messages come on request."""


class Stream(VerticalScroll, can_focus=False):
    """The messages of a place as an account sees them."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, world: Workspace) -> None:
        super().__init__()
        self._world = world
        self._reader = ""
        self._place = ""
        self._new_from = 0
        self._shown = _PAGE
        self._drawn: list[Entry] = []

    def compose(self) -> ComposeResult:
        """Yield nothing yet; `show` fills the list."""
        yield from ()

    async def show(self, reader: str, place: str) -> None:
        """Show the end of a place as an account sees it; a mark shows where its unread messages begin."""
        self._reader, self._place = reader, place
        self._shown = _PAGE
        unread = self._world.unread(reader, place)
        seen = self._world.seen_by(reader, place)
        others = [entry.number for entry in seen if entry.author != reader]
        self._new_from = others[-unread] if unread and len(others) > unread else 0
        await self._draw_again()

    async def follow(self, *, reveal: bool) -> None:
        """Draw what is new or has changed since.

        What is new, or else the last message after something has changed, is brought into view if the reader
        is at the end, or with `reveal`; otherwise the scroll position is kept.
        """
        entries = self._entries()
        before = {entry.id: entry for entry in self._drawn}
        if entries and not before:
            await self._draw_again()
            return
        if [e.id for e in entries[: len(self._drawn)]] != list(before):
            await self._draw_again()
            return
        at_end = self.scroll_offset.y >= self.max_scroll_y - 2
        first_new = next((entry for entry in entries if entry.id not in before), None)
        changed = False
        for number, entry in enumerate(entries):
            if entry.id not in before:
                await self.mount(*self._widgets(entry, entries[number - 1] if number else None))
            elif entry != before[entry.id]:
                await self.query_one(f"#m{entry.number}", MessageView).show(entry)
                changed = True
        self._drawn = entries
        self._world.mark_read(self._reader, self._place)
        if first_new and (at_end or reveal):
            self._reveal(first_new.number)
        elif changed and (at_end or reveal):
            self._reveal(entries[-1].number)

    def _reveal(self, number: int) -> None:
        """Scroll to this message: to its beginning, if not all of it fits."""

        def scroll() -> None:
            for view in self.query(f"#m{number}"):
                self.scroll_to(y=view.virtual_region.y - 1, animate=False)

        self.call_after_refresh(scroll)

    async def _draw_again(self, *, from_start: bool = False) -> None:
        entries = self._entries()
        widgets: list[Widget] = []
        total = len(self._world.seen_by(self._reader, self._place))
        if len(entries) < total:
            widgets.append(Button("Show earlier messages", id="earlier", compact=True))
        if not entries:
            widgets.append(Static(_EMPTY, id="empty"))
        for before, entry in zip([None, *entries], entries, strict=False):
            widgets += self._widgets(entry, before)
        async with self.batch():
            await self.remove_children()
            await self.mount_all(widgets)
        self._drawn = entries
        self._world.mark_read(self._reader, self._place)
        if from_start:
            self.scroll_home(animate=False)
        elif entries:
            self._reveal(entries[-1].number)

    def _entries(self) -> list[Entry]:
        return self._world.seen_by(self._reader, self._place)[-self._shown :]

    def _widgets(self, entry: Entry, before: Entry | None) -> list[Widget]:
        zone = self._world.accounts[self._reader].zone
        widgets: list[Widget] = []
        day = day_words(entry.at, zone)
        if before is None or day_words(before.at, zone) != day:
            widgets.append(Static(Content(day), classes="day"))
        if entry.number == self._new_from:
            widgets.append(Static("new", classes="new"))
        headed = (
            bool(widgets)
            or before is None
            or before.author != entry.author
            or bool(before.private_to) != bool(entry.private_to)
            or entry.at - before.at > _TOGETHER
        )
        view = MessageView(entry, self._world, self._reader, headed=headed)
        view.id = f"m{entry.number}"
        return [*widgets, view]

    @on(Button.Pressed, "#earlier")
    async def _earlier(self, event: Button.Pressed) -> None:
        event.stop()
        self._shown += _PAGE
        await self._draw_again(from_start=True)


_EMPTY = "Nothing here yet. Type / to see what you can do."

"""The playground's clock: the local time of the present person, and ways to move it."""

from __future__ import annotations

from datetime import datetime, timedelta

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from adapters.terminal.playground.theme import day_words, time_words
from adapters.terminal.workspace import Account

__all__ = ["ClockBar", "span_words"]

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

_LABELS = {"hour": ("+1 hour", "F6"), "day": ("+1 day", "F7"), "next": ("Next due", "F8")}
_SHORT = {"hour": "+1h", "day": "+1d", "next": "Next"}
_ROOMY, _NARROW = 118, 92
"""Columns of a screen below which the month is short, and the buttons' words are short."""


class ClockBar(Horizontal):
    """The first line of the screen."""

    def __init__(self, *, can_advance: bool) -> None:
        super().__init__()
        self._clock = Static(id="clock")
        self._buttons = {
            jump: Button(_label(*words), id=jump, compact=True, action=f"app.forward('{jump}')")
            for jump, words in _LABELS.items()
            if can_advance
        }

    def compose(self) -> ComposeResult:
        """Yield the time, and three buttons where the clock can be moved."""
        yield Static("Stint", id="brand")
        yield self._clock
        yield from self._buttons.values()

    def tell(self, now: datetime, due: datetime | None, account: Account, *, moving: bool) -> None:
        """Show an instant as this account reads it, and how far away the next due event is."""
        zone, width = account.zone, self.app.size.width
        city = zone.rpartition("/")[2].replace("_", " ")
        day = day_words(now, zone, year=False, short=width < _ROOMY)
        clock = Content.assemble(
            (f"{time_words(now, zone)}  ", "bold $foreground"),
            (f"{day}  ", "$foreground"),
            (city, "$faint"),
        )
        if moving:
            clock = Content.assemble(clock, ("   moving on …", "$accent"))
        self._clock.update(clock)
        for jump, button in self._buttons.items():
            button.disabled = moving or (jump == "next" and due is None)
            span = span_words(due - now) if due and jump == "next" else ""
            label = _label(self._words(jump, span, width), _LABELS[jump][1])
            if button.label != label:
                button.label = label
                button.refresh(layout=True)

    def _words(self, jump: str, span: str, width: int) -> str:
        """Return the label of a button on a screen of this width."""
        if width < _NARROW:
            return span or _SHORT[jump]
        return f"{_LABELS[jump][0]} {span}".rstrip()


def _label(words: str, key: str) -> Content:
    return Content.assemble(words, (f" {key}", "$faint"))


def span_words(span: timedelta) -> str:
    """Return how far away an event is, roughly: `in 5 min`, `in 3 h`, `in 2 days`."""
    if span < _MINUTE:
        return "now"
    if span < _HOUR:
        return f"in {span // _MINUTE} min"
    if span < 2 * _DAY:
        return f"in {span // _HOUR} h"
    return f"in {span // _DAY} days"

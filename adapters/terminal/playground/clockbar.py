"""The playground's clock: what time it is for whom one acts, and ways to move it."""

from __future__ import annotations

from datetime import datetime, timedelta

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Static

from adapters.terminal.playground.look import day_words, time_words
from adapters.terminal.world import Account

__all__ = ["ClockBar", "span_words"]

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

_LABELS = {
    "hour": Content.assemble("+1 hour", (" F6", "$faint")),
    "day": Content.assemble("+1 day", (" F7", "$faint")),
    "next": Content.assemble("Next due", (" F8", "$faint")),
}


class ClockBar(Horizontal):
    """One line at the top."""

    def __init__(self, *, can_advance: bool) -> None:
        super().__init__()
        self._clock = Static(id="clock")
        self._buttons = {
            jump: Button(label, id=jump, compact=True, action=f"app.forward('{jump}')")
            for jump, label in _LABELS.items()
            if can_advance
        }

    def compose(self) -> ComposeResult:
        """The time, and three buttons where the clock can be moved."""
        yield Static("Stint", id="brand")
        yield self._clock
        yield from self._buttons.values()

    def tell(self, now: datetime, due: datetime | None, account: Account, *, moving: bool) -> None:
        """Show an instant as this account reads it, and how far the next due thing is."""
        zone = account.zone
        city = zone.rpartition("/")[2].replace("_", " ")
        clock = Content.assemble(
            (f"{time_words(now, zone)}  ", "bold $foreground"),
            (f"{day_words(now, zone, year=False)}  ", "$foreground"),
            (city, "$faint"),
        )
        if moving:
            clock = Content.assemble(clock, ("   moving on …", "$accent"))
        self._clock.update(clock)
        for jump, button in self._buttons.items():
            button.disabled = moving or (jump == "next" and due is None)
            if jump == "next":
                span = f" {span_words(due - now)}" if due else ""
                button.label = Content.assemble(f"Next due{span}", (" F8", "$faint"))
                button.refresh(layout=True)


def span_words(span: timedelta) -> str:
    """How far away something is, roughly: `in 5 min`, `in 3 h`, `in 2 days`."""
    if span < _MINUTE:
        return "now"
    if span < _HOUR:
        return f"in {span // _MINUTE} min"
    if span < 2 * _DAY:
        return f"in {span // _HOUR} h"
    return f"in {span // _DAY} days"

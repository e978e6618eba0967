"""Using a Textual app as a person does: by what is on its screen."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Any

import pytest
from rich.console import RenderableType
from textual._compositor import Compositor
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Button

_RULES: dict[Hashable, list[RuleSet]] = {}
"""What style sheets say, by their text, place and colours."""
_LOOKS = 3
_LOOK = 0.02
"""Seconds between two looks: longer than a frame of the screen."""


def lines(app: App[Any]) -> list[str]:
    """The screen's lines, as they are put together for the terminal."""
    compositor = app.screen._compositor  # noqa: SLF001 - a picture of it takes ten times as long to read
    return [strip.text.rstrip() for strip in compositor.render_strips()]


def shows(app: App[Any], text: str) -> bool:
    """Return whether the words are on the screen, however they are wrapped."""
    return " ".join(text.split()) in " ".join(" ".join(lines(app)).split()) or any(
        text in line for line in lines(app)
    )


async def click_on(pilot: Pilot[Any], text: str) -> None:
    """Click on these words, on the lowest line that has them."""
    seen = lines(pilot.app)
    for row in reversed(range(len(seen))):
        column = seen[row].find(text)
        if column >= 0:
            await pilot.click(offset=(column + len(text) // 2, row))
            await settled(pilot)
            return
    raise AssertionError(f"nowhere on the screen: {text!r}\n" + "\n".join(seen))


async def types(pilot: Pilot[Any], text: str, *then: str) -> None:
    """Write the text where the cursor is (as a paste: key by key it takes long), then press keys."""
    if text:
        pilot.app.post_message(Paste(text))
        await settled(pilot)
    for key in then:
        await pilot.press(key)
        await settled(pilot)


async def settled(pilot: Pilot[Any]) -> None:
    """Let what was begun come to an end: the app rests and nothing waits in it, three looks in a row."""
    resting = 0
    while resting < _LOOKS:
        refreshed = asyncio.Event()
        pilot.app.call_after_refresh(refreshed.set)
        await asyncio.gather(refreshed.wait(), asyncio.sleep(_LOOK))
        resting = resting + 1 if _rests(pilot.app) else 0
    await pilot.pause(0)


def _rests(app: App[Any]) -> bool:
    pumps = (app, *app.screen.walk_children(with_self=True))
    return getattr(app, "at_rest", True) and not any(pump.message_queue_size for pump in pumps)


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Textual's pilot not wait until the processor is idle: `settled` knows when the app rests.

    What changes is drawn only when a person looks, not at once: a third of the time went into that. And the
    style sheets, which are the same in every test, are read once: every app reads all of them twice. A button
    that was pressed takes the next click at once, not after the fifth of a second that it looks pressed.
    """

    async def go_on(min_sleep: float = 0, max_sleep: float = 0) -> None:
        await asyncio.sleep(0)

    def draw(compositor: Compositor, *, full: bool = False, **more: Any) -> RenderableType | None:  # noqa: ANN401
        return drawn(compositor, full=True, **more) if full else None

    def rules(sheet: Stylesheet, css: str, *where: Any, **more: Any) -> list[RuleSet]:  # noqa: ANN401
        key = (css, where, *more.items(), frozenset(sheet._variables.items()))  # noqa: SLF001 - no other way
        if key not in _RULES:
            _RULES[key] = read(sheet, css, *where, **more)
        return _RULES[key]

    read = Stylesheet._parse_rules  # noqa: SLF001 - no other way
    monkeypatch.setattr(Button, "_start_active_affect", lambda _button: None)
    monkeypatch.setattr(Stylesheet, "_parse_rules", rules)
    drawn = Compositor.render_update
    monkeypatch.setattr(Compositor, "render_update", draw)
    monkeypatch.setattr("textual.app.wait_for_idle", go_on)
    monkeypatch.setattr("textual.pilot.wait_for_idle", go_on)

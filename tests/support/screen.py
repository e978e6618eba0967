"""Using a Textual app as a person does: by what stands on its screen."""

from __future__ import annotations

import asyncio
import re
from html import unescape
from typing import Any

import pytest
from textual.app import App
from textual.events import Paste
from textual.pilot import Pilot

_CELL = 12.2
"""Width of a character in rich's SVG export."""

_LOOKS = 3
_LOOK = 0.02
"""Seconds between two looks: longer than a frame of the screen."""

_TEXT = re.compile(r'<text class="[^"]*" x="([\d.]+)"[^>]*line-(\d+)\)">([^<]*)</text>')


def lines(app: App[Any]) -> list[str]:
    """The screen's lines, read off its picture."""
    height = app.size.height
    found = [[" "] * app.size.width for _ in range(height)]
    for x, line, words in _TEXT.findall(app.export_screenshot()):
        column = round(float(x) / _CELL)
        text = unescape(words).replace("\xa0", " ")
        found[int(line)][column : column + len(text)] = text
    return ["".join(line).rstrip() for line in found]


def shows(app: App[Any], text: str) -> bool:
    """Whether the words stand on the screen, however they are wrapped."""
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
    """Let what was begun come to an end: the app says it rests, three looks in a row."""
    resting = 0
    while resting < _LOOKS:
        await pilot.pause(_LOOK)
        resting = resting + 1 if getattr(pilot.app, "at_rest", True) else 0


def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Textual's pilot not wait until the processor is idle: `settled` knows when the app rests."""

    async def go_on(min_sleep: float = 0, max_sleep: float = 0) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr("textual.app.wait_for_idle", go_on)
    monkeypatch.setattr("textual.pilot.wait_for_idle", go_on)

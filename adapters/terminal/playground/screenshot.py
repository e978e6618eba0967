"""The playground's screen as a picture."""

from __future__ import annotations

import re

from textual.app import App

__all__ = ["local_fonts", "picture"]


def picture(app: App[object]) -> str:
    """Return the screen as SVG, drawn with a monospaced font of the reader's machine.

    rich names the drawing by a hash that also takes in what is not seen, so that two equal screens differ.
    """
    return re.sub(r"terminal-\d+", "terminal", local_fonts(app.export_screenshot()))


def local_fonts(svg: str) -> str:
    """Return the SVG without the fonts that rich's export would fetch from another host."""
    return re.sub(r"(?<!\s)\s*@font-face\s*\{[^{}]*\}", "", svg)

"""The look of the playground: its two themes, people's colours, and messages' words with their styles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.style import Style
from textual.theme import Theme

from adapters.terminal.render import Mark, Piece, harmless, pieces_of
from bot.chat.content import Part

__all__ = ["DARK", "LIGHT", "colour_of", "day_words", "fitted", "one_line", "time_words", "words"]

DARK: Final = Theme(
    name="stint-dark",
    primary="#7cb7a9",
    secondary="#9fa8da",
    accent="#e0b36a",
    success="#8fc48a",
    warning="#e0b36a",
    error="#e08b84",
    foreground="#d5dae1",
    background="#15181e",
    surface="#1a1e25",
    panel="#232932",
    dark=True,
    variables={
        "muted": "#9aa4b1",
        "faint": "#6f7986",
        "border": "#343c48",
        "scrollbar": "#2b323d",
        "scrollbar-background": "#15181e",
        "scrollbar-hover": "#3a4452",
        "footer-background": "#15181e",
        "footer-key-foreground": "#7cb7a9",
        "block-cursor-background": "#2f3a45",
        "block-cursor-foreground": "#f0f3f6",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#262d37",
        "input-cursor-background": "#d5dae1",
        "person-0": "#8fb8de",
        "person-1": "#d9a3b8",
        "person-2": "#a9c78b",
        "person-3": "#d8b07a",
        "person-4": "#b3a5dc",
        "person-5": "#84c3bf",
        "person-6": "#dd9f86",
        "person-7": "#c5bf82",
    },
)

LIGHT: Final = Theme(
    name="stint-light",
    primary="#2f7668",
    secondary="#4c57a3",
    accent="#96650c",
    success="#3c7a3a",
    warning="#96650c",
    error="#b0413a",
    foreground="#2a2f37",
    background="#f7f6f2",
    surface="#ffffff",
    panel="#ebe9e2",
    dark=False,
    variables={
        "muted": "#5d6672",
        "faint": "#868b90",
        "border": "#d3d0c5",
        "scrollbar": "#d9d6cc",
        "scrollbar-background": "#f7f6f2",
        "footer-background": "#f7f6f2",
        "footer-key-foreground": "#2f7668",
        "block-cursor-background": "#dfe9e4",
        "block-cursor-foreground": "#1d2127",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#e8e6de",
        "person-0": "#2f6a9e",
        "person-1": "#a3476d",
        "person-2": "#557a2b",
        "person-3": "#8f5f14",
        "person-4": "#6650a8",
        "person-5": "#1f7772",
        "person-6": "#a4502f",
        "person-7": "#736b1e",
    },
)

_PEOPLE: Final = 8

_STYLES: Final[dict[Mark, str]] = {
    "bold": "bold",
    "italic": "italic",
    "strike": "strike",
    "code": "$accent",
    "link": "underline $secondary",
    "quote": "$muted",
    "bullet": "$primary",
}


def colour_of(account: str, accounts: Iterable[str]) -> str:
    """Return a person's colour, the same everywhere: assigned in the order in which people came."""
    return f"$person-{list(accounts).index(account) % _PEOPLE}"


def words(parts: Sequence[Part]) -> Content:
    """Return a block's parts, styled. Links can be clicked."""
    return Content.assemble(*(_styled(piece) for piece in pieces_of(parts)))


def _styled(piece: Piece) -> Content:
    styled = Content(piece.text).stylize(" ".join(_STYLES[mark] for mark in sorted(piece.marks)))
    if piece.url:
        return styled.stylize(Style.from_meta({"@click": f"app.open_link({piece.url!r})"}))
    return styled


def one_line(text: str, most: int = 60) -> str:
    """Return the beginning of a text on a line of `most` columns, harmless; its source holds the whole."""
    flat = " ".join(harmless(text).split())
    return flat if cell_len(flat) <= most else set_cell_size(flat, most - 1).rstrip() + "…"


def fitted(text: str, room: int) -> str:
    """Return a line of exactly this many columns of the screen: a Chinese letter takes two."""
    return set_cell_size(one_line(text, room), room)


def time_words(at: datetime, zone: str) -> str:
    """Return the time of day in a zone: `09:30`."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def day_words(at: datetime, zone: str, *, year: bool = True, short: bool = False) -> str:
    """Return the day in a zone: `Mon 9 March 2026`; `short`: `Mon 9 Mar 2026`."""
    local = at.astimezone(ZoneInfo(zone))
    month = f"{local:%b}" if short else f"{local:%B}"
    return f"{local:%a} {local.day} {month}{f' {local.year}' if year else ''}"

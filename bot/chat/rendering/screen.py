"""The screen of a phone: lines of 45 characters, and long content in pages.

A message is drawn plainly here: paragraphs are wrapped, buttons flow like words, a select is one closed line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from textwrap import wrap
from types import MappingProxyType
from typing import Final

from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Field,
    Fields,
    Heading,
    Message,
    Note,
    Part,
    Plain,
    ShownDay,
    Text,
    show_moment,
)
from bot.chat.language import ENGLISH, Language, as_text
from bot.chat.rendering.fragments import cut_parts
from bot.chat.rendering.limits import Limits
from bot.chat.rendering.markdown import Words, day_spans, strip_parts
from bot.chat.sentences import say
from bot.chat.translation import translated
from bot.chat.values import replace

__all__ = ["LINES", "WIDTH", "height", "in_lines", "in_pages", "in_rows", "on_one_screen", "paged", "turning"]

WIDTH: Final = 45
"""Characters in a line of a phone's chat client."""

LINES: Final = 24
"""Lines that a phone shows at once: the most that one message may take."""

IN_A_ROW: Final = 5
"""Buttons of one group: what Discord puts into a row."""

_LEAST: Final = 8
"""Lines of a page, however much comes under it."""

_FILLED: Final = (42, 36, 28, 18)
"""Characters that a line may hold on average, from hopeful to careful: words do not fill their lines."""
_TOO_LITTLE: Final = 5
"""Lines at the end of a page in which no long text begins."""


def height(blocks: Iterable[Block], language: Language) -> int:
    """Return how many lines the blocks take as a reader of this language reads them."""
    return _height_of(translated(Message(tuple(blocks)), language).blocks)


def _height_of(said: Iterable[Block]) -> int:
    return sum(_height(block) for block in said)


def _height(block: Block) -> int:
    match block:
        case Text(parts) | Note(parts):
            return _wrapped(_drawn(parts))
        case Heading(parts):
            return _wrapped(_drawn(parts).replace("\n", " "))
        case Fields(rows):
            return sum(_wrapped(f"{as_text(row.label)}: {_drawn(row.parts)}") for row in rows)
        case Buttons(buttons):
            return _wrapped(" ".join(f"[{as_text(button.label)}]".replace(" ", "_") for button in buttons))
    return 1


def _drawn(parts: Sequence[Part]) -> str:
    """Return the words of a block's parts, days with the clock that a platform draws beside them."""
    shown = (_with_clock(each) if isinstance(each, ShownDay) else each for each in ENGLISH.parts(parts))
    return strip_parts(tuple(shown))


def _with_clock(day: ShownDay) -> Plain:
    spans = day_spans(day)
    return Plain("".join(each.text if isinstance(each, Words) else show_moment(each) for each in spans))


def _wrapped(words: str) -> int:
    return sum(max(1, len(wrap(line, WIDTH, break_on_hyphens=False))) for line in words.split("\n"))


def in_lines(words: str, most: int) -> str:
    """Return the words as one paragraph of at most `most` lines, with an ellipsis where there is more."""
    lines = wrap(" ".join(words.split()), WIDTH - 1, break_on_hyphens=False)
    if len(lines) <= most:
        return " ".join(lines)
    return " ".join(lines[:most]).rstrip(" ,.;:") + "…"


def in_pages(groups: Iterable[Sequence[Block]], room: int, language: Language) -> list[tuple[Block, ...]]:
    """Lay the groups of blocks out in pages of at most `room` lines; at least one page, which may be empty.

    They are put into the reader's language, as what is said is what is cut.

    A group is on one page where it fits one. Of a group that does not, texts and rows are cut, at the end
    of a sentence where there is one.
    """
    pages: list[list[Block]] = [[]]
    used = 0  # lines of the last page: to count all of its blocks again for each next one takes long
    for unsaid in groups:
        group = translated(Message(tuple(unsaid)), language).blocks
        if pages[-1] and used + (tall := _height_of(group)) > room >= tall:
            pages.append([])
            used = 0
        for block in group:
            for piece in _pieces(block, room, room - used):
                lines = _height(piece)
                if pages[-1] and used + lines > room:
                    pages.append([])
                    used = 0
                pages[-1].append(piece)
                used += lines
    return [tuple(page) for page in pages]


def _pieces(block: Block, room: int, left: int) -> Iterator[Block]:
    """Cut the block in pieces that fit a page each; the first in the `left` lines of the present one."""
    if _height(block) <= left:
        yield block
    elif isinstance(block, Fields):
        for row in block.rows:
            yield from _row_pieces(row, room)
    elif isinstance(block, Text | Note) and _height(block) > min(room, max(left, _TOO_LITTLE)):
        yield from (replace(block, parts=parts) for parts in _cut(block.parts, room, left))
    else:
        yield block


def _row_pieces(row: Field, room: int) -> Iterator[Block]:
    single = Fields((row,))
    if _height(single) <= room:
        yield single
    else:
        yield from (
            Text(parts) for parts in _cut(("**", Plain(as_text(row.label)), ":** ", *row.parts), room, room)
        )


def _cut(parts: tuple[Part, ...], room: int, left: int) -> list[tuple[Part, ...]]:
    first = left if left >= _TOO_LITTLE else room
    pieces: list[tuple[Part, ...]] = []
    for filled in _FILLED:
        # A line break ends a line wherever it is, so it costs as much as a whole one.
        limits = Limits(escaped=MappingProxyType({"\n": filled}))
        pieces = [piece for piece in cut_parts(parts, first * filled, room * filled, limits) if piece]
        heights = [_wrapped(_drawn(piece)) for piece in pieces]
        if heights[0] <= first and max(heights) <= room:
            break
    return pieces


def turning(number: int, pages: int, before: str, after: str) -> tuple[Button, ...]:
    """Make the buttons that turn to the pages before and after `number` (from 0), where there are such.

    `before` and `after` are their action ids.
    """
    back = (Button(say("Back", context="button"), before),) if number > 0 else ()
    more = (Button("More", after),) if number < pages - 1 else ()
    return (*back, *more)


def in_rows(buttons: Sequence[Button]) -> list[Buttons]:
    """Put the buttons in groups of at most five."""
    return [Buttons(tuple(buttons[at : at + IN_A_ROW])) for at in range(0, len(buttons), IN_A_ROW)]


def paged(
    groups: Iterable[Sequence[Block]],
    last: Sequence[Block],
    page: int,
    turned: Callable[[int], str],
    language: Language,
) -> Message:
    """Show one page (from 0) of what is too much for one screen, then the buttons that turn it, then `last`.

    `turned` gives the action id that shows another page. `last` is on every page.
    """
    pages = in_pages(groups, max(_LEAST, LINES - 1 - height(last, language)), language)
    page = min(max(0, page), len(pages) - 1)
    turns = turning(page, len(pages), turned(page - 1), turned(page + 1))
    return Message((*pages[page], *([Buttons(turns)] if turns else []), *last))


def on_one_screen(blocks: tuple[Block, ...], language: Language) -> tuple[Block, ...]:
    """Cut from a review what it can be read without, as far as it would not fit on a phone's screen.

    It is measured in its reader's language, which may need more lines than English.
    """
    small = [block for block in blocks if isinstance(block, Note)][-1:]
    title = [block for block in blocks if isinstance(block, Heading)][:1]
    for spare in (*small, *title):
        if height(blocks, language) > LINES:
            blocks = tuple(block for block in blocks if block is not spare)
    return blocks

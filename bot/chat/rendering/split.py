"""Making a Message fit a platform: it is split, then paged, then shortened with the whole beside it.

Nothing is ever cut silently, and `split` raises nothing. Text over a limit goes on in further blocks and
messages; buttons and options that do not fit go to further groups; a heading, label or description
that is too long ends in "…" and is whole in a text beside it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from bot.chat.adapter import Refusal
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Field,
    Fields,
    File,
    Heading,
    Image,
    Message,
    Note,
    Option,
    Part,
    Plain,
    Select,
    Text,
)
from bot.chat.language import as_text
from bot.chat.rendering.costs import parts_cost
from bot.chat.rendering.fragments import cut_parts, shorten
from bot.chat.rendering.limits import Limits, cost
from bot.chat.rendering.markdown import strip_parts
from bot.chat.rendering.platform_words import in_terms_of
from bot.chat.values import replace

__all__ = ["base_action", "sendable", "split", "weigh"]

_T = TypeVar("_T")

_COST_AROUND = 8
"""Cost that a renderer may put around a block or a row: a mark of its kind, a line break."""


def split(message: Message, limits: Limits) -> list[Message]:
    """Return the messages, one or more, that say what this one says within the platform's limits.

    Blank texts and empty groups are left out, since platforms refuse them. More options than a select
    holds become several selects, whose further actions carry a page: see `base_action`.
    """
    packing = _Packing(limits)
    for block in in_terms_of(message, limits.space).blocks:
        for fitted in _fit(block, limits):
            packing.put(fitted)
    return packing.done() or [Message(())]


def sendable(message: Message, limits: Limits) -> list[Message]:
    """Split as `split`, for what is sent.

    Raises:
        Refusal: there is nothing in it that could be shown, so its readers would learn nothing.
    """
    parts = split(message, limits)
    if not any(part.blocks for part in parts):
        raise Refusal("empty_message", "there is nothing in this message")
    return parts


def base_action(action: str) -> str:
    """Return the action of a Choose as its maker wrote it, from that of any of its pages."""
    return re.sub(r"~\d+$", "", action)


@dataclass(frozen=True, slots=True)
class Weight:
    """The size of a block in its message, by the names of `Limits`."""

    message_text: int = 0
    message_size: int = 0
    blocks: int = 0
    components: int = 0
    files: int = 0

    def __add__(self, other: Weight) -> Weight:
        """Add both weights."""
        return Weight(
            self.message_text + other.message_text,
            self.message_size + other.message_size,
            self.blocks + other.blocks,
            self.components + other.components,
            self.files + other.files,
        )

    def within(self, limits: Limits) -> bool:
        """Tell whether one message holds this much."""
        return (
            self.message_text <= _most(limits.message_text)
            and self.message_size <= _most(limits.message_size)
            and self.blocks <= _most(limits.blocks)
            and self.components <= _most(limits.components)
            and self.files <= _most(limits.files)
        )


def weigh(block: Block, limits: Limits) -> Weight:
    """Return what the block takes of its message."""
    match block:
        case Text(parts) | Heading(parts) | Note(parts):
            words = parts_cost(parts, limits) + _COST_AROUND
            return Weight(words, words, 1, 1)
        case Fields(rows):
            words = sum(_row_cost(row, limits) for row in rows)
            return Weight(words, words, 1, 1)
        case Buttons(buttons):
            size = sum(_button_cost(button, limits) for button in buttons)
            return Weight(0, size, 1, 1 + len(buttons))
        case Select(options=options):
            size = _select_cost(block, limits) + sum(_option_cost(each, limits) for each in options)
            return Weight(0, size, 1, 2)
        case Image(url, alt):
            return Weight(0, cost(as_text(alt), limits) + len(url), 1, 1)
        case File(file):
            return Weight(0, cost(file.name, limits), 1, 1, 1)
        case Divider():
            return Weight(0, 0, 1, 1)


def _row_cost(row: Field, limits: Limits) -> int:
    return cost(as_text(row.label), limits) + parts_cost(row.parts, limits) + _COST_AROUND


def _button_cost(button: Button, limits: Limits) -> int:
    return cost(as_text(button.label), limits) + len(button.action) + len(button.url)


def _select_cost(block: Select, limits: Limits) -> int:
    return cost(as_text(block.placeholder), limits) + len(block.action)


def _option_cost(option: Option, limits: Limits) -> int:
    return cost(as_text(option.label), limits) + cost(as_text(option.description), limits) + len(option.value)


def _most(limit: int | None) -> int:
    return sys.maxsize if limit is None else limit


# --- Each block within its own limits -------------------------------------------------------------


def _fit(block: Block, limits: Limits) -> Iterable[Block]:
    """Return the block as blocks that the platform takes, all but the length of Text and Note."""
    match block:
        case Text(parts) | Note(parts):
            return () if _is_blank(parts) else (block,)
        case Heading(parts):
            return () if _is_blank(parts) else _fit_heading(block, limits)
        case Fields(rows):
            return _fit_fields(rows, limits)
        case Buttons(buttons):
            return _fit_buttons(buttons, limits)
        case Select():
            return _fit_choose(block, limits)
        case Image():
            return _fit_image(block, limits)
        case File() | Divider():
            return (block,)


def _is_blank(parts: Sequence[Part]) -> bool:
    return not strip_parts(parts).strip()


def _text_room(limits: Limits) -> int:
    """Return the longest that the parts of one Text may be in a message without other blocks."""
    return min(_most(limits.text), _most(limits.message_text), _most(limits.message_size)) - _COST_AROUND


def _fit_heading(block: Heading, limits: Limits) -> Iterator[Block]:
    most = min(_most(limits.heading), _text_room(limits))
    if parts_cost(block.parts, limits) <= most:
        yield block
        return
    yield Heading((Plain(shorten(strip_parts(block.parts), most, limits)),))
    yield Text(block.parts)


def _fit_fields(rows: Sequence[Field], limits: Limits) -> Iterator[Block]:
    """Put rows in groups; a row that is too long becomes a text under its name."""
    group: list[Field] = []
    room = _text_room(limits)
    for row in rows:
        if not as_text(row.label).strip() and _is_blank(row.parts):
            continue
        long = (
            cost(as_text(row.label), limits) > _most(limits.field_label)
            or parts_cost(row.parts, limits) > _most(limits.field_value)
            or _row_cost(row, limits) > room
        )
        full = len(group) >= _most(limits.fields) or sum(_row_cost(r, limits) for r in (*group, row)) > room
        if group and (long or full):
            yield Fields(tuple(group))
            group = []
        if long:
            yield Text(("**", Plain(as_text(row.label)), "**\n", *row.parts))
        else:
            group.append(row)
    if group:
        yield Fields(tuple(group))


def _fit_buttons(buttons: Sequence[Button], limits: Limits) -> Iterator[Block]:
    """Put buttons in groups; if a label is too long, all are in a list above, in order."""
    if any(cost(as_text(button.label), limits) > _most(limits.button_label) for button in buttons):
        yield _listed(as_text(button.label) for button in buttons)
    group: list[Button] = []
    for button in buttons:
        if len(button.url) > _most(limits.button_url):
            yield from _grouped_buttons(group, limits)
            group = []
            yield Text((Plain(f"{as_text(button.label)}\n{button.url}"),))
        else:
            group.append(replace(button, label=shorten(as_text(button.label), limits.button_label, limits)))
    yield from _grouped_buttons(group, limits)


def _grouped_buttons(buttons: Sequence[Button], limits: Limits) -> Iterator[Block]:
    most = min(_most(limits.buttons), _most(limits.components) - 1)
    room = _most(limits.message_size)
    for group in _chunks(buttons, most, room, lambda button: _button_cost(button, limits)):
        yield Buttons(tuple(group))


def _fit_choose(block: Select, limits: Limits) -> Iterator[Block]:
    """Make a select, or several with the pages of its options."""
    placeholder = as_text(block.placeholder)
    if cost(placeholder, limits) > _most(limits.placeholder):
        yield Text((Plain(placeholder),))
    # Twice the longest number of pages, "(100/100)", and the page in the action.
    room = _most(limits.message_size) - min(_most(limits.placeholder), _select_cost(block, limits)) - 200
    pages = list(_chunks(block.options, _most(limits.options), room, lambda o: _listed_cost(o, limits)))
    for number, page in enumerate(pages, start=1):
        shown = [_fit_option(option, limits) for option in page]
        if (lines := [*map(_option_line, page)]) != [*map(_option_line, shown)]:
            yield _listed(lines)
        counted = f" ({number}/{len(pages)})" if len(pages) > 1 else ""
        most = None if limits.placeholder is None else limits.placeholder - len(counted)
        yield replace(
            block,
            action=block.action if number == 1 else f"{block.action}~{number}",
            options=tuple(shown),
            placeholder=shorten(placeholder, most, limits) + counted,
        )


def _fit_option(option: Option, limits: Limits) -> Option:
    description = as_text(option.description)
    if description.strip():
        description = shorten(description, limits.option_description, limits)
    return replace(
        option,
        label=shorten(as_text(option.label), limits.option_label, limits),
        description=description.strip(),
    )


def _option_line(option: Option) -> str:
    label, description = as_text(option.label), as_text(option.description)
    return f"{label}: {description}" if description else label


def _listed_cost(option: Option, limits: Limits) -> int:
    return _option_cost(_fit_option(option, limits), limits)


def _fit_image(block: Image, limits: Limits) -> Iterator[Block]:
    described = as_text(block.alt)
    if len(block.url) > _most(limits.image_url):
        yield Text((Plain(f"{described}\n{block.url}"),))
        return
    alt = shorten(described, limits.image_alt, limits)
    yield replace(block, alt=alt)
    if alt != described and described.strip():
        yield Note((Plain(described),))


def _listed(lines: Iterable[str]) -> Text:
    parts: list[Part] = []
    for line in lines:
        parts += ["\n- " if parts else "- ", Plain(line)]
    return Text(tuple(parts))


def _chunks(items: Sequence[_T], most: int, room: int, size_of: Callable[[_T], int]) -> Iterator[list[_T]]:
    """Put the items in groups of at most `most` and of at most `room` together, each of one at least."""
    group: list[_T] = []
    used = 0
    for item in items:
        size = size_of(item)
        if group and (len(group) >= most or used + size > room):
            yield group
            group, used = [], 0
        group.append(item)
        used += size
    if group:
        yield group


# --- Blocks into messages -------------------------------------------------------------------------


@dataclass(slots=True)
class _Packing:
    """Messages being filled from top to bottom."""

    limits: Limits
    messages: list[list[Block]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    used: Weight = field(default_factory=Weight)

    def put(self, block: Block) -> None:
        """Add a block where it fits; a long text fills what room there is and goes on."""
        if isinstance(block, Text | Note) and self._must_pour(block):
            self._pour(block)
        elif self._fits(block) or not self.blocks:
            self._add(block)
        else:
            self._turn()
            self.put(block)

    def done(self) -> list[Message]:
        """Return all the messages; a divider alone between two of them is none."""
        if self.blocks:
            self.messages.append(self.blocks)
        last = len(self.messages) - 1
        within = [_without_edges(m, first=i > 0, last=i < last) for i, m in enumerate(self.messages)]
        return [Message(tuple(blocks)) for blocks in within if blocks]

    def _fits(self, block: Block) -> bool:
        return (self.used + weigh(block, self.limits)).within(self.limits)

    def _add(self, block: Block) -> None:
        self.blocks.append(block)
        self.used += weigh(block, self.limits)

    def _turn(self) -> None:
        """Begin a new message; headings at the end go with what they are over."""
        kept = len(self.blocks)
        while kept and isinstance(self.blocks[kept - 1], Heading | Divider):
            kept -= 1
        kept = kept or len(self.blocks)
        if self.blocks:
            self.messages.append(self.blocks[:kept])
        carried, self.blocks, self.used = self.blocks[kept:], [], Weight()
        for block in carried:
            self._add(block)

    def _must_pour(self, block: Text | Note) -> bool:
        """Tell whether the text is too long for a separate message, or for one under its heading."""
        length = parts_cost(block.parts, self.limits)
        under_heading = all(isinstance(b, Heading | Divider) for b in self.blocks)
        return length > _text_room(self.limits) or (under_heading and not self._fits(block))

    def _pour(self, block: Text | Note) -> None:
        rest = _text_room(self.limits)
        while self.blocks and self._room() * 4 < rest:
            # Too little to begin in.
            self._turn()
        for parts in cut_parts(block.parts, self._room(), rest, self.limits):
            piece = replace(block, parts=parts)
            while self.blocks and not (parts and self._fits(piece)):
                self._turn()
            if parts:
                self._add(piece)

    def _room(self) -> int:
        """Return how long the parts of one more Text may be."""
        return min(
            _text_room(self.limits),
            _most(self.limits.message_text) - self.used.message_text - _COST_AROUND,
            _most(self.limits.message_size) - self.used.message_size - _COST_AROUND,
        )


def _without_edges(blocks: list[Block], *, first: bool, last: bool) -> list[Block]:
    """Return the blocks of a message without a divider where the message itself divides."""
    start, end = 0, len(blocks)
    while first and start < end and isinstance(blocks[start], Divider):
        start += 1
    while last and end > start and isinstance(blocks[end - 1], Divider):
        end -= 1
    return blocks[start:end]

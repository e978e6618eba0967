"""Cards of the daily message: pieces of news one below the other, as many as a phone shows at once.

Pieces that ask an employer the same about several interns are asked as one, with a row for each by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row

from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Divider,
    Message,
    Sentence,
    Text,
    heading,
    layout,
    message,
    say,
)
from bot.chat.language import Language
from bot.chat.rendering.screen import LINES, height
from bot.programme.core import keys, verbs
from bot.programme.core.turn import Turn
from bot.programme.people import address, blocks_for
from bot.programme.people.addresses import language_of
from storage.tables import Person

__all__ = ["in_order", "rest", "whole"]

_LINES_OF_NEWS: Final = LINES - 3  # lines of a card's pieces; the rest of them is behind a button

_TOGETHER: Final[dict[str, Sentence]] = {
    keys.CHECK_IN: say("How are your interns doing?"),
    keys.SILENT: say(
        "You have not answered my last two questions about these interns. Is everything all right with them?"
    ),
}
"""What is asked of an employer once for several interns, by the word with which keys of its pieces begin."""

Notice = Row[*tuple[Any, ...]]
"""A row of `notices`."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of news as it is shown, and what is asked with it of several interns, if it is one of those."""

    notice: int
    blocks: tuple[Block, ...]
    together: str


def in_order(rows: Sequence[Notice]) -> list[Notice]:
    """Return pieces in the order of a card: those that are asked as one follow the first of them."""
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(_together(row), row.id)
    return sorted(rows, key=lambda row: (first[word] if (word := _together(row)) else row.id, row.id))


def _together(row: Notice) -> str:
    """Return the word of what a piece asks an employer and could ask about others too; else nothing."""
    for key in (keys.CHECK_IN, keys.SILENT):
        found = key.match(row.key)
        if found is not None and found.side == "employer":
            return str(keys.head_of(row.key))
    return ""


def whole(turn: Turn, rows: Sequence[Notice], person: Person, last: Sequence[Block]) -> Message:
    """Return a card with pieces of news and their buttons, as this person reads them, and its last blocks."""
    pieces = _pieces(in_order(rows), person)
    if len(pieces) == 1:
        return message(*pieces[0].blocks, *last)
    language = language_of(turn, address(turn, person))
    most = _most(pieces, _LINES_OF_NEWS - height(last, language) - bool(last), language)
    things = len({each.together or each.notice for each in pieces})
    blocks: list[Block] = []
    if things > 1:
        blocks += [
            heading("One thing for you today", "{count} things for you today", count=things),
            Divider(),
        ]
    blocks += _shown(pieces[:most])
    more = _rest_button(pieces, most, rows[0].id, rows[-1].id)
    return message(*blocks, *more, *([Divider(), *last] if last else []))


def rest(turn: Turn, rows: Sequence[Notice], first: int, upto: int) -> Message:
    """Return what did not fit on a card from piece `first` to `upto` (ids); `rows` are in its order."""
    pieces = _pieces(rows, turn.person)
    most = _most(pieces, _LINES_OF_NEWS, turn.language)
    return message(*_shown(pieces[:most]), *_rest_button(pieces, most, first, upto))


def _pieces(rows: Sequence[Notice], person: Person) -> list[_Piece]:
    """Return the pieces of rows; where several ask the same, each is a row with the intern's name."""
    words = [_together(row) for row in rows]
    pieces: list[_Piece] = []
    for row, word in zip(rows, words, strict=True):
        blocks = blocks_for(row.message, person)
        together = word if words.count(word) > 1 else ""
        pieces.append(_Piece(row.id, _row(blocks) if together else blocks, together))
    return pieces


def _row(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return a question about one intern as a row of a question about several."""
    match blocks[0]:
        case Text(parts=(Sentence(values={"student": student, "project": project}), *_)):
            named = layout("**{student}** · {project}", student=student, project=project)
            return Text((named,)), *blocks[1:]
    return blocks


def _shown(pieces: Sequence[_Piece]) -> Iterator[Block]:
    """Yield pieces with lines between them, and the question of those that are asked as one above them."""
    for number, piece in enumerate(pieces):
        before = pieces[number - 1].together if number else None
        if number and not (piece.together and piece.together == before):
            yield Divider()
        if piece.together and piece.together != before:
            yield Text((_TOGETHER[piece.together],))
        yield from piece.blocks


def _most(pieces: Sequence[_Piece], room: int, language: Language) -> int:
    """Return how many pieces fit on one screen in the reader's language; at least 1."""
    fits = [
        number for number in range(1, len(pieces) + 1) if height(_shown(pieces[:number]), language) < room
    ]
    return max(fits, default=1)


def _rest_button(pieces: Sequence[_Piece], most: int, first: int, upto: int) -> list[Block]:
    """Return the button to the pieces after the first `most`, where there are more."""
    if len(pieces) <= most:
        return []
    label = say("Show the other one", "Show the other {count}", count=len(pieces) - most)
    return [Divider(), Buttons((Button(label, verbs.NOTICE_REST(pieces[most - 1].notice, upto, first)),))]

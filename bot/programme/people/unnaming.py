"""Taking a person out of what was said to others: their name by their id, and their words.

A person that the bot names in a sentence is a value with their id, in every message, notice, item and draft
that is stored: there the name is replaced, whatever else is called so, and no text is searched. People's own
words are where they are alone: in a block of their own, after a colon, in quotes, in a row (`_is_alone`).
What was stored before people were values is known by what it is about (`sent_messages.erase`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, cast, or_
from sqlalchemy import Text as Words

from bot.chat.sentences import HOLE

__all__ = [
    "ERASED",
    "GONE",
    "has_sentences",
    "joined",
    "may_name",
    "names",
    "reworded",
    "unnamed",
    "wordless",
    "words_in",
]

GONE: Final = "A person who left"
"""The name of a forgotten person in what others read."""

ERASED: Final = "…"
"""The replacement of erased words in a message that is still to be read."""

_LEFT: Final = {"id": 0, "name": GONE, "mention": False, "account": ""}
"""What takes the place of a person as a value."""

_BEFORE_WORDS: Final = ("\n", ": ", "- ", "“")
_AFTER_WORDS: Final = ("\n", "”")


def names(data: Any, person_id: int) -> bool:  # noqa: ANN401 - any stored JSON
    """Tell whether a person is a value of stored JSON."""
    match data:
        case {"kind": "person", "id": int(number)}:
            return number == person_id
        case list() | dict():
            values = data.values() if isinstance(data, dict) else data
            return any(names(value, person_id) for value in values)
    return False


def may_name(column: Any, person_id: int) -> ColumnElement[bool]:  # noqa: ANN401 - any JSON column
    """Return a condition that holds for all stored JSON of which a person is a value, and for few others.

    It is how the id is written, whichever order the keys have, and with blanks or without; `names` tells. A
    quote within people's words has a backslash before it, so that no words are like it.
    """
    written = (f'"id":{person_id},', f'"id": {person_id},')
    return or_(*(cast(column, Words).contains(each, autoescape=True) for each in written))


def unnamed(data: Any, person_id: int) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace a person as a value of stored JSON, and nothing else."""
    match data:
        case list():
            return [unnamed(each, person_id) for each in data]
        case {"kind": "person", "id": int(number)}:
            return {**data, **_LEFT} if number == person_id else data
        case dict():
            return {key: unnamed(value, person_id) for key, value in data.items()}
    return data


def joined(data: Any, first: int, second: int) -> Any:  # noqa: ANN401 - any stored JSON
    """Make the second person's values in stored JSON the first one's, under the name that was said."""
    match data:
        case list():
            return [joined(each, first, second) for each in data]
        case {"kind": "person", "id": int(number)}:
            return {**data, "id": first} if number == second else data
        case dict():
            return {key: joined(value, first, second) for key, value in data.items()}
    return data


def has_sentences(data: Any) -> bool:  # noqa: ANN401 - any stored JSON
    """Tell whether news or an item holds sentences; in those of before, a name may be a part of a text."""
    match data:
        case {"kind": "sentence"}:
            return True
        case list() | dict():
            return any(map(has_sentences, data.values() if isinstance(data, dict) else data))
    return False


def reworded(data: Any, words: Mapping[str, str]) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace what people wrote, each of these words as a whole value, in stored JSON."""
    match data:
        case list():
            return [reworded(each, words) for each in data]
        case {"kind": "plain", "text": str(said)}:
            return {**data, "text": words.get(said, said) if said else ""}
        case {"kind": "sentence", "values": dict(values)}:
            return {**data, "values": {hole: _value(each, words) for hole, each in values.items()}}
        case dict():
            return {key: reworded(value, words) for key, value in data.items()}
    return data


def _value(value: Any, words: Mapping[str, str]) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace a value of a stored sentence, in which a bare text is what people wrote."""
    return words.get(value, value) if isinstance(value, str) else reworded(value, words)


def wordless(data: Any) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace what people wrote in stored JSON; the bot's sentences stay."""
    match data:
        case list():
            return [wordless(each) for each in data]
        case {"parts": list(parts)}:
            return {**data, "parts": [_unsaid(parts, place) for place in range(len(parts))]}
        case dict():
            return {key: wordless(value) for key, value in data.items()}
    return data


def words_in(data: Any) -> list[str]:  # noqa: ANN401 - any stored JSON
    """Return what people wrote in stored JSON, in order; what the bot says is left out."""
    match data:
        case {"parts": list(parts)}:
            return [words for place in range(len(parts)) for words in _words(parts, place)]
        case list() | dict():
            values = data.values() if isinstance(data, dict) else data
            return [words for value in values for words in words_in(value)]
    return []


def _words(parts: list[Any], place: int) -> list[str]:
    match parts[place]:
        case {"kind": "plain", "text": str(said)} if said and _is_alone(parts, place):
            return [said]
        case {"kind": "sentence"} as sentence:
            pieces, _ = _pieces(sentence)
            return [words for at in range(len(pieces)) for words in _words(pieces, at)]
    return []


def _unsaid(parts: list[Any], place: int) -> Any:  # noqa: ANN401 - any stored JSON
    match parts[place]:
        case {"kind": "plain", "text": str()} as plain if _is_alone(parts, place):
            return {**plain, "text": ERASED}
        case {"kind": "sentence"} as sentence:
            pieces, holes = _pieces(sentence)
            unsaid = {hole: _unsaid(pieces, at) for at, hole in holes.items()}
            return {**sentence, "values": {**sentence["values"], **unsaid}}
    return parts[place]


def _pieces(sentence: Mapping[str, Any]) -> tuple[list[Any], dict[int, str]]:
    """Return a stored sentence as the parts of a block, and the holes by the places of their values."""
    values = sentence.get("values", {})
    one, many = sentence["one"], sentence.get("many", "")
    pieces: list[Any] = []
    holes: dict[int, str] = {}
    for place, piece in enumerate(HOLE.split(many if many and values.get("count") != 1 else one)):
        if place % 2 and piece in values:
            value = values[piece]
            holes[place] = piece
            pieces.append({"kind": "plain", "text": value} if isinstance(value, str) else value)
        else:
            pieces.append(piece)
    pieces[0], pieces[-1] = pieces[0] or "\n", pieces[-1] or "\n"
    return pieces, holes


def _is_alone(parts: list[Any], place: int) -> bool:
    """Tell whether a part is apart from the bot's sentence, as people's words are."""
    before = parts[place - 1] if place else "\n"
    after = parts[place + 1] if place + 1 < len(parts) else "\n"
    begins = isinstance(before, str) and before.endswith(_BEFORE_WORDS)
    return begins and isinstance(after, str) and after.startswith(_AFTER_WORDS)

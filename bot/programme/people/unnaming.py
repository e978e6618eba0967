"""Taking a person's name out of what was said to others: of stored messages, value by value.

A name that the bot puts into a sentence is a value with the person's id, by which it is found. In messages
that were stored before it was, the name alone is there, which may be a word of any text ("Ada" in "Adaptation
plan"), a label or a key of the stored JSON ("text"), so no text is searched: only a value that is the name as
a whole counts. It may also be the whole of what another person wrote. The bot puts names into its own
sentences, and people's words where they are alone: in a block of their own, after a colon, in quotes, in a
row of their own (`_is_alone`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any, Final

from sqlalchemy import ColumnElement, cast, exists, or_, select
from sqlalchemy import Text as Words

from bot.chat.sentences import HOLE
from bot.programme.core.turn import Turn
from storage.tables import Cohort, Company, Milestone, Person, Project

__all__ = [
    "ERASED",
    "GONE",
    "ROWS",
    "also_another",
    "is_value_of",
    "joined",
    "may_name",
    "names",
    "renamed",
    "unnamed",
    "without",
    "wordless",
    "words_in",
]

GONE: Final = "A person who left"
"""The name of a forgotten person in what others read."""

ERASED: Final = "…"
"""The replacement of erased words in a message that is still to be read."""

ROWS: Final = frozenset({"Name", "Student", "Coordinators"})
"""The labels of the rows whose value is a person's name; in other rows are words and titles."""

_BEFORE_A_NAME: Final = (" · ", ": ")
"""What parts a button's words from the name at their end: "Market map · Ada", "Read: Ada"."""

_LEFT: Final = {"id": 0, "name": GONE, "mention": False, "account": ""}
"""What takes the place of a person as a value."""

_BEFORE_WORDS: Final = ("\n", ": ", "- ", "“")
_AFTER_WORDS: Final = ("\n", "”")


def names(data: Any, person: Person) -> bool:  # noqa: ANN401 - any stored JSON
    """Tell whether a stored message or answer names this person: a whole value, or a button's or option's."""
    return bool(renamed(data, {person.name: GONE}, person.id) != data)


def renamed(data: Any, words: Mapping[str, str], person_id: int = 0) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace whole values that people wrote, or are called by, in stored JSON, and the person of this id.

    For what is about the person themselves; elsewhere `unnamed` leaves the words of others.
    """
    match data:
        case list():
            return [renamed(each, words, person_id) for each in data]
        case {"kind": "person", "id": int(number)}:
            return {**data, **_LEFT} if number == person_id else data
        case {"kind": "plain", "text": str(said)}:
            return {**data, "text": words.get(said, said) if said else ""}
        case {"kind": "sentence", "values": dict(values)}:
            return {**data, "values": {hole: _value(each, words, person_id) for hole, each in values.items()}}
        case {"label": str(label), "action": _}:
            return {**data, "label": _of_button(label, words)}
        case {"label": str(label), "value": _, **rest} if set(rest) <= {"description"}:
            return {**data, "label": words.get(label, label)}
        case dict():
            return {key: renamed(value, words, person_id) for key, value in data.items()}
    return data


def _value(value: Any, words: Mapping[str, str], person_id: int) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace a value of a stored sentence, in which a bare text is what people wrote."""
    return words.get(value, value) if isinstance(value, str) else renamed(value, words, person_id)


def without(data: Any, person: Person) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace a person's name in stored JSON where it is a value with their id, and nothing else."""
    return renamed(data, {}, person.id)


def unnamed(data: Any, person: Person) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace a person's name in stored JSON where the bot put it, and not in people's words."""
    instead = {person.name: GONE}
    match data:
        case list():
            return [unnamed(each, person) for each in data]
        case {"kind": "person" | "sentence"}:
            return without(data, person)
        case {"kind": "heading"} | {"label": str(), "action": _}:
            return renamed(data, instead, person.id)
        case {"label": str(label), "parts": list(parts)}:
            named = renamed(data, instead, person.id)
            return named if label in ROWS else {**data, "parts": unnamed(parts, person)}
        case {"label": str(label), "value": str(value)}:
            # An option is a row with its id, or what a person wrote, which is its own value.
            return data if value == label else renamed(data, instead, person.id)
        case {"parts": list(parts)}:
            return {**data, "parts": list(_sentence(parts, person))}
        case dict():
            return {key: unnamed(value, person) for key, value in data.items()}
    return data


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


def _sentence(parts: list[Any], person: Person) -> Iterator[Any]:
    for place, part in enumerate(parts):
        said = isinstance(part, dict) and part.get("kind") == "plain" and not _is_alone(parts, place)
        yield renamed(part, {person.name: GONE}) if said else without(part, person)


def _is_alone(parts: list[Any], place: int) -> bool:
    """Tell whether a part is apart from the bot's sentence, as people's words are."""
    before = parts[place - 1] if place else "\n"
    after = parts[place + 1] if place + 1 < len(parts) else "\n"
    begins = isinstance(before, str) and before.endswith(_BEFORE_WORDS)
    return begins and isinstance(after, str) and after.startswith(_AFTER_WORDS)


def _of_button(label: str, words: Mapping[str, str]) -> str:
    """Rename a button's label; the bot's words before the name stay, and so does a label that is no name."""
    for word, instead in words.items():
        for mark in _BEFORE_A_NAME:
            if word and label.endswith(f"{mark}{word}"):
                return f"{label.removesuffix(word)}{instead}"
    return label


def may_name(column: Any, person: Person) -> ColumnElement[bool]:  # noqa: ANN401 - any JSON column
    """Return a condition that holds for every stored JSON that names this person.

    It holds for others as well, where the name is a part of something: `names` tells.
    """
    stored = dumps(person.name, ensure_ascii=False)[1:-1]
    return or_(cast(column, Words).contains(stored, autoescape=True), is_value_of(column, person))


def is_value_of(column: Any, person: Person) -> ColumnElement[bool]:  # noqa: ANN401 - any JSON column
    """Return a condition that holds for stored JSON in which the person is a value."""
    return or_(*(cast(column, Words).contains(each, autoescape=True) for each in _by_id(person)))


def joined(data: Any, first: Person, second: Person) -> Any:  # noqa: ANN401 - any stored JSON
    """Make the second person's values in stored JSON the first one's, under the name that was said."""
    match data:
        case list():
            return [joined(each, first, second) for each in data]
        case {"kind": "person", "id": int(number)}:
            return {**data, "id": first.id} if number == second.id else data
        case dict():
            return {key: joined(value, first, second) for key, value in data.items()}
    return data


def _by_id(person: Person) -> tuple[str, str]:
    """Return how a person's id is written in stored JSON, in any order; other ids are texts."""
    return f'"id":{person.id},', f'"id": {person.id},'


def also_another(turn: Turn, person: Person) -> bool:
    """Tell whether the name is also another person's here, a company's, a cohort's or a title.

    A message that holds it may mean the other, unless it is known to be about this person.
    """
    mine = turn.programme_id
    queries = (
        exists().where(
            Person.programme_id == mine,
            Person.name == person.name,
            Person.id != person.id,
            Person.erased_at.is_(None),
        ),
        exists().where(Company.programme_id == mine, Company.name == person.name),
        exists().where(Cohort.programme_id == mine, Cohort.name == person.name),
        exists().where(Project.programme_id == mine, Project.title == person.name),
        exists().where(Milestone.programme_id == mine, Milestone.title == person.name),
    )
    return any(turn.session.scalar(select(query)) for query in queries)

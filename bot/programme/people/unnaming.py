"""Taking a person's name out of what was said to others: of stored messages, value by value.

A name may be a word of any text ("Ada" in "Adaptation plan"), a label or a key of the stored JSON ("text"),
so no text is searched: only a value that is the name as a whole counts. It may also be the whole of what
another person wrote. The bot puts names into its own sentences, and people's words where they are alone: in a
block of their own, after a colon, in quotes, in a row of their own (`_is_alone`). A person's name as a value
(`PersonName`) is always a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from json import dumps
from typing import Any, Final

from sqlalchemy import ColumnElement, cast, exists, select
from sqlalchemy import Text as Words

from bot.chat.sentences import HOLE
from bot.programme.core.turn import Turn
from storage.tables import Cohort, Company, Milestone, Person, Project

__all__ = [
    "ERASED",
    "GONE",
    "ROWS",
    "also_another",
    "may_name",
    "names",
    "renamed",
    "unnamed",
    "wordless",
    "words_in",
]

GONE: Final = "Somebody who left"
"""The name of a forgotten person in what others read."""

ERASED: Final = "…"
"""The replacement of erased words in a message that is still to be read."""

ROWS: Final = frozenset({"Name", "Student", "Coordinators"})
"""The labels of the rows whose value is a person's name; in other rows are words and titles."""

_BEFORE_A_NAME: Final = (" · ", ": ")
"""What parts a button's words from the name at their end: "Market map · Ada", "Read: Ada"."""

_BEFORE_WORDS: Final = ("\n", ": ", "- ", "“")
_AFTER_WORDS: Final = ("\n", "”")

_Change = Callable[[Any], Any]


def names(data: Any, name: str) -> bool:  # noqa: ANN401 - any stored JSON
    """Tell whether a stored message or answer names this person: a whole value, or a button's or option's."""
    return bool(renamed(data, {name: GONE}) != data)


def renamed(data: Any, words: Mapping[str, str]) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace whole values that people wrote, or are called by, in stored JSON.

    For what is about the person themselves; elsewhere `unnamed` leaves the words of others.
    """
    match data:
        case list():
            return [renamed(each, words) for each in data]
        case {"kind": "plain", "text": str(said)}:
            return {**data, "text": words.get(said, said) if said else ""}
        case {"kind": "person", "name": str(said)} if said in words:
            return {**data, "name": words[said], "mention": False, "account": ""}
        case {"kind": "sentence"} | {"kind": "names"}:
            return _renamed_values(data, words)
        case {"label": str(label), "action": _}:
            return {**data, "label": _of_button(label, words)}
        case {"label": str(label), "value": _, **rest} if set(rest) <= {"description"}:
            return {**data, "label": words.get(label, label)}
        case dict():
            return {key: renamed(value, words) for key, value in data.items()}
    return data


def unnamed(data: Any, name: str) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace a person's name in stored JSON where the bot put it, and not in people's words."""
    instead = {name: GONE}
    match data:
        case list():
            return [unnamed(each, name) for each in data]
        case {"kind": "heading" | "person"} | {"label": _, "action": _}:
            return renamed(data, instead)
        case {"label": str(label), "parts": list(parts)}:
            return renamed(data, instead) if label in ROWS else {**data, "parts": unnamed(parts, name)}
        case {"label": label, "value": str(value)}:
            # An option is a row with its id, or what a person wrote, which is its own value.
            return data if value == label else renamed(data, instead)
        case {"parts": list(parts)}:
            return {**data, "parts": _changed(parts, lambda part: renamed(part, instead), words=_as_it_is)}
        case dict():
            return {key: unnamed(value, name) for key, value in data.items()}
    return data


def wordless(data: Any) -> Any:  # noqa: ANN401 - any stored JSON
    """Replace what people wrote in stored JSON; the bot's sentences stay."""
    match data:
        case list():
            return [wordless(each) for each in data]
        case {"parts": list(parts)}:
            return {**data, "parts": _changed(parts, _as_it_is, words=_erased)}
        case dict():
            return {key: wordless(value) for key, value in data.items()}
    return data


def words_in(data: Any) -> list[str]:  # noqa: ANN401 - any stored JSON
    """Return what people wrote in stored JSON, in order; what the bot says is left out."""
    match data:
        case {"parts": list(parts)}:
            found: list[str] = []
            _changed(parts, _as_it_is, words=lambda part: found.append(_words(part)))
            return [words for words in found if words]
        case list() | dict():
            values = data.values() if isinstance(data, dict) else data
            return [words for value in values for words in words_in(value)]
    return []


def _renamed_values(data: dict[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """Rename among the values of a sentence, or in a list of names; a bare string is one of them."""

    def each(value: Any) -> Any:  # noqa: ANN401 - any stored JSON
        return words.get(value, value) if isinstance(value, str) else renamed(value, words)

    if data["kind"] == "names":
        return {**data, "names": [each(value) for value in data["names"]]}
    return {**data, "values": {name: each(value) for name, value in data.get("values", {}).items()}}


def _as_it_is(part: Any) -> Any:  # noqa: ANN401 - any stored part
    return part


def _words(part: Any) -> str:  # noqa: ANN401 - any stored part
    return part if isinstance(part, str) else str(part["text"])


def _erased(part: Any) -> Any:  # noqa: ANN401 - any stored part
    return ERASED if isinstance(part, str) else {**part, "text": ERASED}


def _changed(parts: list[Any], change: _Change, *, words: _Change) -> list[Any]:
    """Return the parts of a block changed: by `words` what people wrote, by `change` all other values."""
    made = []
    for place, part in enumerate(parts):
        before = parts[place - 1] if place else "\n"
        after = parts[place + 1] if place + 1 < len(parts) else "\n"
        match part:
            case {"kind": "sentence"}:
                made.append(_changed_sentence(part, (before, after), change, words))
            case {"kind": "plain"} if _is_alone(before, after):
                made.append(words(part))
            case _:
                made.append(change(part))
    return made


def _changed_sentence(said: dict[str, Any], around: tuple[Any, Any], change: _Change, words: _Change) -> Any:  # noqa: ANN401 - any stored JSON
    """Return a sentence with its values changed, as `_changed`; it is between the two of `around`."""
    pieces = HOLE.split(said["one"])
    pieces[0], pieces[-1] = pieces[0] or around[0], pieces[-1] or around[1]
    places = {name: (pieces[at - 1], pieces[at + 1]) for at, name in enumerate(pieces) if at % 2}
    values = {}
    for name, value in said.get("values", {}).items():
        place = places.get(name, ("", ""))
        match value:
            case {"kind": "sentence"}:
                values[name] = _changed_sentence(value, place, change, words)
            case str() | {"kind": "plain"} if _is_alone(*place):
                values[name] = words(value)
            case str():
                values[name] = change({"kind": "plain", "text": value})["text"]
            case _:
                values[name] = change(value)
    return {**said, "values": values}


def _is_alone(before: Any, after: Any) -> bool:  # noqa: ANN401 - any stored parts
    """Tell whether a part between these two is apart from the bot's sentence, as people's words are."""
    begins = isinstance(before, str) and before.endswith(_BEFORE_WORDS)
    return begins and isinstance(after, str) and after.startswith(_AFTER_WORDS)


def _of_button(label: str, words: Mapping[str, str]) -> str:
    """Rename a button's label; the bot's words before the name stay, and so does a label that is no name."""
    for word, instead in words.items():
        for mark in _BEFORE_A_NAME:
            if word and label.endswith(f"{mark}{word}"):
                return f"{label.removesuffix(word)}{instead}"
    return label


def may_name(column: Any, name: str) -> ColumnElement[bool]:  # noqa: ANN401 - any JSON column
    """Return a condition that holds for every stored JSON that names this person.

    It holds for others as well, where the name is a part of something: `names` tells.
    """
    stored = dumps(name, ensure_ascii=False)[1:-1]
    return cast(column, Words).contains(stored, autoescape=True)


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

"""Taking a person's name out of what was said to others: of stored messages, value by value.

A name may be a word of any text ("Ada" in "Adaptation plan"), a label or a key of the stored JSON ("text"),
so no text is searched: only a value that is the name as a whole counts. It may also be the whole of what
another person wrote. The bot puts names into its own sentences, and people's words where they are alone: in a
block of their own, after a colon, in quotes, in a row of their own (`_is_alone`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from json import dumps
from typing import Any, Final

from sqlalchemy import ColumnElement, cast, exists, select
from sqlalchemy import Text as Words

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
        case {"kind": "heading"} | {"label": str(), "action": _}:
            return renamed(data, instead)
        case {"label": str(label), "parts": list(parts)}:
            return renamed(data, instead) if label in ROWS else {**data, "parts": unnamed(parts, name)}
        case {"label": str(label), "value": str(value)}:
            # An option is a row with its id, or what a person wrote, which is its own value.
            return data if value == label else renamed(data, instead)
        case {"parts": list(parts)}:
            return {**data, "parts": list(_sentence(parts, instead))}
        case dict():
            return {key: unnamed(value, name) for key, value in data.items()}
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
            alone = (part for place, part in enumerate(parts) if _is_alone(parts, place))
            return [part["text"] for part in alone if isinstance(part, dict) and part.get("text")]
        case list() | dict():
            values = data.values() if isinstance(data, dict) else data
            return [words for value in values for words in words_in(value)]
    return []


def _unsaid(parts: list[Any], place: int) -> Any:  # noqa: ANN401 - any stored JSON
    match parts[place]:
        case {"kind": "plain", "text": str()} as plain if _is_alone(parts, place):
            return {**plain, "text": ERASED}
    return parts[place]


def _sentence(parts: list[Any], instead: Mapping[str, str]) -> Iterator[Any]:
    for place, part in enumerate(parts):
        yield part if _is_alone(parts, place) else renamed(part, instead)


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

"""Taking a person's name out of what was said to others: of stored messages, value by value.

A name may be a word of any text ("Ada" in "Adaptation plan"), a label or a key of the stored JSON ("text"),
so no text is searched: only a value that is the name as a whole counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from json import dumps
from typing import Any, Final

from sqlalchemy import ColumnElement, cast, exists, select
from sqlalchemy import Text as Words

from bot.programme.core.turn import Turn
from storage.tables import Company, Person, Project

__all__ = ["GONE", "also_another", "may_name", "names", "renamed"]

GONE: Final = "Somebody who left"
"""How somebody who was forgotten is spoken of."""

_BEFORE_A_NAME: Final = (" · ", ": ")
"""What parts a button's words from the name at their end: "Market map · Ada", "Read: Ada"."""


def names(data: Any, name: str) -> bool:  # noqa: ANN401 - any stored JSON
    """Whether a stored message (or answer) names this person: a whole value, or a button's or option's."""
    return bool(renamed(data, {name: GONE}) != data)


def renamed(data: Any, words: Mapping[str, str]) -> Any:  # noqa: ANN401 - any stored JSON
    """Stored JSON in which whole values that people wrote, or are called by, are replaced by others."""
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


def _of_button(label: str, words: Mapping[str, str]) -> str:
    """A button's label; the bot's own words before the name stay, and so does a label that is no name."""
    for word, instead in words.items():
        for mark in _BEFORE_A_NAME:
            if word and label.endswith(f"{mark}{word}"):
                return f"{label.removesuffix(word)}{instead}"
    return label


def may_name(column: Any, name: str) -> ColumnElement[bool]:  # noqa: ANN401 - any JSON column
    """A condition that holds for every stored JSON that names this person.

    It holds for others as well, where the name is a part of something: `names` tells.
    """
    stored = dumps(name, ensure_ascii=False)[1:-1]
    return cast(column, Words).contains(stored, autoescape=True)


def also_another(turn: Turn, person: Person) -> bool:
    """Whether the name is also another person's here, a company's or a project's title.

    A message that holds it may mean that one, unless it is known to be about this person.
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
        exists().where(Project.programme_id == mine, Project.title == person.name),
    )
    return any(turn.session.scalar(select(query)) for query in queries)

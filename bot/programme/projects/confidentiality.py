"""Confidentiality: who may read a part of a project, field by field.

There are three levels: open, for everybody who may see the project; team, for its accepted interns; and under
agreement, for the interns who accepted the company's agreement. There are no agreements yet, so what is under
one is read by the people who manage the project and no intern. What students decide by (title, wish, fee,
time, dates, place) is always open.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, get_args

from bot.chat.answers import Option
from bot.chat.content import say
from storage.tables import Project
from storage.tables.values import Level

__all__ = [
    "CHOICES",
    "LEVELS",
    "OWN",
    "Guarded",
    "level_of",
    "read_by",
    "read_choices",
    "up_to",
    "write_choices",
]

Guarded = Literal["contact", "private_details"]
"""A field that has a level; each deliverable has its own."""

LEVELS: Final[tuple[Level, ...]] = get_args(Level)
"""Every level, the one with most readers first."""

OWN: Final[Mapping[Guarded, Level]] = MappingProxyType({"contact": "open", "private_details": "team"})
"""The level that each field has unless its employer chooses another."""

CHOICES: Final = (
    Option("contact:team", say("Who answers: interns only")),
    Option("contact:agreement", say("Who answers: under agreement")),
    Option("private_details:agreement", say("Details: under agreement")),
)
"""What an employer can choose: a field with a level; a deliverable has its level in its brackets."""

_CHOSEN: Final[Mapping[str, tuple[Guarded, Level]]] = MappingProxyType(
    {
        "contact:team": ("contact", "team"),
        "contact:agreement": ("contact", "agreement"),
        "private_details:agreement": ("private_details", "agreement"),
    }
)
"""The field and the level of each choice; of two choices of one field the later holds, with fewer readers."""


def level_of(project: Project, field: Guarded) -> Level:
    """Return the level of a field."""
    return (project.levels or {}).get(field, OWN[field])


def read_by(project: Project, field: Guarded, reader: Level) -> str:
    """Return the words of a field as a reader of this level may read them: "" where they may not."""
    return getattr(project, field) or "" if level_of(project, field) in up_to(reader) else ""


def up_to(reader: Level) -> tuple[Level, ...]:
    """Return the levels that a reader of this level may read."""
    return LEVELS[: LEVELS.index(reader) + 1]


def read_choices(chosen: Iterable[str]) -> dict[str, Level]:
    """Return the levels of fields that an employer's choices mean."""
    held = set(chosen)
    return dict(_CHOSEN[each] for each in _CHOSEN if each in held)


def write_choices(levels: Mapping[str, Level]) -> list[str]:
    """Return levels as an employer's choices."""
    return [each for each, (field, level) in _CHOSEN.items() if levels.get(field) == level]

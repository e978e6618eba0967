"""Personal data: what each noun does with its rows about a person.

Each room hands over its parts, and `bot.programme.accounts.personal_data` lists them all. Export, erasure,
merging and leaving are loops over that list, so that a new noun is added there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Column, update
from sqlalchemy.orm import InstrumentedAttribute

from bot.chat.actions import Action
from bot.chat.content import Block, Sentence
from bot.programme.core.turn import Turn
from storage.tables import Person

__all__ = [
    "MOVING_IS_ENOUGH",
    "NOTHING_UNFINISHED",
    "ErasureRequest",
    "PersonColumn",
    "PersonalData",
    "Section",
    "column_of",
    "give_rows",
]

PersonColumn = InstrumentedAttribute[Any] | Column[Any]
"""A column that holds a person's id."""

Section = tuple[Sentence, Iterable[Block]]
"""A title, and what is stored under it, a block an entry; without entries it is not shown."""


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """A person who is to be forgotten, and the applications that an open report keeps as they are.

    While there are any, the name and the accounts stay too.

    Attributes:
        things: What rooms note while they erase: the ids of things by what keys call them ("application") and
            whether they are the person's own; in others they had a part. What was said of all is read once.
        posts: The beginnings (`keys.stem_of`) of the keys of messages about these things, likewise.
    """

    person: Person
    held: tuple[int, ...] = ()
    things: dict[tuple[str, bool], set[int]] = field(default_factory=dict)
    posts: dict[bool, set[str]] = field(default_factory=lambda: {True: set(), False: set()})


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """How a noun's rows about a person are exported, erased and merged, and what a leaving person leaves.

    A sentence in the place of a function is the reason why there is nothing to do.

    Attributes:
        noun: What the rows are, in the plural.
        export: What a person reads of their rows.
        erase: Takes out what the person wrote and what names them, and leaves what others count on.
        merge: Makes the rows of the second person the first one's; `moved` is done before it is called.
        on_left: What is unfinished when a person's last account is gone, for the coordinators to read.
        moved: Columns whose rows become the first person's as they are.
        joined: Columns of which a person has one row for each thing, so that `merge` joins two of them.
        stays: Columns whose rows stay the second person's, each with the reason.
        kept: Columns that still name a forgotten person, or hold what they wrote, each with the reason.
    """

    noun: str
    export: Callable[[Turn, Person], Iterable[Section]] | str
    erase: Callable[[Turn, ErasureRequest], list[Action]] | str
    merge: Callable[[Turn, Person, Person], list[Action]] | str
    on_left: Callable[[Turn, Person], list[Block]] | str
    moved: tuple[PersonColumn, ...] = ()
    joined: tuple[PersonColumn, ...] = ()
    stays: Mapping[PersonColumn, str] = field(default_factory=dict)
    kept: Mapping[PersonColumn, str] = field(default_factory=dict)


MOVING_IS_ENOUGH: Final = "The rows are the first person's as they are."
NOTHING_UNFINISHED: Final = "Nothing here waits for a person who has left."


def column_of(column: PersonColumn) -> Column[Any]:
    """Return the table's column."""
    found: Column[Any] = column if isinstance(column, Column) else column.property.columns[0]
    return found


def give_rows(turn: Turn, columns: Iterable[PersonColumn], first: Person, second: Person) -> None:
    """Give `first` the rows in which `second` is in any of these columns."""
    for column in columns:
        turn.session.execute(
            update(column.table if isinstance(column, Column) else column.class_)
            .where(column == second.id)
            .values({column.key: first.id})
            .execution_options(synchronize_session="fetch")
        )

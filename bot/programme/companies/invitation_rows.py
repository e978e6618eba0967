"""Rows of an invitation: who, and for which company; read as people write them, and looked up."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from bot.chat.events import UserRef, parse_destination
from bot.chat.routes import Declined
from bot.programme import people
from bot.programme.core.turn import Turn
from storage.dialects import begins
from storage.folding import folded
from storage.tables import Identity, Person, Space

__all__ = ["Row", "apart", "named_in", "read_rows"]

_TOKEN: Final = re.compile(r"[^\s,;]+")
_HEADS: Final = frozenset({"person", "people", "name", "user", "who"})


@dataclass(frozen=True, slots=True)
class Row:
    """One wanted employer as written: who, and the company's name."""

    person: str
    company: str


def read_rows(pasted: str, company: str) -> list[Row]:
    """Read rows of "person, company" (a CSV, with or without a head), or just people for `company`.

    Words without an @ are one name, such as "Marta Ruiz".
    """
    lines = [line for line in re.split(r"[\n;]+", pasted) if line.strip()]
    rows: list[Row] = []
    for cells in csv.reader(lines, skipinitialspace=True):
        filled = [cell.strip() for cell in cells]
        if not rows and filled[0].casefold() in _HEADS:
            continue
        if len(filled) > 1 and filled[1] and not _is_reference(filled[1]):
            rows.append(Row(filled[0], filled[1]))
        else:
            rows += [Row(name, company) for cell in filled for name in _names(cell)]
    return rows


def _names(cell: str) -> list[str]:
    tokens: list[str] = _TOKEN.findall(cell)
    return tokens if any(map(_is_reference, tokens)) else [" ".join(tokens)] if tokens else []


def _is_reference(word: str) -> bool:
    """Tell whether a word names an account: by @, or as adapters put it."""
    return word.startswith(("@", "<@")) or "/@" in word


def apart(turn: Turn, row: Row) -> list[Row]:
    """Return the row, or a row for each word where no person has the whole name and each word is a name."""
    words = row.person.split()
    if len(words) < 2 or _called(turn, row.person) or not all(_called(turn, word) for word in words):  # noqa: PLR2004 - one word is one name
        return [row]
    return [Row(word, row.company) for word in words]


def named_in(turn: Turn, row: Row) -> Person:
    """Return the person that a row names: by account, by name, or by a first name that only they have here.

    Raises:
        Declined: no person has that name, or several have.
    """
    try:
        found = parse_destination(row.person)
    except ValueError:
        found = None
    if isinstance(found, UserRef):
        return people.person_for(turn, found)
    known = _called(turn, row.person)
    if len(known) == 1:
        return known[0]
    if known:
        raise Declined(
            "Several people have that name. `/employer invite` alone opens a form where you choose from a "
            "list."
        )
    raise Declined(
        "I know no person by that name here. `/employer invite` alone opens a form where you choose "
        "from a list."
    )


def _called(turn: Turn, typed: str) -> Sequence[Person]:
    """Return the people of this name, at most two: by whole name or account, else by first name."""
    wanted = typed.strip('@<> "“”„')
    whole, first = Person.folded_name == folded(wanted), f"{folded(wanted)} "
    people = select(Person).where(Person.programme_id == turn.programme_id).order_by(Person.id).limit(2)
    named = (*turn.session.scalars(people.where(whole)), *_with_account(turn, wanted))
    begins_so = begins(Person.folded_name, first)
    return [*dict.fromkeys(named)][:2] or turn.session.scalars(people.where(begins_so)).all()


def _with_account(turn: Turn, wanted: str) -> Sequence[Person]:
    """Return the people who have an account of this id, at most two; ids are in one case on each platform."""
    platforms = select(Space.platform).where(Space.programme_id == turn.programme_id)
    query = (
        select(Person)
        .join(Identity, Identity.person_id == Person.id)
        .where(Identity.programme_id == turn.programme_id, Identity.platform.in_(platforms))
        .where(Identity.user_id.in_({wanted, wanted.lower(), wanted.upper()}))
    )
    return turn.session.scalars(query.order_by(Person.id).limit(2)).all()

"""People's names as values of sentences: shown to each reader as their platform draws them, found by id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, Literal

from bot.chat.sentences import Names, PersonName, Sentence, Term, say
from bot.programme.core.turn import Turn
from bot.programme.people.roles import coordinators
from storage.tables import Person

__all__ = ["ask_if_different", "contacts", "person_name", "person_names", "role_terms"]

_MOST: Final = 3
_ROLES: Final = {
    "coordinator": Term("coordinator", "role"),
    "employer": Term("employer", "role"),
    "mentor": Term("mentor", "role"),
    "student": Term("student", "role"),
}


def person_name(person: Person, *, mention: bool = False) -> PersonName:
    """Return a person's name as a value; `mention`: the reader may be given the person's account to tap."""
    return PersonName(person.id, person.name, mention=mention)


def person_names(
    persons: Sequence[Person], last: Literal["and", "or"] = "and", *, mention: bool = False
) -> Names:
    """Return people's names as a value: Ada, Bo and Cem; `mention` as with `person_name`."""
    return Names(tuple(person_name(person, mention=mention) for person in persons), last)


def role_terms(roles: Collection[str]) -> Names:
    """Return roles as a value that is alone or after a colon: coordinator and employer."""
    return Names(tuple(_ROLES[role] for role in sorted(roles)))


def contacts(turn: Turn, reader: Person | None = None) -> Names:
    """Name the people who can help, after "ask": Ada, Bo or Cem; never the person who reads it.

    `reader` is the person who reads it; None is the person who acts.
    """
    known = coordinators(turn)
    reads = reader.id if reader else turn.person_id
    others = [person for person in known if person.id != reads]
    if others:
        return person_names(others[:_MOST], "or", mention=True)
    runs = "the person who runs the bot for this programme"
    return Names((Term(runs if known else "a coordinator", "contact"),))


def ask_if_different(turn: Turn, reader: Person | None = None) -> Sentence:
    """Say which person to ask for another decision; `reader` is who reads it, None the person who acts."""
    return say("If that should be different, ask {contacts}.", contacts=contacts(turn, reader))

"""Names of people and of who can help, as values of sentences."""

from __future__ import annotations

from bot.chat.sentences import Names, PersonName, Sentence, say
from bot.programme.core.turn import Turn
from bot.programme.people.roles import coordinators
from storage.tables import Person

__all__ = ["ask_if_different", "contacts", "person_name"]


def person_name(person: Person, *, mention: bool = False) -> PersonName:
    """Return a person as a value of a sentence; `mention`: the reader may be given their account."""
    return PersonName(person.id, person.name, mention=mention)


def contacts(turn: Turn, reader: Person | None = None) -> Names:
    """Return up to three coordinators for `reader` (None: the person who acts) to ask, never themselves."""
    reads = reader.id if reader else turn.person_id
    others = [person for person in coordinators(turn) if person.id != reads]
    return Names(tuple(person_name(person, mention=True) for person in others[:3]), "or")


def ask_if_different(turn: Turn, reader: Person | None = None) -> Sentence:
    """Say which person to ask for another decision; `reader` is who reads it, None the person who acts."""
    people = contacts(turn, reader)
    if people.names:
        return say("If that should be different, ask {people}.", people=people)
    if coordinators(turn):
        return say("If that should be different, ask the person who runs the bot for this programme.")
    return say("If that should be different, ask a coordinator.")

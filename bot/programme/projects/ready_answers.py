"""Answers to tap: what an employer can take as it is, and how each reader reads it.

A ready answer is stored by its English words, which are its key in the catalogues as those of every text are:
as a deliverable, as the reason why there is no fee, or after the name of the person who answers questions. So
these words are never changed. Each reader gets a ready answer in their language, and what people wrote
themselves as they wrote it.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from bot.chat.answers import ReadyAnswer
from bot.chat.content import Plain, Sentence, say
from bot.chat.language import as_text
from bot.chat.sentences import Value
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core.turn import Turn
from storage.tables import Person, Project

__all__ = [
    "CONTACTS",
    "DELIVERABLES",
    "REASONS",
    "WHOLE_WORK",
    "ReadyContact",
    "contact_answers",
    "name_in",
    "ready",
    "shown_contact",
    "shown_deliverable",
    "shown_reason",
]

DELIVERABLES: Final = (
    say("A written summary of about two pages", context="deliverable"),
    say("A slide deck of about ten slides", context="deliverable"),
    say("A spreadsheet with sources and a short explanation", context="deliverable"),
)
WHOLE_WORK: Final = say("The finished work", context="deliverable")
"""The one deliverable of a project that names none."""
REASONS: Final = (
    say("it counts for course credit", context="unpaid"),
    say("we are a non-profit and have no budget for it", context="unpaid"),
    say("it is an open-source project of volunteers", context="unpaid"),
)
_BY_WORDS: Final = {each.one: each for each in (*DELIVERABLES, WHOLE_WORK)}
_REASON_BY_WORDS: Final = {each.one: each for each in REASONS}


class ReadyContact(Struct, frozen=True):
    """Who answers questions, and how often: what the button says, and the answer, which names the person."""

    label: Sentence
    answer: Sentence

    def of(self, person: Value) -> Sentence:
        """Return the answer with who it is."""
        return replace(self.answer, values={"person": person})

    @property
    def how(self) -> str:
        """Return the stored words after the name."""
        return self.answer.one.removeprefix("{person}")


CONTACTS: Final = (
    ReadyContact(
        say("I do, within one working day"), say("{person}, within one working day", context="contact")
    ),
    ReadyContact(say("I do, twice a week"), say("{person}, twice a week", context="contact")),
)


def ready(answers: tuple[Sentence, ...]) -> tuple[ReadyAnswer, ...]:
    """Return these answers for a question of a form."""
    return tuple(ReadyAnswer(each.one, each) for each in answers)


def contact_answers(*names: str) -> tuple[ReadyAnswer, ...]:
    """Return the ready answers to who answers questions, for people of these names."""
    answers = [each.of(name) for name in dict.fromkeys(names) if name for each in CONTACTS]
    return tuple(ReadyAnswer(as_text(each), each) for each in answers)


def name_in(contact: str) -> str:
    """Return the name in a ready answer to who answers questions; "" where it is none."""
    found = _read(contact)
    return found[1] if found else ""


def shown_contact(turn: Turn, project: Project) -> Sentence | Plain:
    """Return who answers questions, with the person's id where it is the name of who wrote it."""
    found = _read(project.contact)
    if found is None:
        return Plain(project.contact)
    answer, name = found
    writer = turn.session.get(Person, project.contact_by_id) if project.contact_by_id else None
    own = writer is not None and writer.name == name
    return answer.of(people.person_name(writer) if writer is not None and own else name)


def _read(contact: str) -> tuple[ReadyContact, str] | None:
    for each in CONTACTS:
        name = contact.removesuffix(each.how)
        if name and name != contact and "\n" not in name:
            return each, name
    return None


def shown_reason(words: str) -> Sentence | Plain:
    """Return the reason why there is no fee."""
    return _REASON_BY_WORDS.get(words, Plain(words))


def shown_deliverable(words: str) -> Sentence | Plain:
    """Return a deliverable."""
    return _BY_WORDS.get(words, Plain(words))

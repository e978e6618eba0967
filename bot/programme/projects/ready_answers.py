"""Answers to tap: what an employer can take as it is, and how each reader reads it.

A ready answer is stored as a Term (`bot.chat.answers.terms`): as a deliverable, as the reason why there is no
fee, or as who answers questions. Each reader gets it in their language, and what people wrote themselves as
they wrote it. Rows of earlier versions hold ready answers by their English words, which are read alike.
"""

from __future__ import annotations

from typing import Final

from bot.chat.answers import ReadyAnswer
from bot.chat.answers.terms import ready_answer, shown_lines
from bot.chat.content import Plain, Sentence, say
from bot.chat.language import as_text
from bot.chat.sentences import Value
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core.turn import Turn
from storage.tables import Person

__all__ = [
    "CONTACTS",
    "CONTACT_LABELS",
    "DELIVERABLES",
    "REASONS",
    "WHOLE_WORK",
    "contact_answers",
    "contact_by",
    "contact_in_words",
    "deliverable_in_words",
    "name_in",
    "shown_contact",
    "shown_deliverable",
    "shown_reason",
]

DELIVERABLES: Final = (
    ReadyAnswer(
        "summary",
        say(
            "A written summary of about {count} page",
            "A written summary of about {count} pages",
            context="deliverable",
            count=2,
        ),
        ("A written summary of about two pages",),
    ),
    ReadyAnswer(
        "slide_deck",
        say(
            "A slide deck of about {count} slide",
            "A slide deck of about {count} slides",
            context="deliverable",
            count=10,
        ),
        ("A slide deck of about ten slides",),
    ),
    ReadyAnswer(
        "spreadsheet",
        say("A spreadsheet with sources and a short explanation", context="deliverable"),
        ("A spreadsheet with sources and a short explanation",),
    ),
)
WHOLE_WORK: Final = ReadyAnswer(
    "whole_work", say("The finished work", context="deliverable"), ("The finished work",)
)
"""The one deliverable of a project that names none."""
REASONS: Final = (
    ReadyAnswer(
        "course_credit",
        say("it counts for course credit", context="unpaid"),
        ("it counts for course credit",),
    ),
    ReadyAnswer(
        "no_budget",
        say("we are a non-profit and have no budget for it", context="unpaid"),
        ("we are a non-profit and have no budget for it",),
    ),
    ReadyAnswer(
        "open_source",
        say("it is an open-source project of volunteers", context="unpaid"),
        ("it is an open-source project of volunteers",),
    ),
)
CONTACTS: Final = (
    ReadyAnswer(
        "working_days",
        say(
            "{person}, within one working day",
            "{person}, within {count} working days",
            context="contact",
            person="",
            count=1,
        ),
        (", within one working day",),
    ),
    ReadyAnswer(
        "twice_a_week", say("{person}, twice a week", context="contact", person=""), (", twice a week",)
    ),
)
"""Who answers questions, and how often; `earlier` is what followed the name."""
CONTACT_LABELS: Final = (say("I do, within one working day"), say("I do, twice a week"))
"""What the buttons of CONTACTS say."""

_DELIVERABLES: Final = (*DELIVERABLES, WHOLE_WORK)


def contact_by(person: str, answer: ReadyAnswer) -> ReadyAnswer:
    """Return a ready answer to who answers questions for a person of this name."""
    return replace(answer, said=_named(answer, person), earlier=tuple(person + how for how in answer.earlier))


def _named(answer: ReadyAnswer, person: Value) -> Sentence:
    return replace(answer.said, values={**answer.said.values, "person": person})


def contact_answers(*names: str) -> tuple[ReadyAnswer, ...]:
    """Return the ready answers to who answers questions, for people of these names."""
    return tuple(contact_by(name, each) for name in dict.fromkeys(names) if name for each in CONTACTS)


def _contact(contact: str) -> ReadyAnswer | None:
    """Return the ready answer that a stored contact is, with the name that it holds; None for own words."""
    if found := ready_answer(contact, CONTACTS):
        return found
    for each in CONTACTS:
        for how in each.earlier:
            name = contact.removesuffix(how)
            if name and name != contact and "\n" not in name:
                return contact_by(name, each)
    return None


def name_in(contact: str) -> str:
    """Return the name in a ready answer to who answers questions; "" where it is none."""
    found = _contact(contact)
    return str(found.said.values["person"]) if found else ""


def contact_in_words(contact: str) -> str:
    """Return a stored contact in English, for searching."""
    found = _contact(contact)
    return as_text(found.said) if found else contact


def shown_contact(turn: Turn, contact: str, written_by: int | None) -> Sentence | Plain:
    """Return who answers questions, with the person's id where it is the name of who wrote it."""
    answer = _contact(contact)
    if answer is None:
        return Plain(contact)
    writer = turn.session.get(Person, written_by) if written_by else None
    own = writer is not None and writer.name == answer.said.values["person"]
    return _named(answer, people.person_name(writer)) if writer is not None and own else answer.said


def shown_reason(words: str) -> Sentence | Plain:
    """Return the reason why there is no fee."""
    answer = ready_answer(words, REASONS)
    return answer.said if answer else Plain(words)


def shown_deliverable(words: str) -> Sentence | Plain:
    """Return a deliverable, or several lines of them."""
    shown = shown_lines(words, _DELIVERABLES)
    return shown if isinstance(shown, Sentence) else Plain(shown)


def deliverable_in_words(words: str) -> str:
    """Return a deliverable, or several lines of them, in English."""
    return as_text(shown_deliverable(words))

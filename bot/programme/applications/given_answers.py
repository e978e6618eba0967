"""Given answers: those of an application, as each of its readers reads them.

A row keeps what was said as a value. The question, and the value in words, are made for the reader from the
question as it is asked now; the words that are kept beside the value are for a question that has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.chat.answers import shown_of
from bot.chat.content import Plain, Value
from bot.chat.forms import asking
from bot.chat.language import as_value
from bot.programme import people, projects
from bot.programme.applications import application_form
from bot.programme.core.turn import Turn
from storage.tables import Application, Person
from storage.tables.values import GivenAnswer

__all__ = ["ShownAnswer", "shown_answers"]


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer for a reader: its question, whole and in a few words, and what was said.

    `shown` is None once the answer is erased; `kind` and `value` are a GivenAnswer's.
    """

    question: Value
    label: Value
    shown: Value | None
    kind: str
    value: Any


def shown_answers(turn: Turn, application: Application, reader: Person) -> list[ShownAnswer]:
    """Return the answers of an application for a reader, in the form's order."""
    project = projects.project_of(turn, application.project_id)
    student = people.person_of(turn, application.person_id)
    asked, read = (
        application_form.form_of(turn, project, people.zone_of(turn, each)) for each in (student, reader)
    )
    shown = []
    for given in application.answers:
        question = asked.by_name.get(given.name)
        if question is None or given.value is None or not question.was_asked_as(given.fingerprint):
            shown.append(_as_kept(given))
            continue
        question = read.by_name[given.name]
        words = shown_of(given.value, asking(read, question, turn.now))
        said = Plain(words) if isinstance(words, str) else words
        prompt = as_value(application_form.as_read(question))
        shown.append(ShownAnswer(prompt, as_value(question.ask.label), said, given.kind, given.value))
    return shown


def _as_kept(given: GivenAnswer) -> ShownAnswer:
    """Return an answer in the words that are kept with it."""
    said = Plain(given.shown) if given.shown else None
    return ShownAnswer(Plain(given.prompt or given.label), Plain(given.label), said, given.kind, given.value)

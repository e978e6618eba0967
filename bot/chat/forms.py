"""Forms: questions generated from one pydantic model, asked as a dialog or one at a time.

The model says what is stored (types and limits); `Ask` in a field's annotation says how it is asked.
The same Form is a Slack modal, a Discord modal, a chat conversation and a terminal dialog, with the
same reading of answers (`bot.chat.answers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le, MaxLen, MinLen
from msgspec import Struct
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.chat.answers import (
    Ambiguous,
    Answer,
    Asking,
    FileRef,
    JSONValue,
    Kind,
    Option,
    ReadyAnswer,
    Refused,
    Understood,
    check_value,
    read_answer,
    shown_of,
)
from bot.chat.answers.model import Unit
from bot.chat.answers.readings import reason_of
from bot.chat.language import ENGLISH, Language, as_text, as_value
from bot.chat.sentences import Plain, Sentence, Wording, in_a_row
from bot.chat.values import replace

__all__ = [
    "Ask",
    "Form",
    "Page",
    "Question",
    "as_said",
    "asking",
    "form_of",
    "pages_of",
    "picked",
    "question_of",
    "read_page",
    "shown_answer",
]


class Ask(Struct, frozen=True):
    """The way in which one field of a model is asked.

    Attributes:
        prompt: the question as a sentence. `label`: its short name (at most 45 characters, Discord's
            limit), used in dialogs and reviews and to edit it by name.
        kind: how answers are read. `example`: shown with a refusal and as placeholder.
        hint: one line of advice under the question.
        page: which page of a dialog it is on (from 0).
        later: not asked in turn in a conversation: it has a default and is edited from the review.
        future: a date must lie in the future. `unit`: what a number counts.
        earlier: prompts of earlier versions that asked for the same: an answer to one of them counts, so it
            must have no more readers now than its prompt said.
        days_of: the zone whose day a date without a time is, where that is not the Form's.
        ready: answers that are stored as Terms, whatever language they are taken in.
    """

    prompt: Wording
    label: Wording
    kind: Kind = "text"
    example: Wording = ""
    hint: Wording = ""
    options: tuple[Option, ...] = ()
    page: int = 0
    later: bool = False
    future: bool = False
    unit: Unit = ""
    earlier: tuple[str, ...] = ()
    days_of: str = ""
    ready: tuple[ReadyAnswer, ...] = ()


class Question(Struct, frozen=True, dict=True):
    """One question of a Form: its field's name, how it is asked, and the limits of its answer.

    `marks` are the fingerprints that it has in English, once it is put into a language: the present one, then
    those of its earlier prompts.
    """

    name: str
    ask: Ask
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    default: JSONValue = None
    marks: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Return a mark that changes when the question does: an answer to another wording is asked again."""
        return self.fingerprints[0]

    def was_asked_as(self, fingerprint: str) -> bool:
        """Tell whether the fingerprint is this question's, in its prompt or an earlier one."""
        return fingerprint in self.fingerprints

    @cached_property
    def fingerprints(self) -> tuple[str, ...]:
        """Return the question's fingerprint, then those of its earlier prompts."""
        return self.marks or tuple(map(self._fingerprint_as, (self.ask.prompt, *self.ask.earlier)))

    @cached_property
    def is_bare(self) -> bool:
        """Tell whether all texts of the question are bare strings: there is no value in them to be put."""
        texts = (self.ask.prompt, self.ask.label, self.ask.example, self.ask.hint)
        options = (text for each in self.ask.options for text in (each.label, each.description))
        return all(isinstance(text, str) for text in (*texts, *options))

    def _fingerprint_as(self, prompt: Wording) -> str:
        return _fingerprint(as_text(prompt), self.ask.kind, self.ask.options, self.maximum)


# Forms are made again for every turn, of the same few questions.
@lru_cache(maxsize=1024, typed=True)
def _fingerprint(prompt: str, kind: Kind, options: tuple[Option, ...], maximum: float | None) -> str:
    told = (prompt, kind, [(o.value, o.earlier or as_text(o.label)) for o in options], maximum)
    return sha256(repr(told).encode()).hexdigest()[:12]


class Page(Struct, frozen=True):
    """One page of a Form as a dialog."""

    title: Wording
    questions: tuple[Question, ...]


class Form(Struct, frozen=True, dict=True):
    """Questions with a title.

    Attributes:
        id: what routes are found by.
        notice: the line said before the first stored answer: who will see it, how long it is kept,
            how to delete it.
        submit: the label of the button that sends it. `page_titles`: one per page, for dialogs.
        currency, zone: how bare amounts and dates are meant.
        source: the form before it was put into a language, with the words that are stored of it.
    """

    id: str
    title: Wording
    questions: tuple[Question, ...]
    notice: Wording = ""
    submit: Wording = "Send"
    page_titles: tuple[Wording, ...] = ()
    currency: str = "USD"
    zone: str = "UTC"
    source: Form | None = None

    @cached_property
    def by_name(self) -> dict[str, Question]:
        """Return the questions by their names."""
        return {question.name: question for question in self.questions}

    def in_language(self, language: Language) -> Form:
        """Return the form with all its texts as they are shown in a language, each a bare string."""
        return replace(
            self,
            title=language.text(self.title),
            questions=tuple(_question_in(question, language) for question in self.questions),
            notice=language.text(self.notice),
            submit=language.text(self.submit),
            page_titles=tuple(language.text(title) for title in self.page_titles),
            source=self.source or self,
        )


def _question_in(question: Question, language: Language) -> Question:
    """Return a question as it is shown in a language; one in plain English is English already."""
    ask = question.ask
    if language is ENGLISH and question.is_bare:
        return question
    options = tuple(
        Option(each.value, language.text(each.label), language.text(each.description)) for each in ask.options
    )
    put = replace(
        ask,
        prompt=language.text(ask.prompt),
        label=language.text(ask.label),
        example=language.text(ask.example),
        hint=language.text(ask.hint),
        options=options,
        ready=tuple(replace(each, shown=language.text(each.said)) for each in ask.ready),
    )
    return replace(question, ask=put, marks=question.fingerprints)


def form_of(model: type[BaseModel], *, form_id: str, title: Wording, **rest: Any) -> Form:  # noqa: ANN401 - Form's own fields
    """Make the Form of a pydantic model: one question per field that carries an `Ask`, in field order."""
    questions = tuple(question_of(name, info) for name, info in model.model_fields.items() if _ask(info))
    return Form(form_id, title, questions, **rest)


def question_of(name: str, info: FieldInfo) -> Question:
    """Make the Question of one model field.

    Raises:
        ValueError: the field carries no `Ask`.
    """
    ask = _ask(info)
    if ask is None:
        msg = f"{name} carries no Ask"
        raise ValueError(msg)
    limits: dict[str, Any] = {}
    for mark in info.metadata:
        match mark:
            case Ge():
                limits["minimum"] = mark.ge
            case Le():
                limits["maximum"] = mark.le
            case MinLen():
                limits["min_length"] = mark.min_length
            case MaxLen():
                limits["max_length"] = mark.max_length
            case _:
                pass
    default = None if info.is_required() else info.get_default(call_default_factory=True)
    return Question(name, ask, required=info.is_required(), default=default, **limits)


def _ask(info: FieldInfo) -> Ask | None:
    return next((mark for mark in info.metadata if isinstance(mark, Ask)), None)


def asking(form: Form, question: Question, now: datetime) -> Asking:
    """Return what the answer readers need to know about a question, at `now` (UTC)."""
    return Asking(
        kind=question.ask.kind,
        now=now,
        zone=ZoneInfo(form.zone),
        options=question.ask.options,
        minimum=question.minimum,
        maximum=question.maximum,
        min_length=question.min_length,
        max_length=question.max_length,
        currency=form.currency,
        future=question.ask.future,
        days_of=question.ask.days_of,
        unit=question.ask.unit,
        ready=question.ask.ready,
    )


def as_said(words: Wording) -> Plain | Sentence:
    """Return a text of a form or an answer as a value: a bare string is in the person's language already."""
    return words if isinstance(words, Sentence) else Plain(as_text(words))


def pages_of(form: Form, most: int | None) -> list[Page]:
    """Return the Form as dialog pages of at most `most` questions each (None is no limit)."""
    pages: list[Page] = []
    for number in sorted({q.ask.page for q in form.questions}):
        questions = [q for q in form.questions if q.ask.page == number]
        title = form.page_titles[number] if number < len(form.page_titles) else form.title
        size = most or len(questions)
        pages += [Page(title, tuple(questions[i : i + size])) for i in range(0, len(questions), size)]
    return pages


def read_page(
    form: Form,
    questions: Sequence[Question],
    values: dict[str, str | tuple[str, ...]],
    now: datetime,
    files: dict[str, tuple[FileRef, ...]] | None = None,
) -> tuple[dict[str, Understood], dict[str, Wording]]:
    """Read a submitted dialog page: what was understood by question name, and a reason for the rest.

    An empty optional answer is in neither; an ambiguous one is an error that asks.
    """
    understood: dict[str, Understood] = {}
    errors: dict[str, Wording] = {}
    for question in questions:
        raw = values.get(question.name, "")
        given = (files or {}).get(question.name, ())
        if not raw and not given:
            if question.required:
                errors[question.name] = "This one is needed."
            continue
        spec = asking(form, question, now)
        match _read_field(raw, spec, given):
            case Understood() as read:
                understood[question.name] = read
            case Refused() | Ambiguous() as unread:
                errors[question.name] = reason_of(unread)
    return understood, errors


def _read_field(raw: str | tuple[str, ...], spec: Asking, files: tuple[FileRef, ...]) -> Answer:
    """Read one field of a dialog: typed text, or what was chosen in a select."""
    if isinstance(raw, str):
        return read_answer(raw, spec, files)
    if spec.kind == "choices":
        return check_value(list(raw), spec)
    first = raw[0] if raw else ""
    return check_value(first, spec) if spec.kind == "choice" else read_answer(first, spec, files)


def shown_answer(form: Form, name: str, value: JSONValue, now: datetime) -> str | Sentence:
    """Return an answer to a question of the form for a reader of any language.

    It is made of the form as its handlers gave it: what was chosen is the label that they gave, as a sentence
    where it is the bot's.
    """
    source = form.source or form
    question = source.by_name[name]
    options = {option.value: option for option in question.ask.options}
    chosen = value if isinstance(value, list) else [value]
    picked = [options[each] for each in chosen if isinstance(each, str) and each in options]
    if question.ask.kind in {"choice", "choices"} and picked and len(picked) == len(chosen):
        return _labels_of(picked)
    return shown_of(value, asking(source, question, now))


def _labels_of(options: Sequence[Option]) -> str | Sentence:
    labels = [as_value(option.label) for option in options]
    own = [label.text for label in labels if isinstance(label, Plain)]
    if len(own) == len(labels):
        return ", ".join(own)
    return in_a_row(labels, ", ")


def picked(question: Question, text: str) -> tuple[str, ...]:
    """Return the values of the options that a text names: values or labels, several with commas between."""
    named = {piece.strip().casefold() for piece in text.split(",")} | {text.strip().casefold()}
    return tuple(
        option.value
        for option in question.ask.options
        if {option.value.casefold(), as_text(option.label).casefold()} & named
    )

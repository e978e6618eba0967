"""A draft: everything a conversation knows between two messages, and its JSON.

A draft is keyed by question names, never by positions, so that it outlives changes of its form. What
can be worked out from the form is not kept: whether an answer still belongs to its question is
decided by the question's fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct, convert, field, to_builtins

from bot.chat.answers import FileRef, JSONValue, Reading, Understood, check_value
from bot.chat.events import MessageRef, Origin
from bot.chat.forms import Form, Question, asking, shown_answer
from bot.chat.language import as_text
from bot.chat.sentences import Sentence, Wording
from bot.chat.values import replace

__all__ = [
    "Draft",
    "MessageSource",
    "StoredAnswer",
    "answered",
    "as_read",
    "asked_in_turn",
    "begin_draft",
    "changed_questions",
    "completed_answers",
    "dump_draft",
    "first_open",
    "has_spoken",
    "is_answered",
    "is_open",
    "load_draft",
    "numbered",
    "question_answered_by",
    "still_needed",
    "without_answer",
]


class MessageSource(Struct, frozen=True, omit_defaults=True):
    """One message's share of an answer: its text and files, and `str(MessageRef)` ("" for a button)."""

    text: str = ""
    message: str = ""
    files: tuple[FileRef, ...] = ()


class StoredAnswer(Struct, frozen=True):
    """An answer.

    Attributes:
        value: what is stored in the end; `shown`: the same for a reader of any language, made again when
            it is read, while its question is the same (`as_read`).
        fingerprint: of the question it answers; another one now means the question has changed.
        sources: the messages it was made of, oldest first.
        at: when it was last given or changed, UTC; None for what was known beforehand.
    """

    value: JSONValue = None
    shown: str | Sentence = ""
    fingerprint: str = ""
    sources: tuple[MessageSource, ...] = ()
    at: datetime | None = None

    @property
    def raw(self) -> str:
        """Return what was typed, one line per message."""
        return "\n".join(source.text for source in self.sources)


class Draft(Struct, frozen=True, omit_defaults=True):
    """A conversation's state.

    Attributes:
        answers: by question name; also answers to questions the form no longer has.
        at: the question that waits for an answer; "" is the review.
        asked: the fingerprint of `at` when it was asked.
        since: the revision at which `at` began to wait; buttons said before it are about something else.
        trail: where to return to after a detour, newest last ("" is the review).
        misses: answers to `at` in a row that could not be taken.
        readings: the meanings offered for `tried`, in the message said at revision `readings_at`.
        tried: the last message for `at` that could not be taken (yet).
        confirming: what waits for a yes: "cancel", or "".
        last: the question answered by the last message, at `last_at` by the platform's clock, UTC.
        offered: values offered for reuse. `skipped`: questions left out.
        changed: answered questions that changed, once the person knows of it.
        typed: what was typed into a dialog and could not be taken, by question name.
        errors: what prevents sending it, by question name; "" is about the whole.
        begun: the notice has been said.
        remark: how many of the remarks on the review were passed over: they are shown one at a time.
        standing: keys of the messages whose buttons are live; `review`: that of the review shown now.
        origin: the message whose button began it, if one did.
        revision: counts what was said and what changed.
    """

    answers: dict[str, StoredAnswer] = field(default_factory=dict)
    at: str = ""
    asked: str = ""
    since: int = 0
    trail: tuple[str, ...] = ()
    misses: int = 0
    readings: tuple[Reading, ...] = ()
    readings_at: int = 0
    tried: MessageSource | None = None
    confirming: Literal["", "cancel"] = ""
    last: str = ""
    last_at: datetime | None = None
    offered: dict[str, JSONValue] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, Wording] = field(default_factory=dict)
    begun: bool = False
    paused: bool = False
    remark: int = 0
    standing: tuple[str, ...] = ()
    review: str = ""
    origin: Origin | None = None
    revision: int = 0

    @property
    def editing(self) -> bool:
        """Tell whether the answer to `at` leads straight back to the review."""
        return self.trail[-1:] == ("",)


def begin_draft(
    form: Form, now: datetime, answers: Mapping[str, JSONValue], offered: Mapping[str, JSONValue]
) -> Draft:
    """Begin a draft with what is known beforehand; what no longer fits its question is only offered."""
    given: dict[str, StoredAnswer] = {}
    rest: dict[str, JSONValue] = {name: value for name, value in offered.items() if name in form.by_name}
    for name, value in answers.items():
        question = form.by_name.get(name)
        if question is None:
            continue
        read = check_value(value, asking(form, question, now))
        if isinstance(read, Understood):
            shown = shown_answer(form, name, read.value, now)
            given[name] = StoredAnswer(read.value, shown, question.fingerprint)
        else:
            rest[name] = value
    return Draft(answers=given, offered=rest)


def as_read(form: Form, draft: Draft, now: datetime) -> Draft:
    """Return a stored draft with its answers as they are shown now.

    Where the question has changed, what an answer meant is only known from the words that were kept.
    """
    shown = {
        name: replace(given, shown=shown_answer(form, name, given.value, now))
        for name, given in answered(form, draft).items()
    }
    return replace(draft, answers={**draft.answers, **shown}) if shown else draft


def asked_in_turn(form: Form) -> tuple[Question, ...]:
    """Return the questions that progress is counted over."""
    return tuple(question for question in form.questions if not question.ask.later)


def numbered(form: Form) -> tuple[Question, ...]:
    """Return all questions as the review numbers them, from 1: asked in turn first, so numbers agree."""
    return asked_in_turn(form) + tuple(question for question in form.questions if question.ask.later)


def is_answered(draft: Draft, question: Question) -> bool:
    """Tell whether there is an answer to the question as it is now."""
    given = draft.answers.get(question.name)
    return given is not None and question.was_asked_as(given.fingerprint)


def has_spoken(draft: Draft) -> bool:
    """Tell whether the person has answered anything, or left something out."""
    return bool(draft.skipped) or any(given.at is not None for given in draft.answers.values())


def is_open(draft: Draft, question: Question) -> bool:
    """Tell whether the question is still to be asked."""
    if question.name in draft.answers:
        return not is_answered(draft, question)
    if question.ask.later:
        return question.required and question.default is None
    return question.required or question.name not in draft.skipped


def first_open(form: Form, draft: Draft) -> str:
    """Return the name of the first question still to be asked; "" when the review is next."""
    return next((question.name for question in numbered(form) if is_open(draft, question)), "")


def still_needed(form: Form, draft: Draft) -> tuple[Question, ...]:
    """Return the questions without which it cannot be sent: required, or answered before they changed."""
    return tuple(
        question
        for question in numbered(form)
        if is_open(draft, question) and (question.required or question.name in draft.answers)
    )


def changed_questions(form: Form, draft: Draft) -> tuple[str, ...]:
    """Return the names of answered questions that have changed since."""
    return tuple(
        question.name
        for question in form.questions
        if question.name in draft.answers and not is_answered(draft, question)
    )


def answered(form: Form, draft: Draft) -> dict[str, StoredAnswer]:
    """Return the answers that count, by question name, in the form's order."""
    return {q.name: draft.answers[q.name] for q in form.questions if is_answered(draft, q)}


def completed_answers(
    form: Form, draft: Draft, now: datetime
) -> tuple[dict[str, JSONValue], dict[str, str], dict[str, str]]:
    """Return values, how each is shown, and what was typed, by question name.

    An answer that does not count, or is not there, is the question's default.
    """
    values: dict[str, JSONValue] = {}
    shown: dict[str, str] = {}
    raw: dict[str, str] = {}
    for question in form.questions:
        given = draft.answers.get(question.name) if is_answered(draft, question) else None
        value = given.value if given else question.default
        values[question.name] = value
        raw[question.name] = given.raw if given else ""
        if value is not None:
            shown[question.name] = as_text(shown_answer(form, question.name, value, now))
    return values, shown, raw


def question_answered_by(draft: Draft, message: str) -> str:
    """Return the question that this message (`str(MessageRef)`) answered, or tried to; "" if none."""
    if not message:
        return ""
    if draft.tried and draft.tried.message == message:
        return draft.at
    return next(
        (n for n, given in draft.answers.items() if any(p.message == message for p in given.sources)), ""
    )


def without_answer(draft: Draft, name: str) -> Draft:
    """Take the answer to `name` out of the draft and keep it on offer."""
    given = draft.answers.get(name)
    if given is None:
        return draft
    answers = {other: each for other, each in draft.answers.items() if other != name}
    return replace(draft, answers=answers, offered={**draft.offered, name: given.value})


def dump_draft(draft: Draft) -> dict[str, object]:
    """Return the draft as JSON-ready data, without what is as in a new draft."""
    data: dict[str, object] = to_builtins(draft)
    if draft.origin:
        data["origin"] = [str(draft.origin.message), draft.origin.button]
    return data


def load_draft(data: Mapping[str, Any]) -> Draft:
    """Return the draft that `dump_draft` gave, in this version or another.

    Unknown keys are left out; missing ones are as in a new draft.
    """
    if not (origin := data.get("origin")):
        return convert(data, Draft)
    message, button = origin
    return convert({**data, "origin": Origin(MessageRef.parse(message), button)}, Draft)

"""The review: every question with its answer, what prevents sending it, and the button that sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Fields,
    Message,
    Note,
    Part,
    Text,
    heading,
    layout,
    message,
    note,
    row,
    typed,
)
from bot.chat.conversation.draft import Draft, first_open, is_answered, numbered, still_needed
from bot.chat.conversation.inputs import press
from bot.chat.conversation.prompts import default_of, edit_choice, on_lines
from bot.chat.forms import Form, Question, as_said
from bot.chat.language import Language, as_value
from bot.chat.rendering.screen import height, in_lines
from bot.chat.sentences import Sentence, Wording, say
from bot.chat.values import replace

__all__ = ["answers_whole", "problems_of", "review_message"]

_CHANGED = say("This question has changed. Please answer it again.")
_MISSING = say("This one still needs an answer.")

_LINES_OF_REVIEW = 14
"""Lines that the answers may take, so that the buttons are on the same screen."""

_MOST_FIXES = 3
"""Problems up to here get a separate button; every question is in the select anyway."""


def review_message(
    form: Form,
    draft: Draft,
    conversation_id: int,
    preview: Sequence[Block] | None = None,
    errors: Mapping[str, Wording] | None = None,
    *,
    language: Language,
    details: bool = False,
) -> Message:
    """Make the review of a draft: problems first, then the answers (or `preview`), then buttons.

    `preview` takes the place of the answers.
    `errors` are reasons per question name, the draft's own if not given; "" is about the whole. `details`:
    there is more than the preview shows. Answers too long for a phone's screen, in the reader's language, are
    shown in short.
    """
    found = problems_of(form, draft, draft.errors if errors is None else errors)
    body: Sequence[Block] = preview if preview is not None else (answers_whole(form, draft),)
    short = preview is None and height(body, language) > _LINES_OF_REVIEW
    if short:
        body = (_in_short(form, draft),)
    return message(
        heading("Review your answers") if preview is None else heading("Here is how it will look"),
        _problems(form, found),
        *body,
        _ways(form, draft, conversation_id, found, details=details or short),
        edit_choice(form, draft, conversation_id) if form.questions else None,
        _last_word(form, ready=not found, numbered=preview is None),
        typed("You can also type `edit` and the number of an answer, like `edit 2`.")
        if preview is None
        else None,
    )


def problems_of(form: Form, draft: Draft, errors: Mapping[str, Wording]) -> dict[str, Wording]:
    """Return what prevents sending it, by question name in the review's order.

    Reasons that are about the whole, by "" or another name, come first.
    """
    needed = {question.name for question in still_needed(form, draft)}
    found: dict[str, Wording] = {}
    for question in numbered(form):
        if question.name in needed:
            found[question.name] = _CHANGED if question.name in draft.answers else _MISSING
        elif question.name in errors:
            found[question.name] = errors[question.name]
    return {**{name: reason for name, reason in errors.items() if name not in form.by_name}, **found}


def _problems(form: Form, found: Mapping[str, Wording]) -> Text | None:
    numbers = {question.name: number for number, question in enumerate(numbered(form), start=1)}
    whole = [as_value(reason) for name, reason in found.items() if name not in numbers]
    lines = [say("**Not sent:** {reason}", reason=reason) for reason in whole]
    if len(found) > len(whole):
        lines.append(say("**Before it can be sent:**"))
    for name, reason in found.items():
        if name in numbers:
            label = as_said(form.by_name[name].ask.label)
            marks = "- {number}. {question}: {reason}"
            lines.append(layout(marks, number=numbers[name], question=label, reason=as_value(reason)))
    return Text(on_lines(lines)) if lines else None


def answers_whole(form: Form, draft: Draft) -> Fields:
    """Show every question with its answer, numbered."""
    rows = (
        row(_numbered(number, question), _answer(form, draft, question))
        for number, question in enumerate(numbered(form), start=1)
    )
    return Fields(tuple(rows))


def _in_short(form: Form, draft: Draft) -> Fields:
    """Show the answers as `answers_whole`, each in a line or two."""
    most = max(1, _LINES_OF_REVIEW // max(1, len(form.questions)) - 1)

    def short(words: str | Sentence) -> str | Sentence:
        return words if isinstance(words, Sentence) else in_lines(words, min(2, most))

    rows = (
        row(_numbered(number, question), _answer(form, draft, question, short))
        for number, question in enumerate(numbered(form), start=1)
    )
    return Fields(tuple(rows))


def _numbered(number: int, question: Question) -> Sentence:
    return layout("{number}. {question}", number=number, question=as_said(question.ask.label))


Shown = Callable[[str | Sentence], str | Sentence]


def _answer(form: Form, draft: Draft, question: Question, shown: Shown = lambda words: words) -> Part:
    given = draft.answers.get(question.name)
    if given and is_answered(draft, question):
        return as_said(shown(given.shown))
    if given:
        return say("{answer} _(the question has changed)_", answer=shown(given.shown))
    default = default_of(form, question)
    if default:
        return say("{answer} _(default)_", answer=shown(default))
    return say("_still needed_") if question.required else say("_not given_")


def _ways(
    form: Form, draft: Draft, conversation_id: int, found: Mapping[str, Wording], *, details: bool
) -> Buttons:
    def to_press(label: Wording, verb: str, argument: str = "") -> Button:
        return Button(label, press(conversation_id, draft.revision, verb, argument))

    fixes = [name for name in found if name in form.by_name][:_MOST_FIXES]
    needed = {question.name for question in still_needed(form, draft)}
    buttons = [to_press(_fix(form.by_name[name], missing=name in needed), "edit", name) for name in fixes]
    if not fixes:
        buttons.append(replace(to_press(as_said(form.submit), "send"), style="primary"))
        waiting = first_open(form, draft)
        if waiting:
            label = as_said(form.by_name[waiting].ask.label)
            buttons.append(to_press(say("Go on with “{question}”", question=label), "resume"))
    if details:
        buttons.append(to_press(say("Details"), "details", "0"))
    return Buttons((*buttons, to_press(say("Cancel"), "cancel")))


def _fix(question: Question, *, missing: bool) -> Sentence:
    label = as_said(question.ask.label)
    return (
        say("Answer “{question}”", question=label) if missing else say("Change “{question}”", question=label)
    )


def _last_word(form: Form, *, ready: bool, numbered: bool) -> Note | None:
    if not numbered:
        return (
            note("Nothing is sent until you press “{button}”.", button=as_said(form.submit))
            if ready
            else None
        )
    if ready:
        return note(
            "Nothing is sent until you press “{button}”. To change an answer, choose it above.",
            button=as_said(form.submit),
        )
    return note("To change an answer, choose it above.")

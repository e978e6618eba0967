"""The review: every question with its answer, what prevents sending it, and the button that sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Fields,
    Heading,
    Message,
    Note,
    Part,
    Plain,
    Text,
    message,
    note,
    row,
    typed,
)
from bot.chat.conversation.draft import Draft, first_open, is_answered, numbered, still_needed
from bot.chat.conversation.inputs import press
from bot.chat.conversation.prompts import default_of, edit_choice, on_lines
from bot.chat.forms import Form, Question
from bot.chat.language import as_text, as_value
from bot.chat.rendering.screen import height, in_lines
from bot.chat.sentences import Wording
from bot.chat.values import replace

__all__ = ["answers_whole", "problems_of", "review_message"]

_CHANGED = "This question has changed. Please answer it again."
_MISSING = "This one still needs an answer."

_ROOM = 14
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
    details: bool = False,
) -> Message:
    """Make the review of a draft: problems first, then the answers (or `preview`), then buttons.

    `preview` takes the place of the answers.
    `errors` are reasons per question name, the draft's own if not given; "" is about the whole. `details`:
    there is more than the preview shows. Answers too long for a phone's screen are shown in short.
    """
    found = problems_of(form, draft, draft.errors if errors is None else errors)
    body: Sequence[Block] = preview if preview is not None else (answers_whole(form, draft),)
    short = preview is None and height(body) > _ROOM
    if short:
        body = (_in_short(form, draft),)
    return message(
        Heading(("Review your answers" if preview is None else "Here is how it will look",)),
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
    """Return what prevents sending it, by question name in the review's order; "" is about the whole."""
    needed = {question.name for question in still_needed(form, draft)}
    found: dict[str, Wording] = {}
    for question in numbered(form):
        if question.name in needed:
            found[question.name] = _CHANGED if question.name in draft.answers else _MISSING
        elif question.name in errors:
            found[question.name] = errors[question.name]
    whole = [reason for name, reason in errors.items() if name not in form.by_name]
    return {**({"": " ".join(map(as_text, whole))} if whole else {}), **found}


def _problems(form: Form, found: Mapping[str, Wording]) -> Text | None:
    numbers = {question.name: number for number, question in enumerate(numbered(form), start=1)}
    lines: list[tuple[Part, ...]] = []
    if "" in found:
        lines.append(("**Not sent.** ", Plain(as_text(found[""]))))
    if any(found):
        lines.append(("**Before it can be sent:**",))
    for name, reason in found.items():
        if name:
            label = Plain(as_text(form.by_name[name].ask.label))
            lines.append((f"- {numbers[name]}. ", label, ": ", Plain(as_text(reason))))
    return Text(on_lines(lines)) if lines else None


def answers_whole(form: Form, draft: Draft) -> Fields:
    """Show every question with its answer, numbered."""
    rows = (
        row(f"{number}. {question.ask.label}", *_answer(form, draft, question))
        for number, question in enumerate(numbered(form), start=1)
    )
    return Fields(tuple(rows))


def _in_short(form: Form, draft: Draft) -> Fields:
    """Show the answers as `answers_whole`, each in a line or two."""
    most = max(1, _ROOM // max(1, len(form.questions)) - 1)

    def short(part: Part) -> Part:
        return Plain(in_lines(part.text, min(2, most))) if isinstance(part, Plain) else part

    whole = answers_whole(form, draft)
    return Fields(tuple(row(each.label, *map(short, each.parts)) for each in whole.rows))


def _answer(form: Form, draft: Draft, question: Question) -> tuple[Part, ...]:
    given = draft.answers.get(question.name)
    if given and is_answered(draft, question):
        return (Plain(given.shown),)
    if given:
        return (Plain(given.shown), " _(the question has changed)_")
    default = default_of(form, question)
    if default:
        return (Plain(default), " _(default)_")
    if question.required:
        return ("_still needed_",)
    return ("_not given_",)


def _ways(
    form: Form, draft: Draft, conversation_id: int, found: Mapping[str, Wording], *, details: bool
) -> Buttons:
    def button(label: str, verb: str, argument: str = "") -> Button:
        return Button(label, press(conversation_id, draft.revision, verb, argument))

    fixes = [name for name in found if name][:_MOST_FIXES]
    needed = {question.name for question in still_needed(form, draft)}
    buttons = [
        button(f"{'Answer' if name in needed else 'Change'} “{form.by_name[name].ask.label}”", "edit", name)
        for name in fixes
    ]
    if not fixes:
        buttons.append(replace(button(as_text(form.submit), "send"), style="primary"))
        waiting = first_open(form, draft)
        if waiting:
            buttons.append(button(f"Go on with “{form.by_name[waiting].ask.label}”", "resume"))
    if details:
        buttons.append(button("Details", "details", "0"))
    return Buttons((*buttons, button("Cancel", "cancel")))


def _last_word(form: Form, *, ready: bool, numbered: bool) -> Note | None:
    if not numbered:
        return (
            note("Nothing is sent until you press “{button}”.", button=as_value(form.submit))
            if ready
            else None
        )
    if ready:
        return note(
            "Nothing is sent until you press “",
            Plain(as_text(form.submit)),
            "”. To change an answer, choose it above.",
        )
    return note("To change an answer, choose it above.")

"""The words of a conversation, question by question.

What people wrote is a value of them. So are titles, questions, hints and options: they are in the language of
the person already, and may be a person's own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from bot.chat.answers import Ambiguous, JSONValue, Option, Refused, Understood, check_value, shown_of
from bot.chat.answers.yesno import NO, YES
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Note,
    Part,
    Select,
    Text,
    layout,
    message,
    note,
    text,
    typed,
)
from bot.chat.conversation.draft import Draft, StoredAnswer, asked_in_turn, is_answered, numbered
from bot.chat.conversation.inputs import press
from bot.chat.conversation.wanted_answers import WANTED
from bot.chat.forms import Form, Question, as_said, asking
from bot.chat.language import as_text, as_value
from bot.chat.numbers import is_digits
from bot.chat.sentences import Names, Plain, Sentence, Wording, say

__all__ = [
    "Scene",
    "cancel_question",
    "choices_of",
    "default_of",
    "edit_choice",
    "help_message",
    "joined_message",
    "joined_nothing",
    "label_list",
    "on_lines",
    "prompt",
    "rejection_message",
    "what_to_edit",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MOST_BUTTONS = 5
"""Options up to here are buttons (Discord puts five in a row), beyond it a select."""

MOST_LISTED = 12
"""Options up to here are also listed with their numbers; beyond it the select alone shows them."""

MOST_MISSES = 3
"""From this many answers in a row that could not be taken, help is offered."""

_WORDS = say(
    "You can type:\n"
    "- `back`: the question before\n"
    "- `skip`: leave out a question that is optional\n"
    "- `edit 2`: change answer 2 (`edit` and a question's name works too)\n"
    "- `review`: see all your answers\n"
    "- `pause`: stop here for now; `resume` goes on\n"
    "- `cancel`: delete this draft"
)


class Scene(Struct, frozen=True):
    """The needs of a step beside the draft; `now` is UTC, `title` tells drafts of one form apart."""

    form: Form
    now: datetime
    conversation_id: int
    title: str

    def check(self, question: Question, value: JSONValue) -> Understood | Refused:
        """Tell whether a stored value still fits the question."""
        return check_value(value, asking(self.form, question, self.now))

    def button(self, draft: Draft, label: Wording, verb: str, argument: str = "") -> Button:
        """Make a button of the draft's present revision."""
        return Button(label, press(self.conversation_id, draft.revision, verb, argument))


def choices_of(question: Question) -> tuple[Option, ...]:
    """Return what there is to choose from; for yes or no, these two."""
    if question.ask.kind == "yes_no":
        return (Option("yes", YES), Option("no", NO))
    if question.ask.kind not in {"choice", "choices"}:
        return ()
    return tuple(
        Option(each.value, as_said(each.label), as_said(each.description) if each.description else "")
        for each in question.ask.options
    )


def label_list(questions: Iterable[Question]) -> Names:
    """Show labels in a row: Hours, Fee and Start."""
    return Names(tuple(as_text(question.ask.label) for question in questions))


def prompt(scene: Scene, draft: Draft, lead: tuple[Block, ...] = ()) -> Message:
    """Ask the question that the draft is at, with everything needed to answer it."""
    question = scene.form.by_name[draft.at]
    standing = _standing(scene, draft, question)
    return message(
        *lead,
        _place(scene, question),
        text(layout("**{question}**", question=as_said(question.ask.prompt))),
        _hints(scene, question),
        *(block for block, _ in standing),
        *_options(scene, draft, question),
        _ways(scene, draft, question, [button for _, button in standing if button]),
        *_more(scene, draft, question),
    )


def _place(scene: Scene, question: Question) -> Note:
    """Show the title and how far the person is: `Market map · 2 of 6 · optional`."""
    turn, title = asked_in_turn(scene.form), scene.title
    if question in turn:
        number, total = turn.index(question) + 1, len(turn)
        if question.required:
            return note("{title} · {number} of {total}", title=title, number=number, total=total)
        return note("{title} · {number} of {total} · optional", title=title, number=number, total=total)
    label = as_said(question.ask.label)
    if question.required:
        return note(layout("{title} · {question}", title=title, question=label))
    return note("{title} · {question} · optional", title=title, question=label)


def default_of(form: Form, question: Question) -> str | Sentence:
    """Return a question's default in words; "" where it has none."""
    if question.default in (None, "", [], {}):
        return ""
    # A default is shown whatever the time, so the earliest instant is taken for "now".
    return shown_of(question.default, asking(form, question, _EPOCH))


def _hints(scene: Scene, question: Question) -> Note | None:
    lines: list[Part] = []
    if question.ask.hint:
        lines.append(as_said(question.ask.hint))
    if question.ask.example:
        lines.append(say("For example: {example}", example=as_said(question.ask.example)))
    default = default_of(scene.form, question)
    if default:
        lines.append(say("Without an answer it is: {answer}", answer=default))
    return Note(on_lines(lines)) if lines else None


def on_lines(lines: Iterable[Part]) -> tuple[Part, ...]:
    """Return several lines as the parts of one block."""
    parts: list[Part] = []
    for line in lines:
        parts += ["\n", line] if parts else [line]
    return tuple(parts)


def _standing(scene: Scene, draft: Draft, question: Question) -> list[tuple[Block, Button | None]]:
    """Show the answer there is, or was, with a button to take it as it is."""
    given = draft.answers.get(question.name)
    if given and is_answered(draft, question):
        keep = scene.button(draft, "Keep this answer", "reuse", question.name)
        return [(text("Your answer now: {answer}", answer=given.shown), keep)]
    if not given and question.name not in draft.offered:
        return []
    fits = scene.check(question, given.value if given else draft.offered[question.name])
    use = scene.button(draft, "Use this", "reuse", question.name) if isinstance(fits, Understood) else None
    if given:
        shown = fits.shown if isinstance(fits, Understood) else given.shown
        return [(text("You answered this before it changed: {answer}", answer=shown), use)]
    return (
        [(text("Last time you wrote: {answer}", answer=fits.shown), use)]
        if isinstance(fits, Understood)
        else []
    )


def _options(scene: Scene, draft: Draft, question: Question) -> list[Block]:
    options = choices_of(question)
    if not options:
        return []
    listed: list[Block] = []
    many = question.ask.kind == "choices"
    described = any(option.description for option in options)
    if len(options) <= MOST_LISTED and (many or described or len(options) > MOST_BUTTONS):
        listed = [Text(_listed(options))]
    if len(options) <= MOST_BUTTONS and not many:
        picks = (scene.button(draft, o.label, "pick", str(i)) for i, o in enumerate(options))
        return [*listed, Buttons(tuple(picks))]
    verb = "pickmany" if many else "pickone"
    where = press(scene.conversation_id, draft.revision, verb, question.name)
    placeholder = "Choose one or several" if many else "Choose one"
    return [*listed, Select(where, options, placeholder, many=many)]


def _listed(options: tuple[Option, ...]) -> tuple[Part, ...]:
    return on_lines(_item(number, option) for number, option in enumerate(options, start=1))


def _item(number: int, option: Option) -> Sentence:
    label, about = as_said(option.label), as_said(option.description)
    if not option.description:
        return layout("{number}. {option}", number=number, option=label)
    return layout("{number}. {option}: {description}", number=number, option=label, description=about)


def _ways(scene: Scene, draft: Draft, question: Question, first: list[Button]) -> Buttons | None:
    """Make the buttons under a question: what there is already, then skip, then back."""
    buttons = list(first)
    if not question.required:
        label = say("Leave it out") if question.name in draft.answers else say("Skip")
        buttons.append(scene.button(draft, label, "skip"))
    turn = asked_in_turn(scene.form)
    if draft.trail or not turn or question != turn[0]:
        label = say("Back to the review") if draft.editing else say("Back", context="button")
        buttons.append(scene.button(draft, label, "back"))
    return Buttons(tuple(buttons)) if buttons else None


def _more(scene: Scene, draft: Draft, question: Question) -> tuple[Note, ...]:
    if draft.trail or question not in asked_in_turn(scene.form)[:1]:
        return ()
    return (
        note("I save each answer as you give it."),
        typed("You can type `back`, `skip`, `review`, `pause`, `cancel` or `help` at any time."),
    )


def rejection_message(scene: Scene, draft: Draft, read: Refused | Ambiguous) -> Message:
    """Say why the last answer was not taken, or ask which of its meanings is meant; and what to do next.

    After `MOST_MISSES` in a row it also says what fits, with a way to pause.
    """
    question = scene.form.by_name[draft.at]
    if isinstance(read, Ambiguous) and read.readings:
        readings = (
            scene.button(draft, as_said(reading.label), "pick", f"r{number}")
            for number, reading in enumerate(read.readings)
        )
        return message(
            as_value(read.question),
            Buttons(tuple(readings)),
            note("Or write it another way."),
            _ways(scene, draft, question, []),
        )
    reason, example = (read.question, "") if isinstance(read, Ambiguous) else (read.reason, read.example)
    shown = as_value(example) if example else as_said(question.ask.example)
    helping = draft.misses >= MOST_MISSES
    return message(
        note(layout("{title} · {question}", title=scene.title, question=as_said(question.ask.label))),
        as_value(reason),
        text("**Here is what fits:** {answer}", answer=WANTED[question.ask.kind]) if helping else None,
        note(as_said(question.ask.hint)) if helping and question.ask.hint else None,
        note("For example: {example}", example=shown) if shown != Plain("") else None,
        *_options(scene, draft, question),
        _ways(scene, draft, question, [scene.button(draft, "Pause", "pause")] if helping else []),
    )


def joined_message(scene: Scene, draft: Draft, name: str) -> Message:
    """Show the answer that a second message was added to, with ways out if that was not meant."""
    question = scene.form.by_name[name]
    buttons = [scene.button(draft, "Edit", "edit", name)]
    waiting = scene.form.by_name.get(draft.at)
    if waiting:
        buttons.append(scene.button(draft, "That was the next answer", "split", name))
    return message(
        text(
            "I added that to your answer to “{question}”. It reads now:", question=as_said(question.ask.label)
        ),
        as_said(draft.answers[name].shown),
        Buttons(tuple(buttons)),
        _still_waits(waiting),
    )


def joined_nothing(scene: Scene, draft: Draft, name: str) -> Message:
    """Say that what was said again is in the answer already, so that nothing was added."""
    question, waiting = scene.form.by_name[name], scene.form.by_name.get(draft.at)
    return message(
        text(
            "That is in your answer to “{question}” already, so I added nothing.",
            question=as_said(question.ask.label),
        ),
        _still_waits(waiting),
    )


def _still_waits(waiting: Question | None) -> Note | None:
    if waiting is None:
        return None
    return note("The next question still waits: {question}", question=as_said(waiting.ask.prompt))


def cancel_question(scene: Scene, draft: Draft, given: dict[str, StoredAnswer]) -> Message:
    """Ask whether the draft is to be deleted, saying what would go."""
    yes = press(scene.conversation_id, draft.revision, "discard")
    return message(
        text(
            "Delete “{title}”? Your answer so far goes with it.",
            "Delete “{title}”? Your {count} answers so far go with it.",
            title=scene.title,
            count=len(given),
        ),
        Buttons(
            (
                Button("Delete it", yes, style="danger"),
                scene.button(draft, "Keep it", "keep"),
                scene.button(draft, "Pause instead", "pause"),
            )
        ),
    )


def what_to_edit(scene: Scene, draft: Draft, wanted: str) -> Message:
    """Ask which answer to change; `wanted` is what was typed and fits none."""
    lead = text("Which answer do you want to change?")
    number = wanted.removeprefix("#")
    if is_digits(number):
        lead = text(
            "There is no number {number}: they go from 1 to {last}. Which answer do you want to change?",
            number=number,
            last=len(numbered(scene.form)),
        )
    elif wanted:
        lead = text(
            "I found no question called “{wanted}”. Which answer do you want to change?", wanted=wanted
        )
    return message(lead, edit_choice(scene.form, draft, scene.conversation_id))


def edit_choice(form: Form, draft: Draft, conversation_id: int) -> Select:
    """Make a select of every question by number and label."""
    options = (
        Option(q.name, layout("{number}. {question}", number=number, question=as_said(q.ask.label)))
        for number, q in enumerate(numbered(form), start=1)
    )
    return Select(press(conversation_id, draft.revision, "editone"), tuple(options), "Edit an answer")


def help_message(scene: Scene, draft: Draft) -> Message:
    """Say where the person is, and what they can type."""
    question = scene.form.by_name.get(draft.at)
    if question:
        here: list[Block | None] = [
            _place(scene, question),
            text(
                layout(
                    "**{question}**\n{answer}",
                    question=as_said(question.ask.prompt),
                    answer=WANTED[question.ask.kind],
                )
            ),
            _hints(scene, question),
        ]
    else:
        here = [note(Plain(scene.title)), text("You are at the review. Nothing is sent until you say so.")]
    return message(
        *here,
        Text((_WORDS,), typed=True),
        typed(
            "To change an answer you can also edit the message you sent, or reply to the question. "
            "If one of these words is your answer, put it in quotes: “back”."
        ),
        _help_ways(scene, draft),
    )


def _help_ways(scene: Scene, draft: Draft) -> Buttons:
    if draft.paused:
        return Buttons((scene.button(draft, "Resume", "resume"),))
    on = say("Go on") if draft.at else say("Show the review")
    return Buttons((scene.button(draft, on, "resume"), scene.button(draft, "Pause", "pause")))

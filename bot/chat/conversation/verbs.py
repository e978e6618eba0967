"""The effect of each steering word and button on a conversation."""

from __future__ import annotations

from collections.abc import Callable

from bot.chat.answers import JSONValue, Understood
from bot.chat.answers.readings import meant_by
from bot.chat.content import Buttons, message, text, typed
from bot.chat.conversation.draft import (
    Draft,
    MessageSource,
    answered,
    asked_in_turn,
    first_open,
    still_needed,
    without_answer,
)
from bot.chat.conversation.prompts import (
    Scene,
    cancel_question,
    choices_of,
    default_of,
    help_message,
    label_list,
    what_to_edit,
)
from bot.chat.conversation.steps import (
    Say,
    Step,
    accept_answer,
    answer_stale_button,
    begin_here,
    detour_to,
    go_on,
    put_at,
    read_sources,
    reject_answer,
    say_message,
    show_place,
    store_answer,
)
from bot.chat.forms import Question, as_said
from bot.chat.language import as_text
from bot.chat.numbers import whole_number
from bot.chat.values import replace

__all__ = ["FREE", "VERBS", "answer", "choose", "resume"]

FREE = frozenset({"edit", "review", "help", "resume", "pause", "cancel", "next"})
"""Verbs that mean the same wherever the draft is, so their old buttons work on."""


def _back(scene: Scene, draft: Draft, _: str) -> Step:
    trail = draft.trail
    while trail:
        place, trail = trail[-1], trail[:-1]
        if place == "" or place in scene.form.by_name:
            return show_place(scene, put_at(scene, replace(draft, trail=trail), place))
    turn = [question.name for question in asked_in_turn(scene.form)]
    if draft.at == turn[0] if turn else True:
        return show_place(scene, replace(draft, trail=()), text("This is the first question."))
    place = turn[turn.index(draft.at) - 1] if draft.at in turn else turn[-1]
    return show_place(scene, put_at(scene, replace(draft, trail=()), place))


def _skip(scene: Scene, draft: Draft, _: str) -> Step:
    question = scene.form.by_name.get(draft.at)
    if question is None:
        return show_place(scene, draft, text("There is nothing to skip here."))
    if question.required:
        return show_place(
            scene,
            draft,
            text("This one is needed, so it cannot be skipped."),
            typed("You can type `pause` and come back later."),
        )
    skipped = (*(name for name in draft.skipped if name != question.name), question.name)
    draft = go_on(scene, replace(without_answer(draft, question.name), skipped=skipped))
    default, label = default_of(scene.form, question), as_said(question.ask.label)
    lead = text("Left out: {question}", question=label)
    if default:
        lead = text("Left out: {question}. Used instead: {answer}", question=label, answer=default)
    return show_place(scene, draft, lead)


def _edit(scene: Scene, draft: Draft, wanted: str) -> Step:
    if wanted in scene.form.by_name:
        return show_place(scene, detour_to(scene, draft, wanted))
    return say_message(draft, what_to_edit(scene, draft, wanted))


def _review(scene: Scene, draft: Draft, _: str) -> Step:
    return show_place(scene, detour_to(scene, draft, ""))


def _pause(scene: Scene, draft: Draft, _: str) -> Step:
    paused = text("Paused: “{title}”. To go on, press Resume.", title=scene.title)
    if draft.answers:
        words = "Paused: “{title}”. Everything so far is saved. To go on, press Resume."
        paused = text(words, title=scene.title)
    said = message(
        paused,
        Buttons((scene.button(draft, "Resume", "resume"),)),
        typed("You can also type `resume`."),
    )
    return Step(replace(draft, paused=True), (Say(said, draft.at, takes_over=True),), "paused")


def resume(scene: Scene, draft: Draft, _: str = "") -> Step:
    """Go on where the person was; at the review, with what is still open."""
    lead = (text("Welcome back."),) if draft.paused else ()
    if draft.at == "" and draft.begun and first_open(scene.form, draft):
        return show_place(scene, go_on(scene, draft), *lead)
    return show_place(scene, begin_here(scene, draft), *lead)


def _cancel(scene: Scene, draft: Draft, _: str) -> Step:
    given = answered(scene.form, draft)
    if not given and not draft.answers:
        return _discarded(draft)
    return say_message(replace(draft, confirming="cancel"), cancel_question(scene, draft, given))


def _discard(scene: Scene, draft: Draft, _: str) -> Step:
    return _discarded(draft) if draft.confirming else _cancel(scene, draft, "")


def _discarded(draft: Draft) -> Step:
    said = message("Deleted. Nothing was sent.")
    return Step(Draft(revision=draft.revision), (Say(said, takes_over=True),), "cancelled")


def _keep(scene: Scene, draft: Draft, _: str) -> Step:
    return show_place(scene, replace(draft, confirming=""), text("Good, nothing was deleted."))


def _next(scene: Scene, draft: Draft, _: str) -> Step:
    return show_place(scene, replace(draft, remark=draft.remark + 1) if draft.at == "" else draft)


def _help(scene: Scene, draft: Draft, _: str) -> Step:
    return Step(draft, (Say(help_message(scene, draft), draft.at, helps=True),))


def _send(scene: Scene, draft: Draft, _: str) -> Step:
    if draft.at:
        return show_place(scene, detour_to(scene, draft, ""))
    needed = still_needed(scene.form, draft)
    if needed:
        lead = text("Before it can be sent, I still need: {questions}.", questions=label_list(needed))
        # One after the other, and then the review: the person need not find the next one there.
        return show_place(scene, put_at(scene, replace(draft, trail=()), needed[0].name), lead)
    # Only what is wrong now counts: what was wrong last time may have been mended elsewhere.
    checked = put_at(scene, replace(draft, errors={}), "")
    return show_place(scene, checked) if checked.errors else Step(checked, (), "submitted")


def _pick(scene: Scene, draft: Draft, argument: str) -> Step:
    question = scene.form.by_name.get(draft.at)
    kind, index = argument[:1], argument.removeprefix("r")
    place = whole_number(index)
    if question is None or place is None:
        return answer_stale_button(scene, draft)
    if kind == "r":
        if place >= len(draft.readings):
            return answer_stale_button(scene, draft)
        reading = draft.readings[place]
        tried = (draft.tried,) if draft.tried else ()
        return accept_answer(scene, draft, question, meant_by(reading), tried)
    options = choices_of(question)
    if place >= len(options):
        return answer_stale_button(scene, draft)
    return choose(scene, draft, question, (options[place].value,))


def choose(scene: Scene, draft: Draft, question: Question, values: tuple[str, ...]) -> Step:
    """Answer the question that the draft is at with option values."""
    value: JSONValue = values[0] if values else ""
    if question.ask.kind == "yes_no":
        value = values[:1] == ("yes",)
    elif question.ask.kind == "choices":
        value = list(values)
    read = scene.check(question, value)
    if isinstance(read, Understood):
        return accept_answer(scene, draft, question, read, (MessageSource(),))
    return reject_answer(scene, draft, read, None)


def _reuse(scene: Scene, draft: Draft, name: str) -> Step:
    question = scene.form.by_name.get(name)
    if question is None or name != draft.at:
        return answer_stale_button(scene, draft)
    given = draft.answers.get(name)
    if given is None and name not in draft.offered:
        return answer_stale_button(scene, draft)
    read = scene.check(question, given.value if given else draft.offered[name])
    if not isinstance(read, Understood):
        return reject_answer(scene, draft, read, None)
    return accept_answer(scene, draft, question, read, given.sources if given else ())


def _split(scene: Scene, draft: Draft, name: str) -> Step:
    question, given = scene.form.by_name.get(name), draft.answers.get(name)
    waiting = scene.form.by_name.get(draft.at)
    if question is None or given is None or waiting is None or len(given.sources) < 2 or name != draft.last:  # noqa: PLR2004
        return answer_stale_button(scene, draft)
    rest, last = given.sources[:-1], given.sources[-1]
    read = read_sources(scene, question, rest)
    if not isinstance(read, Understood):
        return reject_answer(scene, draft, read, None)
    draft = store_answer(scene, draft, question, read, rest)
    return answer(scene, draft, last)


def answer(scene: Scene, draft: Draft, source: MessageSource) -> Step:
    """Read a message as the answer to the question that the draft is at."""
    question = scene.form.by_name[draft.at]
    read = read_sources(scene, question, (source,))
    if not isinstance(read, Understood):
        read = _among_readings(draft, source) or read
    if isinstance(read, Understood):
        return accept_answer(scene, draft, question, read, (source,))
    return reject_answer(scene, draft, read, source)


def _among_readings(draft: Draft, source: MessageSource) -> Understood | None:
    """Take one of the meanings just offered, by its number or its words."""
    said = source.text.strip().casefold().rstrip(".")
    for number, reading in enumerate(draft.readings, start=1):
        if said in {str(number), as_text(reading.label).casefold()}:
            return meant_by(reading)
    return None


Verb = Callable[[Scene, Draft, str], Step]

VERBS: dict[str, Verb] = {
    "back": _back,
    "skip": _skip,
    "edit": _edit,
    "review": _review,
    "pause": _pause,
    "resume": resume,
    "cancel": _cancel,
    "discard": _discard,
    "keep": _keep,
    "help": _help,
    "next": _next,
    "send": _send,
    "pick": _pick,
    "reuse": _reuse,
    "split": _split,
}

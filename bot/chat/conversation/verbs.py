"""The effect of each steering word and button on a conversation."""

from __future__ import annotations

from collections.abc import Callable

from bot.chat.answers import JSONValue, Understood
from bot.chat.content import Buttons, Part, Plain, message, text, typed
from bot.chat.conversation.draft import (
    Draft,
    Source,
    answered,
    asked_in_turn,
    first_open,
    still_needed,
    without,
)
from bot.chat.conversation.prompts import (
    Talk,
    cancel_question,
    choices_of,
    default_of,
    help_message,
    names,
    what_to_edit,
)
from bot.chat.conversation.steps import (
    Say,
    Step,
    begin_here,
    go,
    here,
    jump,
    missed,
    onward,
    read_sources,
    stale,
    store,
    take,
    tell,
)
from bot.chat.forms import Question
from bot.chat.numbers import whole_number
from bot.chat.values import replace

__all__ = ["FREE", "VERBS", "answer", "choose", "resume"]

FREE = frozenset({"edit", "review", "help", "resume", "pause", "cancel", "next"})
"""Verbs that mean the same wherever the draft is, so their old buttons work on."""


def _back(talk: Talk, draft: Draft, _: str) -> Step:
    trail = draft.trail
    while trail:
        place, trail = trail[-1], trail[:-1]
        if place == "" or place in talk.form.by_name:
            return here(talk, go(talk, replace(draft, trail=trail), place))
    turn = [question.name for question in asked_in_turn(talk.form)]
    if draft.at == turn[0] if turn else True:
        return here(talk, replace(draft, trail=()), text("This is the first question."))
    place = turn[turn.index(draft.at) - 1] if draft.at in turn else turn[-1]
    return here(talk, go(talk, replace(draft, trail=()), place))


def _skip(talk: Talk, draft: Draft, _: str) -> Step:
    question = talk.form.by_name.get(draft.at)
    if question is None:
        return here(talk, draft, text("There is nothing to skip here."))
    if question.required:
        return here(
            talk,
            draft,
            text("This one is needed, so it cannot be skipped."),
            typed("You can type `pause` and come back later."),
        )
    skipped = (*(name for name in draft.skipped if name != question.name), question.name)
    draft = onward(talk, replace(without(draft, question.name), skipped=skipped))
    default = default_of(talk.form, question)
    instead: tuple[Part, ...] = (". It is then: ", Plain(default)) if default else ()
    return here(talk, draft, text("Left out: ", Plain(question.ask.label), *instead))


def _edit(talk: Talk, draft: Draft, wanted: str) -> Step:
    if wanted in talk.form.by_name:
        return here(talk, jump(talk, draft, wanted))
    return tell(draft, what_to_edit(talk, draft, wanted))


def _review(talk: Talk, draft: Draft, _: str) -> Step:
    return here(talk, jump(talk, draft, ""))


def _pause(talk: Talk, draft: Draft, _: str) -> Step:
    kept = "Everything so far is saved. " if draft.answers else ""
    said = message(
        text("Paused: “", Plain(talk.title), f"”. {kept}To go on, press Resume."),
        Buttons((talk.button(draft, "Resume", "resume"),)),
        typed("You can also type `resume`."),
    )
    return Step(replace(draft, paused=True), (Say(said, draft.at, takes_over=True),), "paused")


def resume(talk: Talk, draft: Draft, _: str = "") -> Step:
    """Go on where the person was; at the review, with what is still open."""
    lead = (text("Welcome back."),) if draft.paused else ()
    if draft.at == "" and draft.begun and first_open(talk.form, draft):
        return here(talk, onward(talk, draft), *lead)
    return here(talk, begin_here(talk, draft), *lead)


def _cancel(talk: Talk, draft: Draft, _: str) -> Step:
    given = answered(talk.form, draft)
    if not given and not draft.answers:
        return _discarded(draft)
    return tell(replace(draft, confirming="cancel"), cancel_question(talk, draft, given))


def _discard(talk: Talk, draft: Draft, _: str) -> Step:
    return _discarded(draft) if draft.confirming else _cancel(talk, draft, "")


def _discarded(draft: Draft) -> Step:
    said = message("Deleted. Nothing was sent.")
    return Step(Draft(revision=draft.revision), (Say(said, takes_over=True),), "cancelled")


def _keep(talk: Talk, draft: Draft, _: str) -> Step:
    return here(talk, replace(draft, confirming=""), text("Good, nothing was deleted."))


def _next(talk: Talk, draft: Draft, _: str) -> Step:
    return here(talk, replace(draft, remark=draft.remark + 1) if draft.at == "" else draft)


def _help(talk: Talk, draft: Draft, _: str) -> Step:
    return Step(draft, (Say(help_message(talk, draft), draft.at, helps=True),))


def _send(talk: Talk, draft: Draft, _: str) -> Step:
    if draft.at:
        return here(talk, jump(talk, draft, ""))
    needed = still_needed(talk.form, draft)
    if needed:
        lead = text("Before it can be sent, I still need: ", *names(needed), ".")
        # One after the other, and then the review: the person need not find the next one there.
        return here(talk, go(talk, replace(draft, trail=()), needed[0].name), lead)
    # Only what is wrong now counts: what was wrong last time may have been mended elsewhere.
    checked = go(talk, replace(draft, errors={}), "")
    return here(talk, checked) if checked.errors else Step(checked, (), "submitted")


def _pick(talk: Talk, draft: Draft, argument: str) -> Step:
    question = talk.form.by_name.get(draft.at)
    kind, index = argument[:1], argument.removeprefix("r")
    place = whole_number(index)
    if question is None or place is None:
        return stale(talk, draft)
    if kind == "r":
        if place >= len(draft.readings):
            return stale(talk, draft)
        reading = draft.readings[place]
        tried = (draft.tried,) if draft.tried else ()
        return take(talk, draft, question, Understood(reading.value, reading.label), tried)
    options = choices_of(question)
    if place >= len(options):
        return stale(talk, draft)
    return choose(talk, draft, question, (options[place].value,))


def choose(talk: Talk, draft: Draft, question: Question, values: tuple[str, ...]) -> Step:
    """Answer the question that the draft is at with option values."""
    labels = {option.value: option.label for option in choices_of(question)}
    value: JSONValue = values[0] if values else ""
    if question.ask.kind == "yes_no":
        value = values[:1] == ("yes",)
    elif question.ask.kind == "choices":
        value = list(values)
    read = talk.check(question, value)
    if isinstance(read, Understood):
        chosen = Source(", ".join(labels.get(each, each) for each in values))
        return take(talk, draft, question, read, (chosen,))
    return missed(talk, draft, read, None)


def _reuse(talk: Talk, draft: Draft, name: str) -> Step:
    question = talk.form.by_name.get(name)
    if question is None or name != draft.at:
        return stale(talk, draft)
    given = draft.answers.get(name)
    if given is None and name not in draft.offered:
        return stale(talk, draft)
    read = talk.check(question, given.value if given else draft.offered[name])
    if not isinstance(read, Understood):
        return missed(talk, draft, read, None)
    return take(talk, draft, question, read, given.sources if given else ())


def _split(talk: Talk, draft: Draft, name: str) -> Step:
    question, given = talk.form.by_name.get(name), draft.answers.get(name)
    waiting = talk.form.by_name.get(draft.at)
    if question is None or given is None or waiting is None or len(given.sources) < 2 or name != draft.last:  # noqa: PLR2004
        return stale(talk, draft)
    rest, last = given.sources[:-1], given.sources[-1]
    read = read_sources(talk, question, rest)
    if not isinstance(read, Understood):
        return missed(talk, draft, read, None)
    draft = store(talk, draft, question, read, rest)
    return answer(talk, draft, last)


def answer(talk: Talk, draft: Draft, source: Source) -> Step:
    """Read a message as the answer to the question that the draft is at."""
    question = talk.form.by_name[draft.at]
    read = read_sources(talk, question, (source,))
    if not isinstance(read, Understood):
        read = _among_readings(draft, source) or read
    if isinstance(read, Understood):
        return take(talk, draft, question, read, (source,))
    return missed(talk, draft, read, source)


def _among_readings(draft: Draft, source: Source) -> Understood | None:
    """Take one of the meanings just offered, by its number or its words."""
    said = source.text.strip().casefold().rstrip(".")
    for number, reading in enumerate(draft.readings, start=1):
        if said in {str(number), reading.label.casefold()}:
            return Understood(reading.value, reading.label)
    return None


Verb = Callable[[Talk, Draft, str], Step]

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

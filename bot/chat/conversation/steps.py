"""Steps of a conversation: where the draft is, what it shows there, how an answer is taken."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from bot.chat.answers import Ambiguous, Answer, JSONValue, Refused, Understood, read_answer
from bot.chat.content import Block, Message, Text, text
from bot.chat.conversation.draft import (
    Draft,
    MessageSource,
    StoredAnswer,
    answered,
    changed_questions,
    first_open,
    is_answered,
    is_open,
    still_needed,
)
from bot.chat.conversation.prompts import MOST_MISSES, Scene, label_list, prompt, rejection_message
from bot.chat.conversation.review import review_message
from bot.chat.forms import Form, Question, as_said, asking, shown_answer
from bot.chat.language import ENGLISH
from bot.chat.sentences import Wording
from bot.chat.values import replace

__all__ = [
    "Say",
    "Step",
    "accept_answer",
    "answer_stale_button",
    "begin_here",
    "detour_to",
    "go_on",
    "offer_value",
    "put_at",
    "read_sources",
    "reject_answer",
    "say_message",
    "settle_form",
    "show_place",
    "store_answer",
    "updated",
    "what_changed",
]


class Say(Struct, frozen=True):
    """A message to say, the question it belongs to ("" for none), and whether it is the review.

    `lead`: what it begins with, for a caller that says a review in other words. `takes_over`: what was
    asked before is settled, or asked again here: older buttons are used up. `helps`: it helps a person who
    is stuck, so the program may add who else can help.
    """

    message: Message
    question: str = ""
    review: bool = False
    lead: tuple[Block, ...] = ()
    takes_over: bool = False
    helps: bool = False


class Step(Struct, frozen=True):
    """The result of an input: the new draft, what is said in order, and how it ended, if it did."""

    draft: Draft
    says: tuple[Say, ...] = ()
    outcome: Literal["", "submitted", "cancelled", "paused"] = ""


def put_at(scene: Scene, draft: Draft, place: str) -> Draft:
    """Put the draft at a question, or at the review (""), as if newly asked."""
    question = scene.form.by_name.get(place)
    moved = replace(
        draft,
        at=place if question else "",
        asked=question.fingerprint if question else "",
        since=draft.revision,
        misses=0,
        readings=(),
        readings_at=0,
        tried=None,
        last="",
        paused=False,
    )
    return moved if question else replace(moved, errors={**draft.errors, **_unfit(scene, moved)})


def _unfit(talk: Scene, draft: Draft) -> dict[str, Wording]:
    """Return answers that time or a change of limits has made impossible, with the reasons."""
    unfit: dict[str, Wording] = {}
    for name, given in answered(talk.form, draft).items():
        read = talk.check(talk.form.by_name[name], given.value)
        if isinstance(read, Refused):
            unfit[name] = read.reason
    return unfit


def detour_to(scene: Scene, draft: Draft, place: str) -> Draft:
    """Put the draft elsewhere for a moment, to return to where it is now."""
    if place == draft.at:
        return put_at(scene, draft, place)
    trail = (*draft.trail, draft.at)
    if place in trail:
        trail = trail[: trail.index(place)]
    return put_at(scene, replace(draft, trail=trail), place)


def go_on(scene: Scene, draft: Draft) -> Draft:
    """Go where an answered question leads: back from a detour, else to the next open one."""
    trail = draft.trail
    while trail:
        place, trail = trail[-1], trail[:-1]
        question = scene.form.by_name.get(place)
        if place == "" or (question and is_open(draft, question)):
            return put_at(scene, replace(draft, trail=trail), place)
    return put_at(scene, replace(draft, trail=()) if draft.trail else draft, first_open(scene.form, draft))


def begin_here(scene: Scene, draft: Draft) -> Draft:
    """Put the draft where it goes on after a rest: not at the review while something is still needed."""
    if draft.at in scene.form.by_name:
        return draft
    if not draft.begun or still_needed(scene.form, draft):
        return put_at(scene, draft, first_open(scene.form, draft))
    return put_at(scene, draft, "")


def show_place(scene: Scene, draft: Draft, *lead: Block) -> Step:
    """Show where the draft is, after `lead`."""
    draft = replace(draft, paused=False) if draft.paused else draft
    if draft.at:
        return Step(draft, (Say(prompt(scene, draft, lead), draft.at, takes_over=True),))
    # The runtime makes it once more, for its reader.
    made = review_message(scene.form, draft, scene.conversation_id, language=ENGLISH)
    words = replace(made, blocks=(*lead, *made.blocks))
    return Step(draft, (Say(words, review=True, lead=lead, takes_over=True),))


def say_message(draft: Draft, content: Message) -> Step:
    """Say this, about the question that the draft is at."""
    return Step(draft, (Say(content, draft.at),))


def answer_stale_button(scene: Scene, draft: Draft) -> Step:
    """Answer a button that belongs to another step."""
    return show_place(
        scene, draft, text("That button belongs to an earlier step. This is where you are now:")
    )


def read_sources(scene: Scene, question: Question, sources: tuple[MessageSource, ...]) -> Answer:
    """Read what one or several messages say together, a line each."""
    files = tuple(file for source in sources for file in source.files)
    whole = "\n".join(source.text for source in sources)
    return read_answer(whole, asking(scene.form, question, scene.now), files)


def store_answer(
    scene: Scene, draft: Draft, question: Question, read: Understood, sources: tuple[MessageSource, ...]
) -> Draft:
    """Keep an answer."""
    name = question.name
    shown = shown_answer(scene.form, name, read.value, scene.now)
    given = StoredAnswer(read.value, shown, question.fingerprint, sources, scene.now)
    return replace(
        draft,
        answers={**draft.answers, name: given},
        skipped=tuple(other for other in draft.skipped if other != name),
        typed={other: text for other, text in draft.typed.items() if other != name},
        errors={other: reason for other, reason in draft.errors.items() if other not in {name, ""}},
    )


def accept_answer(
    scene: Scene, draft: Draft, question: Question, read: Understood, sources: tuple[MessageSource, ...]
) -> Step:
    """Keep the answer to the question that the draft is at, show it back, and go on."""
    before = draft.answers[question.name] if is_answered(draft, question) else None
    draft = go_on(scene, store_answer(scene, draft, question, read, sources))
    if draft.at == "" and before is None and question.ask.kind in {"text", "long"}:
        return show_place(scene, draft)  # the review shows it
    return show_place(scene, draft, _echo(question, read, before))


def _echo(question: Question, read: Understood, before: StoredAnswer | None) -> Text:
    if before and before.value == read.value:
        return text("Kept as it was: {answer}", answer=read.shown)
    if before:
        return updated(question, read)
    if question.ask.kind in {"text", "long"}:
        return text("Saved.")
    if question.ask.kind in {"link", "email"}:  # a full stop would look like a part of an address
        return text("Got it: {answer}", answer=read.shown)
    return text("Got it: {answer}.", answer=read.shown)


def updated(question: Question, read: Understood) -> Text:
    """Say what an answer is now that it was changed."""
    label = as_said(question.ask.label)
    return text("Updated: {question}: {answer}", question=label, answer=read.shown)


def reject_answer(scene: Scene, draft: Draft, read: Refused | Ambiguous, tried: MessageSource | None) -> Step:
    """Say why an answer was not taken, or ask which meaning is meant; the question goes on waiting."""
    draft = replace(draft, tried=tried, paused=False)
    if isinstance(read, Ambiguous) and read.readings:
        draft = replace(draft, readings=read.readings, readings_at=draft.revision)
    else:
        draft = replace(draft, misses=draft.misses + 1)
    helps = draft.misses >= MOST_MISSES
    return Step(draft, (Say(rejection_message(scene, draft, read), draft.at, takes_over=True, helps=helps),))


def offer_value(draft: Draft, name: str, value: JSONValue) -> Draft:
    """Put a value on offer for a question of the draft."""
    return replace(draft, offered={**draft.offered, name: value})


def settle_form(scene: Scene, draft: Draft) -> tuple[Draft, tuple[Block, ...], bool]:
    """Take in changes of the form: return the draft, what to say, and whether its question is another."""
    form = scene.form
    waiting = form.by_name.get(draft.at)
    gone = draft.at != "" and waiting is None
    reworded = waiting is not None and draft.asked != "" and not waiting.was_asked_as(draft.asked)
    changed = changed_questions(form, draft)
    new = {name for name in changed if name not in draft.changed} | ({draft.at} if reworded else set())
    draft = draft if draft.changed == changed else replace(draft, changed=changed)
    lead: list[Block] = []
    if gone:
        lead.append(text("The question you were at is no longer asked."))
        draft = go_on(scene, draft)
    elif reworded:
        draft = put_at(scene, draft, draft.at)
    if new:
        lead.append(
            text(
                "One question changed since you began; only that one is asked again.",
                "{count} questions changed since you began; only those are asked again.",
                count=len(new),
            )
        )
    return draft, tuple(lead), gone or reworded


_MOST_NAMED = 3
"""Changed answers up to here are named."""


def what_changed(form: Form, before: Draft, after: Draft) -> tuple[Block, ...]:
    """Show the answers that a page has changed, by their names; a short one with what it is now."""
    was = {name: given.value for name, given in answered(form, before).items()}
    now = answered(form, after)
    changed = [
        question
        for question in form.questions
        if was.get(question.name, question.default)
        != (now[question.name].value if question.name in now else question.default)
    ]
    if not changed:
        return ()
    first = changed[0]
    if len(changed) > _MOST_NAMED:
        return (text("Saved: one answer.", "Saved: {count} answers.", count=len(changed)),)
    if len(changed) > 1 or first.ask.kind in {"text", "long"} or first.name not in now:
        return (text("Saved: {questions}.", questions=label_list(changed)),)
    label = as_said(first.ask.label)
    return (text("{question} is now: {answer}", question=label, answer=now[first.name].shown),)

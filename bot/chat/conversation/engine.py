"""The conversation engine: a form asked one question at a time.

`advance` is pure: the same form, draft, input and instant give the same step. Nothing is stored, sent or
looked up here; the caller saves the draft with every step, so that what the person
reads as saved is never lost.

The engine never raises for anything a person does, and an answer leaves a draft only when the person
changes it, leaves it out or deletes the draft.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.answers import Ambiguous, Asking, Refused, Understood, read_answer
from bot.chat.answers.readings import reason_of
from bot.chat.content import Block, Buttons, Message, message, note, text, typed
from bot.chat.conversation.attached_files import attach
from bot.chat.conversation.draft import (
    Draft,
    MessageSource,
    StoredAnswer,
    begin_draft,
    dump_draft,
    has_spoken,
    is_open,
    load_draft,
    question_answered_by,
    still_needed,
    without_answer,
)
from bot.chat.conversation.inputs import (
    Begin,
    Chosen,
    Edited,
    Filled,
    Input,
    Pressed,
    Reject,
    Resume,
    Said,
    press,
    read_press,
)
from bot.chat.conversation.joined_answers import JOINING, join
from bot.chat.conversation.prompts import Scene
from bot.chat.conversation.review import answers_whole, review_message
from bot.chat.conversation.steering import read_word, unquote
from bot.chat.conversation.steps import (
    Say,
    Step,
    answer_stale_button,
    begin_here,
    detour_to,
    go_on,
    offer_value,
    put_at,
    read_sources,
    say_message,
    settle_form,
    show_place,
    store_answer,
    updated,
    what_changed,
)
from bot.chat.conversation.verbs import FREE, VERBS, answer, choose, resume
from bot.chat.forms import Form, Question, as_said
from bot.chat.language import as_text, as_value
from bot.chat.sentences import Plain
from bot.chat.values import replace

__all__ = [
    "JOINING",
    "Begin",
    "Chosen",
    "Draft",
    "Edited",
    "Filled",
    "Input",
    "MessageSource",
    "Pressed",
    "Reject",
    "Resume",
    "Said",
    "Say",
    "Step",
    "StoredAnswer",
    "advance",
    "answers_whole",
    "begin_draft",
    "dump_draft",
    "load_draft",
    "press",
    "question_answered_by",
    "read_press",
    "review_message",
]


def advance(
    form: Form, draft: Draft, entry: Input, now: datetime, conversation_id: int, title: str = ""
) -> Step:
    """Carry out what an input does to a conversation.

    Args:
        form: as it is now; its questions may have changed since the draft began.
        draft: as the last step left it.
        entry: what happened.
        now: UTC; what relative dates in answers are counted from.
        conversation_id: names the conversation in buttons' action ids.
        title: tells several drafts of one form apart; the form's own title if empty.

    Returns:
        The new draft, whose revision is one higher if anything was said or changed; else the same draft.
    """
    scene = Scene(form, now, conversation_id, title or as_text(form.title))
    fresh = replace(draft, revision=draft.revision + 1)
    lead: tuple[Block, ...] = ()
    moved = False
    if draft.begun:
        fresh, lead, moved = settle_form(scene, fresh)
        step = _entered(scene, fresh, entry, moved=moved)
    else:
        step = _entered_first(scene, fresh, entry)
    if step == Step(fresh):
        # Nothing came of it: what has changed in the form is said when there is something to say.
        return Step(draft)
    if step.outcome == "cancelled":
        return replace(step, says=_led(step.says, lead)) if lead else step
    if form.notice and _is_unread(draft, entry):
        # Of the form's own words, in which people's names are values.
        lead = (text(as_value((form.source or form).notice)), *lead)
    step = replace(step, draft=replace(step.draft, begun=True))
    return replace(step, says=_led(step.says, lead)) if lead else step


def _is_unread(draft: Draft, entry: Input) -> bool:
    """Tell whether to say the notice with this: until there is an answer it is not known to be read."""
    if isinstance(entry, Filled):  # a dialog has shown it
        return False
    return not draft.begun or (isinstance(entry, Begin | Resume) and not has_spoken(draft))


def _led(says: tuple[Say, ...], lead: tuple[Block, ...]) -> tuple[Say, ...]:
    """Put `lead` before what is said."""
    if not lead:
        return says
    if not says:
        return (Say(Message(lead)),)
    first = says[0]
    led = replace(first.message, blocks=(*lead, *first.message.blocks))
    return (replace(first, message=led, lead=(*lead, *first.lead)), *says[1:])


def _entered_first(scene: Scene, draft: Draft, entry: Input) -> Step:
    match entry:
        case Filled():
            return _filled(scene, draft, entry)
        case Reject():
            return _rejected(scene, draft, entry)
        case Edited():
            return Step(draft)
        case _:
            return show_place(scene, begin_here(scene, draft))


def _entered(scene: Scene, draft: Draft, entry: Input, *, moved: bool) -> Step:
    match entry:
        case Said():
            return _said(scene, draft, entry, moved=moved)
        case Edited():
            step = _edited(scene, draft, entry)
            # The question that now waits is one they have not seen.
            again = show_place(scene, step.draft).says if moved and step.says else ()
            return replace(step, says=(*step.says, *again))
        case Pressed():
            return _pressed(scene, draft, entry)
        case Chosen():
            return _chosen(scene, replace(draft, confirming=""), entry)
        case Filled():
            return _filled(scene, replace(draft, confirming=""), entry)
        case Reject():
            return _rejected(scene, draft, entry)
        case Begin() | Resume():
            return resume(scene, replace(draft, confirming=""))


def _said(scene: Scene, draft: Draft, entry: Said, *, moved: bool) -> Step:
    source = MessageSource(unquote(entry.text), entry.message, entry.files)
    word = None if entry.files else read_word(entry.text, scene.form, draft.at)
    if draft.confirming and word is None:
        verb = _confirmed(scene, entry.text)
        if verb:
            step = VERBS[verb](scene, draft, "")
            unclear = (text("Nothing is deleted yet. Please say yes or no."),) if verb == "cancel" else ()
            return replace(step, says=_led(step.says, unclear))
    draft = replace(draft, confirming="") if draft.confirming else draft
    reply = entry.question if entry.question != draft.at and entry.question in scene.form.by_name else ""
    if word and not (reply and word.verb == "skip"):
        return VERBS[word.verb](scene, draft, word.argument)
    if reply:
        draft = detour_to(scene, draft, reply)
    elif draft.paused and entry.question == "":
        return say_message(draft, _paused_still(scene, draft))
    elif moved:
        return show_place(scene, _held(scene, draft, source))
    else:
        joined = join(scene, draft, entry, source)
        if joined:
            return joined
    if draft.at == "":
        return say_message(draft, _not_at_review(scene, draft))
    if word:
        return VERBS[word.verb](scene, draft, word.argument)
    return _answered(scene, draft, source, entry.at)


def _answered(scene: Scene, draft: Draft, source: MessageSource, at: datetime) -> Step:
    """Take a message as the answer to the question that waits, and say what became of each part of it."""
    draft, told = attach(scene, draft, source)
    question = scene.form.by_name[draft.at]
    if question.ask.kind != "file" and source.files:
        source = replace(source, files=())
        if not source.text.strip():
            return show_place(scene, draft, *told)
    step = _remembered(answer(scene, draft, source), draft.at, source, at)
    return replace(step, says=_led(step.says, told))


def _confirmed(scene: Scene, said: str) -> str:
    """Return the verb that answers whether to delete the draft; "" if the message is about something else."""
    plain = said.strip().casefold().rstrip(".!")
    if plain in {"delete", "delete it", "keep", "keep it"}:
        return "discard" if plain.startswith("delete") else "keep"
    read = read_answer(said, Asking("yes_no", scene.now, ZoneInfo(scene.form.zone)))
    if isinstance(read, Understood):
        return "discard" if read.value else "keep"
    return "cancel" if isinstance(read, Ambiguous) else ""  # neither a clear yes nor a clear no: ask again


def _remembered(step: Step, name: str, source: MessageSource, at: datetime) -> Step:
    """Note in the step that this message gave the last answer, or tried to."""
    draft = step.draft
    if draft.tried == source:
        return replace(step, draft=replace(draft, last_at=at))
    given = draft.answers.get(name)
    if given is None or given.sources[-1:] != (source,):
        return step
    return replace(step, draft=replace(draft, last=name, last_at=at))


def _paused_still(scene: Scene, draft: Draft) -> Message:
    return message(
        text("“{title}” is paused, so I did not add that. To go on, press Resume.", title=scene.title),
        Buttons((scene.button(draft, "Resume", "resume"),)),
    )


def _not_at_review(scene: Scene, draft: Draft) -> Message:
    needed = still_needed(scene.form, draft)
    on = (
        scene.button(draft, "Go on", "resume")
        if needed
        else scene.button(draft, as_said(scene.form.submit), "send")
    )
    return message(
        text("This is the review, so I did not add that anywhere."),
        Buttons((on, scene.button(draft, "Show the review", "review"))),
        typed("To change an answer, type `edit` and its number, like `edit 2`."),
    )


def _held(scene: Scene, draft: Draft, source: MessageSource) -> Draft:
    """Keep words meant for the question as it was on offer in the draft, where they still fit."""
    question = scene.form.by_name.get(draft.at)
    if question is None or question.name in draft.answers:
        return draft
    read = read_sources(scene, question, (source,))
    return offer_value(draft, question.name, read.value) if isinstance(read, Understood) else draft


def _edited(scene: Scene, draft: Draft, entry: Edited) -> Step:
    new = unquote(entry.text)
    tried = draft.tried
    if tried and draft.at and tried.message and tried.message == entry.message:
        return answer(scene, draft, replace(tried, text=new)) if tried.text != new else Step(draft)
    question = scene.form.by_name.get(question_answered_by(draft, entry.message))
    if question is None:
        return Step(draft)
    given = draft.answers[question.name]
    sources = tuple(replace(p, text=new) if p.message == entry.message else p for p in given.sources)
    if sources == given.sources:
        return Step(draft)
    read = read_sources(scene, question, sources)
    if not isinstance(read, Understood):
        return Step(draft, (Say(_not_updated(scene, draft, question, read), question.name),))
    draft = store_answer(scene, draft, question, read, sources)
    lead = updated(question, read)
    if draft.at == question.name:
        return show_place(scene, go_on(scene, draft), lead)
    if draft.at == "":
        return show_place(scene, put_at(scene, draft, ""), lead)
    return Step(draft, (Say(message(lead), question.name),))


def _not_updated(scene: Scene, draft: Draft, question: Question, read: Refused | Ambiguous) -> Message:
    """Say why an edited message did not change its answer."""
    example = as_said(question.ask.example)
    if isinstance(read, Refused):
        example, read = as_value(read.example) if read.example else example, Refused(read.reason)
    return message(
        text(
            "I kept your answer to “{question}”: {answer}",
            question=as_said(question.ask.label),
            answer=draft.answers[question.name].shown,
        ),
        text("Your edit was not taken.\n{reason}", reason=reason_of(read)),
        note("For example: {example}", example=example) if example != Plain("") else None,
        Buttons((scene.button(draft, "Edit", "edit", question.name),)),
    )


def _pressed(scene: Scene, draft: Draft, entry: Pressed) -> Step:
    verb = VERBS.get(entry.verb)
    if entry.verb in {"keep", "discard"} and verb:
        return verb(scene, draft, entry.argument)
    draft = replace(draft, confirming="") if draft.confirming else draft
    current = draft.since <= entry.revision < draft.revision
    if entry.verb == "pick" and entry.argument.startswith("r"):
        current = entry.revision == draft.readings_at
    if verb is None or not (current or entry.verb in FREE):
        return answer_stale_button(scene, draft)
    return verb(scene, draft, entry.argument)


def _chosen(scene: Scene, draft: Draft, entry: Chosen) -> Step:
    question = scene.form.by_name.get(entry.question)
    if question is None:
        return answer_stale_button(scene, draft)
    # A select names its question, so an old one changes that answer and comes back here.
    if question.name != draft.at:
        draft = detour_to(scene, draft, question.name)
    return choose(scene, draft, question, entry.values)


def _filled(scene: Scene, draft: Draft, entry: Filled) -> Step:
    before = draft
    for name, read in entry.values.items():
        question = scene.form.by_name.get(name)
        if question:
            # An answer that nothing was typed for, of a button, has no words.
            draft = store_answer(scene, draft, question, read, (MessageSource(entry.raw.get(name, "")),))
    for name, raw in entry.raw.items():
        question = scene.form.by_name.get(name)
        if question and not question.required and not raw.strip() and name not in entry.values:
            skipped = (*(other for other in draft.skipped if other != name), name)
            draft = replace(without_answer(draft, name), skipped=skipped)
    question = scene.form.by_name.get(draft.at)
    draft = draft if question and is_open(draft, question) else go_on(scene, draft)
    # What a first page holds is seen in what follows.
    return show_place(scene, draft, *(what_changed(scene.form, before, draft) if before.begun else ()))


def _rejected(scene: Scene, draft: Draft, entry: Reject) -> Step:
    draft = replace(draft, errors=dict(entry.errors), trail=(), confirming="", remark=0)
    return show_place(scene, put_at(scene, draft, ""))

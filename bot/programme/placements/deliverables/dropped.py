"""Dropped work: what a student sends to the direct messages, unasked; kept, and offered to be handed in.

Dropped work is a draft that waits behind the other drafts, so that the sender's next words are not taken for
answers to it. A press on a deliverable turns to it, and its review comes before anything is handed in.
A student has a single draft of this kind: later work goes into it, and the form of Hand in begins with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, OpenForm, Reply, StartConversation
from bot.chat.answers import JSONValue, Option, Understood
from bot.chat.answers.files import as_value, file_of, why_refused
from bot.chat.answers.links import read_link
from bot.chat.answers.normalise import keep
from bot.chat.content import Block, Button, Buttons, Select, Sentence, Text, layout, message, note, text
from bot.chat.conversation.draft import Draft, begin_draft, dump_draft, load_draft
from bot.chat.conversation.inputs import press
from bot.chat.events import ButtonPressed, MessageReceived
from bot.chat.forms import Ask, Form, Question, form_of
from bot.chat.routes import Completed, Declined
from bot.chat.sentences import WebLink
from bot.chat.values import replace
from bot.programme import projects
from bot.programme.core.turn import Turn
from bot.programme.people.files import files_in, hold
from bot.programme.placements.deliverables import submissions
from bot.programme.placements.deliverables.submissions import HandIn, hand_in_form, hand_in_submitted
from bot.programme.placements.lookup import is_done, milestones, title_of
from storage.queries import Row, conversations
from storage.tables import Milestone, Placement

__all__ = [
    "FORM",
    "dropped_form",
    "milestone_hand_in_pressed",
    "offer",
    "placement_hand_in_pressed",
    "work_dropped_submitted",
]

FORM: Final = "work-dropped"
HAND_IN: Final = "hand-in"
_MOST_BUTTONS: Final = 4
"""Number of deliverables shown as buttons, beside the button that says no; more are a select."""

_MOST_OPTIONS: Final = 25  # options of a select (Discord's limit)
_LABEL: Final = 75  # characters of an option (Slack's limit)


def offer(turn: Turn, event: MessageReceived) -> list[Action]:
    """Offer to hand in what came with a message that answers no question; return nothing without such work.

    A file that is refused is named, with the reason.
    """
    found = read_link(event.text)
    link = str(found.value) if isinstance(found, Understood) else ""
    fit = [file for file in event.files if not file.refused]
    if not (event.files or link) or not _waiting(turn):
        return []
    refused: list[Block] = [text(why_refused(file)) for file in event.files if file.refused]
    if not (fit or link):
        return [Reply(message(*refused))]
    words = keep(event.text)
    answers: dict[str, JSONValue] = {"link": link, "text": "" if words.split() == [words] and link else words}
    if fit:
        answers["file"] = as_value(fit[0])
    held = _held(fit[0].name if fit else "", link)
    more = [text("I kept only the first file: hand the others in after it.")] if fit[1:] else []
    kept: dict[str, JSONValue] = {name: value for name, value in answers.items() if value}
    if begun := _begun(turn):
        return _added(turn, begun, kept, [*refused, held, *more])
    form = dropped_form(turn, "")
    row_id, draft = _kept(turn, event, form, kept)
    asked = text("Is this work that you want to hand in?")
    return [_which(form, row_id, draft, [*refused, asked, held, *more])]


def _which(form: Form, row_id: int, draft: Draft, said: Sequence[Block]) -> Reply:
    choice = _choice(form, row_id, draft)
    return Reply(message(*said, *choice, note("You see it once more before it is handed in.")))


def _begun(turn: Turn) -> Row | None:
    """Return the hand-in that the person who acts has begun, in a form or with work that they dropped.

    None where there is none, and where it could belong to several deliverables: only the student can choose.
    """
    rows = conversations.unfinished(turn.connection, turn.programme_id, turn.person.id)
    waiting = {str(milestone.id) for _, milestone in _waiting(turn)}
    dropped = [row for row in rows if row.form == FORM]
    handing_in = [row for row in rows if row.form == HAND_IN and row.subject in waiting]
    return dropped[0] if dropped else handing_in[0] if len(handing_in) == 1 else None


def _added(turn: Turn, row: Row, answers: dict[str, JSONValue], said: list[Block]) -> list[Action]:
    """Add dropped work to the hand-in that was begun, so that there is a single hand-in.

    A link or a file replaces the previous one; a link that is replaced is kept in the words.
    """
    form = dropped_form(turn, "") if row.form == FORM else hand_in_form(turn, row.subject)
    draft = load_draft(row.draft)
    before = {name: given.value for name, given in draft.answers.items()}
    words = [str(before.get("text") or "")]
    if "link" in answers and before.get("link") not in {None, "", answers["link"]}:
        words.append(str(before["link"]))
    words.append(str(answers.get("text", "")))
    answers = {**answers, "text": "\n".join(dict.fromkeys(each for each in words if each))}
    if "file" in answers and isinstance(given := before.get("file"), dict):
        said.append(text("It takes the place of “{file}”.", file=file_of(given).name))
    draft = _with(turn, form, draft, answers)
    _save(turn, row, draft, row.state)
    if row.form == FORM and "milestone" not in draft.answers:
        ask = text("Is this the work that you want to hand in?")
        return [_which(form, row.id, draft, [*said, ask])]
    return [Reply(message(*said)), StartConversation(row.form, row.subject)]


def _with(turn: Turn, form: Form, draft: Draft, answers: dict[str, JSONValue]) -> Draft:
    """Return the draft with these answers added; an answer that does not fit its question is left out."""
    given = begin_draft(form, turn.now, answers, {}).answers
    left = tuple(name for name in draft.skipped if name not in given)
    typed = {name: words for name, words in draft.typed.items() if name not in given}
    changed = {**draft.answers, **given}
    return replace(draft, answers=changed, skipped=left, typed=typed, revision=draft.revision + 1)


def _save(turn: Turn, row: Row, draft: Draft, state: str) -> None:
    saved = {"draft": dump_draft(draft), "revision": draft.revision, "to": state}
    where = {"row_id": row.id, "prompt_key": row.prompt_key, "destination": row.destination}
    conversations.save(turn.connection, {**saved, **where}, turn.now)
    hold(turn, "draft", row.id, files_in(draft))


def placement_hand_in_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open the hand-in of a placement, with the work that was dropped before."""
    return _with_dropped(turn, submissions.choose_milestone(turn, event))


def milestone_hand_in_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Open the hand-in of one deliverable, with the work that was dropped before."""
    return _with_dropped(turn, submissions.hand_in(turn, event))


def _with_dropped(turn: Turn, actions: list[Action]) -> list[Action]:
    for opened in actions:
        if isinstance(opened, OpenForm) and opened.form == HAND_IN:
            _take_up(turn, opened.subject)
    return actions


def _take_up(turn: Turn, milestone: str) -> None:
    """Start the form of a deliverable with the dropped work, and end the draft that held it."""
    mine = (turn.programme_id, turn.person.id)
    if conversations.by_subject(turn.connection, *mine, HAND_IN, milestone) is not None:
        return  # the form was begun with the dropped work in it
    for row in conversations.unfinished(turn.connection, *mine):
        draft = load_draft(row.draft)
        chosen = draft.answers.get("milestone")
        if row.form != FORM or (chosen is not None and chosen.value != milestone):
            continue
        answers = {name: given for name, given in draft.answers.items() if name != "milestone"}
        left = tuple(name for name in HandIn.model_fields if name not in answers)
        begun = Draft(answers=answers, skipped=left, begun=True, revision=draft.revision + 1)
        made = {
            "programme_id": turn.programme_id,
            "person_id": turn.person.id,
            "form": HAND_IN,
            "subject": milestone,
            "draft": dump_draft(begun),
            "revision": begun.revision,
            "state": "waiting",
            "created_at": turn.now,
            "updated_at": turn.now,
            "destination": str(turn.user),
        }
        number = conversations.begin(turn.connection, made)
        if number is not None:
            hold(turn, "draft", number, files_in(begun))
        _save(turn, row, Draft(revision=draft.revision), "cancelled")
        return


def _held(file: str, link: str) -> Text:
    """Return what I kept: a file, a link, or both."""
    if file and link:
        return text("I kept “{file}” and the link {link}.", file=file, link=WebLink(link))
    if link:
        return text("I kept the link {link}.", link=WebLink(link))
    return text("I kept “{file}”.", file=file)


def _kept(turn: Turn, event: MessageReceived, form: Form, answers: dict[str, JSONValue]) -> tuple[int, Draft]:
    """Return the draft that holds dropped work, with its row's id; it waits for a choice of deliverable."""
    draft = begin_draft(form, turn.now, answers, {})
    asked = form.by_name["milestone"]
    rest = tuple(q.name for q in form.questions if q.name not in {asked.name, *draft.answers})
    draft = replace(
        draft,
        at=asked.name,
        asked=asked.fingerprint,
        since=1,
        revision=2,
        skipped=rest,
        begun=True,
        confirming="cancel",  # the button that says no does not ask for a second confirmation
    )
    row = {
        "programme_id": turn.programme_id,
        "person_id": turn.person.id,
        "form": FORM,
        "subject": sha256(str(event.message).encode()).hexdigest()[:16],
        "draft": dump_draft(draft),
        "revision": draft.revision,
        "state": "waiting",
        "created_at": turn.now,
        "updated_at": turn.now,
        "destination": str(turn.user),
    }
    number = conversations.begin(turn.connection, row)
    if number is None:
        raise Declined("I have asked about that message already.")
    hold(turn, "draft", number, files_in(draft))
    return number, draft


def _choice(form: Form, row_id: int, draft: Draft) -> Sequence[Block]:
    """Return the deliverables to choose from, with a way to say no."""
    options = form.by_name["milestone"].ask.options
    no = Button("No, leave it", press(row_id, draft.since, "discard"))
    if len(options) <= _MOST_BUTTONS:
        picks = (Button(o.label, press(row_id, draft.since, "pick", str(i))) for i, o in enumerate(options))
        return [Buttons((*picks, no))]
    chosen = press(row_id, draft.since, "pickone", "milestone")
    return [Select(chosen, options, "Choose the deliverable"), Buttons((no,))]


def _waiting(turn: Turn) -> list[tuple[Placement, Milestone]]:
    """Return the deliverables that the person who acts may hand in now, placement by placement."""
    held = select(Placement).where(
        Placement.programme_id == turn.programme_id,
        Placement.person_id == turn.person.id,
        Placement.status == "active",
    )
    placements = turn.session.scalars(held.order_by(Placement.id)).all()
    found = [(each, m) for each in placements for m in milestones(turn, each) if not is_done(m)]
    return found[:_MOST_OPTIONS]


def dropped_form(turn: Turn, _subject: str) -> Form:
    """Return the form that asks for the deliverable, then for the parts of a hand-in.

    Raises:
        Declined: nothing waits to be handed in.
    """
    waiting = _waiting(turn)
    if not waiting:
        raise Declined("Nothing waits to be handed in. `/placement` shows the work as it is now.")
    several = len({placement.id for placement, _ in waiting}) > 1
    options = tuple(Option(str(m.id), _label(turn, each, m, several=several)) for each, m in waiting)
    ask = Ask("Which deliverable is it for?", label="Deliverable", kind="choice", options=options)
    form = form_of(HandIn, form_id=FORM, title="Hand in work", submit="Hand in")
    return replace(form, questions=(Question("milestone", ask), *form.questions))


def _label(turn: Turn, placement: Placement, milestone: Milestone, *, several: bool) -> Sentence:
    number, title = milestone.position, title_of(milestone, most=_LABEL // 2)
    if not several:
        return layout("{number}. {title}", number=number, title=title)
    project = projects.shortened(projects.project_of(turn, placement.project_id).title, _LABEL // 3)
    return layout("{project}: {number}. {title}", project=project, number=number, title=title)


def work_dropped_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Hand in the dropped work after its review, like any other hand-in."""
    return hand_in_submitted(turn, replace(done, subject=str(done.values["milestone"])))

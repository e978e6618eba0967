"""Conversations in life: load a draft, let the engine advance it, save it, and say what it says.

The engine is pure; here are its row, its messages and its outcomes: actions, for `carry_out` to carry out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from msgspec import Struct

from bot.chat.actions import Action, Post, RejectForm, Reply, StartConversation
from bot.chat.adapter import Response
from bot.chat.answers import JSONValue, Understood, check_value
from bot.chat.codec import TALK
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Note,
    Plain,
    Sentence,
    Text,
    message,
    note,
    say,
    text,
)
from bot.chat.conversation import engine
from bot.chat.conversation.draft import Draft, as_read, begin_draft, completed_answers, dump_draft, load_draft
from bot.chat.conversation.inputs import is_step, press
from bot.chat.events import ButtonPressed, ChoiceMade
from bot.chat.forms import Form, asking, pages_of
from bot.chat.language import as_text
from bot.chat.rendering.screen import LINES, in_pages, on_one_screen, turning
from bot.chat.routes import Completed, Declined, FormRoute, MessageRoute, Waiting
from bot.chat.values import replace
from bot.programme import people
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from bot.programme.people import files
from bot.programme.reachability.closed_dms import unreachable
from bot.runtime import live_messages, replaced_buttons
from bot.runtime.context import Context
from bot.runtime.effects import Effect
from bot.runtime.saying import form_in_words
from storage.queries import Row, conversations

__all__ = [
    "Conversation",
    "advance",
    "afterwards",
    "conversation_of",
    "details",
    "ended",
    "ensure",
    "form_route",
    "messages_of",
    "readable_conversation",
    "row_of",
    "save",
    "start",
    "why_ended",
]


class Conversation(Struct, frozen=True):
    """One conversation as it is now: its row's id and state, its form, its draft, and its newest question."""

    id: int
    subject: str
    state: str
    destination: str
    form: Form
    draft: Draft
    prompt_key: str
    prompt: Row | None = None  # where it was read with its newest question


def form_route(context: Context, form_id: str) -> FormRoute:
    """Return the route of a form.

    Raises:
        Declined: no such form exists (any more).
    """
    route = context.routes.forms.get(form_id)
    if route is None:
        raise Declined("That form no longer exists. `/stint help` shows what you can do.")
    return route


def conversation_of(context: Context, row: Row) -> Conversation:
    """Return the conversation of a row, with its form as it is now."""
    form = form_in_words(context, form_route(context, row.form), row.subject)
    draft = as_read(form, load_draft(row.draft), context.turn.now)
    return Conversation(row.id, row.subject, row.state, row.destination, form, draft, row.prompt_key)


def readable_conversation(context: Context, row: Row) -> Conversation | None:
    """Return the conversation of a row; None while it has no form (a role was lost, a thing is gone)."""
    try:
        return conversation_of(context, row)
    except Declined:
        return None


def ended(context: Context, row: Row) -> Declined:
    """Refuse kindly what a person presses or answers of a draft that is over."""
    if why := why_ended(context, row):
        return Declined("Nothing was changed.", *why)
    if row.state == "done":
        sent = "That belongs to a draft that was sent. Nothing was changed."
        return Declined(sent, *afterwards(context, row))
    return Declined("That belongs to a draft that has ended. Nothing was changed.", *afterwards(context, row))


def why_ended(context: Context, row: Row) -> Sequence[Block]:
    """Say why a draft was ended unsent; nothing of one that was sent, or that its owner deleted."""
    route = context.routes.forms.get(row.form)
    if row.state != "cancelled" or "revision" in row.draft or route is None or route.ended is None:
        return ()
    return route.ended(context.turn, row.subject)


def afterwards(context: Context, row: Row) -> list[Text]:
    """Say how what a draft has sent can still be changed; nothing where it was not sent, or cannot be."""
    route = context.routes.forms.get(row.form) if row.state == "done" else None
    return [text(route.afterwards)] if route and route.afterwards else []


def start(context: Context, wanted: StartConversation) -> list[Effect]:
    """Begin a conversation in the person's DM, or go on with it; return what it says."""
    form = form_in_words(context, form_route(context, wanted.form), wanted.subject)
    current = ensure(context, form, wanted)
    entry: engine.Input = engine.Begin()
    if current.draft.begun:
        given = _understood(context, form, wanted.answers)
        entry = engine.Filled(given) if given else engine.Resume()
    return advance(context, current, entry)


def row_of(context: Context, form_id: str, subject: str) -> Row | None:
    """Lock and return the row of the person's unfinished conversation of this form and subject, if any."""
    turn = context.turn
    if turn.person_id is None:
        raise ValueError("a form needs a person")
    return conversations.by_subject(turn.connection, turn.programme_id, turn.person_id, form_id, subject)


def ensure(context: Context, form: Form, wanted: StartConversation) -> Conversation:
    """Return the person's unfinished conversation of this form and subject, made now if there is none."""
    turn, subject = context.turn, wanted.subject
    row = row_of(context, form.id, subject)
    if row is not None:
        current = conversation_of(context, row)
        origin = replaced_buttons.origin_of(context, current.draft.origin)
        return replace(current, draft=replace(current.draft, origin=origin))
    draft = begin_draft(form, turn.now, wanted.answers, wanted.offered)
    draft = replace(draft, origin=replaced_buttons.origin_of(context, None))
    user = str(turn.user)
    made = {
        "programme_id": turn.programme_id,
        "person_id": turn.person_id,
        "form": form.id,
        "subject": subject,
        "draft": dump_draft(draft),
        "state": "waiting",
        "created_at": turn.now,
        "updated_at": turn.now,
        "destination": user,
    }
    number = conversations.begin(turn.connection, made)
    if number is None:  # another turn began it at this moment
        return ensure(context, form, wanted)
    files.hold(turn, "draft", number, files.files_in(draft))
    return Conversation(number, subject, "waiting", user, form, draft, "")


def _understood(context: Context, form: Form, values: dict[str, JSONValue]) -> dict[str, Understood]:
    """Take values from code as answers; a value that the form's limits refuse is left out and asked."""
    found = {}
    for name, value in values.items():
        question = form.by_name.get(name)
        read = check_value(value, asking(form, question, context.turn.now)) if question else None
        if isinstance(read, Understood):
            found[name] = read
    return found


def advance(context: Context, current: Conversation, entry: engine.Input) -> list[Effect]:
    """Let the engine take one step, and save the draft; return what it says and what follows from it."""
    step = engine.advance(current.form, current.draft, entry, context.turn.now, current.id)
    if step.outcome == "submitted":
        return _submitted(context, current, step, entry)
    rests = step.draft.paused and not step.draft.confirming  # a yes or a no must find its way back
    state = "cancelled" if step.outcome == "cancelled" else "waiting" if rests else "open"
    draft = Draft(revision=step.draft.revision) if step.outcome == "cancelled" else step.draft
    if isinstance(entry, engine.Edited) and current.state == "waiting":
        state = "waiting"  # mending an answer of another draft does not turn to it
    said = _posts(context, replace(current, draft=draft), step)
    prompt = live_messages.Prompt(current.prompt_key, current.prompt)
    placed = live_messages.place(context, current.draft, draft, step.says, said, entry, prompt)
    draft, posts = placed.draft, list(placed.posts)
    asked = [p.key for p, say in zip(said, step.says, strict=True) if p in posts and say.question == draft.at]
    prompt_key = asked[-1] if asked else current.prompt_key
    if state == "open" and current.state != "open":
        posts = [*_aside(context, current), *posts]
    save(context, current, draft, state, prompt_key)
    effects: list[Effect] = [*placed.changes, *_said(context, posts)]
    route = form_route(context, current.form.id)
    if step.outcome == "cancelled" and route.abandoned:
        effects += route.abandoned(context.turn, current.subject)
    elif route.answered and draft.answers != current.draft.answers:
        effects += route.answered(context.turn, completed_of(context, replace(current, draft=draft)))
    return effects


def _aside(context: Context, current: Conversation) -> list[Post]:
    """Say that the draft which this one puts behind it waits, with a way back to it."""
    turn = context.turn
    row = conversations.current(turn.connection, turn.programme_id, turn.person_id or 0)
    if row is None:
        return []
    other = conversation_of(context, row)
    title = as_text(other.form.title)
    resume = press(other.id, other.draft.revision, "resume")
    back = Button(say("Back to “{form}”", form=title[:_TITLE]), resume)
    waits = text("“{form}” waits meanwhile, with everything you wrote.", form=title)
    words = message(waits, Buttons((back,)))
    key = keys.ASIDE(other.id, other.draft.revision, current.id, current.draft.revision)
    to = str(turn.user) if turn.user else current.destination
    return [Post(to, words, key, kind=_ASIDE, subject=str(other.id), is_answer=True)]


def save(context: Context, current: Conversation, draft: Draft, state: str, prompt_key: str) -> None:
    """Store the state of a conversation; one that opens is in front of the person's others."""
    turn = context.turn
    row = {
        "row_id": current.id,
        "draft": dump_draft(draft),
        "revision": draft.revision,
        "to": state,
        "prompt_key": prompt_key,
        # The conversation goes on where the person speaks now.
        "destination": str(turn.user) if turn.user else current.destination,
    }
    conversations.save(turn.connection, row, turn.now)
    before = files.files_in(current.draft)
    after = files.files_in(draft) if state not in {"done", "cancelled"} else set()
    if before != after:
        files.hold(turn, "draft", current.id, after)
    if state == "open" and current.state != "open" and turn.person_id is not None:
        conversations.put_behind(turn.connection, turn.programme_id, turn.person_id, current.id)


def _said(context: Context, posts: Sequence[Post]) -> list[Action]:
    """Place what is said in the DM; where that is closed, in the place of what was pressed."""
    if not _goes_on_here(context):
        return list(posts)
    ours = isinstance(context.event, ButtonPressed | ChoiceMade)
    return [Reply(post.message, replace=ours) for post in posts]


def _goes_on_here(context: Context) -> bool:
    """Tell whether a conversation that began in the channel goes on there, as the person's DM is closed."""
    event = context.event
    if event is None or event.reply is None or event.place.readers == "alone" or not is_step(event):
        return False
    return context.capabilities.ephemeral and unreachable(context.turn)


def _posts(context: Context, current: Conversation, step: engine.Step) -> list[Post]:
    to = str(context.turn.user) if context.turn.user else current.destination
    posts = []
    for number, said in enumerate(step.says):
        words = _reviewed(context, current, said) if said.review else said.message
        if said.helps:
            words = Message((*words.blocks, *_who_helps(context.turn)))
        if said.question and said.question == current.draft.at:
            words = replace(words, answer=press(current.id, current.draft.revision, "answer", said.question))
        key = keys.QUESTION(current.id, current.draft.revision, number, said.question)
        posts.append(Post(to, words, key, kind=KIND, subject=str(current.id), is_answer=True))
    return posts


def _who_helps(turn: Turn) -> tuple[Note, ...]:
    """Say who can be asked instead; nothing while the programme has no coordinators yet."""
    if not people.coordinators(turn):
        return ()
    whom = people.contacts(turn)
    said = "If you would rather ask a person, ask {contacts}. Your answers stay saved."
    return (note(said, contacts=whom),)


def _still_asked(turn: Turn, waiting: Waiting) -> Message | None:
    """Keep a late question of a draft only while it is the one that the draft waits at."""
    row = conversations.live(turn.connection, turn.programme_id, int(waiting.subject))
    return waiting.message if row is not None and row.prompt_key == waiting.key else None


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("A question of a form that was begun")


def _until(forms: Mapping[str, FormRoute], turn: Turn, subject: str) -> datetime | None:
    """Return when the draft that a question is of can be sent at the latest."""
    row = conversations.live(turn.connection, turn.programme_id, int(subject))
    route = forms.get(row.form) if row is not None else None
    return route.until(turn, row.subject) if row is not None and route and route.until else None


def _still_waits(turn: Turn, waiting: Waiting) -> Message | None:
    """Keep the word that a draft waits only while it waits."""
    row = conversations.live(turn.connection, turn.programme_id, int(waiting.subject))
    return waiting.message if row is not None and row.state == "waiting" else None


KIND: Final = "talk"
_ASIDE: Final = "talk.aside"
_TITLE: Final = 60  # characters of a form's title on a button


def messages_of(forms: Mapping[str, FormRoute]) -> dict[str, MessageRoute]:
    """Return what is known of the messages of conversations about these forms."""
    until = partial(_until, forms)
    return {
        KIND: MessageRoute(_still_asked, _named, until=until),
        _ASIDE: MessageRoute(_still_waits, lambda _t, _s: say("A note that a draft waits"), until=until),
    }


def _reviewed(context: Context, current: Conversation, say: engine.Say) -> Message:
    route = form_route(context, current.form.id)
    preview = None
    if route.review:
        preview = list(route.review(context.turn, completed_of(context, current)))
    form, draft, spoken = current.form, current.draft, context.language
    made = engine.review_message(
        form, draft, current.id, preview, draft.errors, language=spoken, details=route.details is not None
    )
    blocks = (*say.lead, *made.blocks)
    pages = pages_of(form, context.limits.form_questions)
    if context.capabilities.forms and len(pages) > 1:
        buttons = [
            Button(Plain(as_text(page.title)), TALK(current.id, current.draft.revision, "page", str(number)))
            for number, page in enumerate(pages)
        ]
        blocks += (Buttons(tuple(buttons)),)
    return Message(on_one_screen(blocks, context.language))


def details(context: Context, current: Conversation, page: int) -> Response:
    """Show a page of everything that a draft's review has in short, in its place, with the way back."""
    route = form_route(context, current.form.id)
    done = completed_of(context, current)
    blocks = (
        route.details(context.turn, done)
        if route.details
        else [engine.answers_whole(current.form, current.draft)]
    )
    pages = in_pages(([block] for block in blocks), LINES - 2, context.language)
    page = min(page, len(pages) - 1)

    def way(verb: str, argument: str = "") -> str:
        return press(current.id, current.draft.revision, verb, argument)

    back = Button("Back to the review", way("review"))
    turns = turning(page, len(pages), way("details", str(page - 1)), way("details", str(page + 1)))
    return Response(Message((*pages[page], Buttons((*turns, back)))), replace=True)


def completed_of(context: Context, current: Conversation) -> Completed:
    """Return the draft's answers as a form's handler gets them; unanswered questions give their defaults.

    The form and what was chosen of it are in the words of its handlers, which others read, too.
    """
    form = current.form.source or current.form
    values, shown, raw = completed_answers(form, current.draft, context.turn.now)
    return Completed(form, current.subject, values, shown, raw, current.id, current.draft.remark)


def _submitted(
    context: Context, current: Conversation, step: engine.Step, entry: engine.Input
) -> list[Effect]:
    current = replace(current, draft=step.draft)
    route = form_route(context, current.form.id)
    actions = list(route.completed(context.turn, completed_of(context, current)))
    errors = {n: r for a in actions if isinstance(a, RejectForm) for n, r in a.errors.items()}
    if errors:
        return advance(context, current, engine.Reject(errors))
    save(context, current, step.draft, "done", current.prompt_key)
    actions = replaced_buttons.noted(context, current.draft.origin, actions)
    said = _said(context, _posts(context, current, step))
    return [*said, *live_messages.finished(context, step.draft, current.prompt_key, actions, entry)]

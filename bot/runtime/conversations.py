"""Conversations in life: load a draft, let the engine advance it, save it, and say what it says.

The engine (`bot.chat.conversation`) is pure; here are its row, its messages and its outcomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.chat import conversation as engine
from bot.chat.actions import Action, OpenForm, Post, RejectForm, StartConversation
from bot.chat.adapter import Answer, Opened
from bot.chat.answers import JSONValue, Understood, check_value, show_value
from bot.chat.content import Button, Buttons, Message, action, message, note
from bot.chat.draft import Draft, begin_draft, dump_draft, is_answered, load_draft
from bot.chat.events import FormSubmitted
from bot.chat.forms import Form, Page, asking, pages_of, read_page
from bot.chat.routes import Completed, Declined, FormRoute
from bot.runtime.carry import carry_out
from bot.runtime.context import Context
from storage.queries import Row, conversations

__all__ = ["Talk", "advance", "form_route", "open_page", "start", "submit", "talk_of"]


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation as it stands: its row's id and state, its form now, and its draft."""

    id: int
    subject: str
    state: str
    destination: str
    form: Form
    draft: Draft
    prompt_key: str


def form_route(context: Context, form_id: str) -> FormRoute:
    """The route of a form.

    Raises:
        Declined: no such form exists (any more).
    """
    route = context.routes.forms.get(form_id)
    if route is None:
        raise Declined("That form no longer exists. `/stint help` shows what you can do.")
    return route


def talk_of(context: Context, row: Row) -> Talk:
    """The conversation of a row, with its form as it is now."""
    form = form_route(context, row.form).form(context.turn, row.subject)
    return Talk(row.id, row.subject, row.state, row.destination, form, load_draft(row.draft), row.prompt_key)


def start(context: Context, wanted: OpenForm | StartConversation, answer: Answer) -> Answer:
    """Open a dialog, or begin (or go on with) a conversation in the person's DM."""
    form = form_route(context, wanted.form).form(context.turn, wanted.subject)
    if isinstance(wanted, OpenForm):
        event = context.event
        if context.capabilities.forms and event and event.reply and event.reply.can_open_form:
            return replace(answer, form=_opened(context, form, wanted))
        wanted = StartConversation(wanted.form, wanted.subject)
    talk = _ensure(context, form, wanted)
    entry: engine.Input = engine.Begin()
    if talk.draft.begun:
        given = _understood(context, form, wanted.answers)
        entry = engine.Filled(given) if given else engine.Resume()
    said = advance(context, talk, entry)
    return _pointing_there(context, _both(answer, said))


def _opened(context: Context, form: Form, wanted: OpenForm) -> Opened:
    pages = pages_of(form, context.limits.form_questions)
    row = _row(context, form.id, wanted.subject)
    draft = load_draft(row.draft) if row is not None else Draft()
    values = {**_page_values(context, form, pages[wanted.page], draft), **wanted.values}
    return Opened(form, wanted.subject, wanted.page, values, wanted.errors)


def _page_values(context: Context, form: Form, page: Page, draft: Draft) -> dict[str, str]:
    values: dict[str, str] = {}
    for question in page.questions:
        given = draft.answers.get(question.name) if is_answered(draft, question) else None
        value = given.value if given else question.default
        if value is None:
            continue
        if question.ask.kind in {"choice", "choices"}:
            values[question.name] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        else:
            shown = show_value(value, asking(form, question, context.turn.now))
            values[question.name] = given.raw if given and given.raw else shown
    return values


def _row(context: Context, form_id: str, subject: str) -> Row | None:
    turn = context.turn
    if turn.person_id is None:
        raise ValueError("a form needs a person")
    return conversations.by_subject(turn.connection, turn.programme_id, turn.person_id, form_id, subject)


def _ensure(context: Context, form: Form, wanted: OpenForm | StartConversation) -> Talk:
    """The person's unfinished conversation of this form and subject, made now if there is none."""
    turn, subject = context.turn, wanted.subject
    row = _row(context, form.id, subject)
    if row is not None:
        return talk_of(context, row)
    known = wanted if isinstance(wanted, StartConversation) else StartConversation(form.id, subject)
    draft = begin_draft(form, turn.now, known.answers, known.offered)
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
        return _ensure(context, form, wanted)
    return Talk(number, subject, "waiting", user, form, draft, "")


def _understood(context: Context, form: Form, values: dict[str, JSONValue]) -> dict[str, Understood]:
    """Values from code as answers; one that the form's limits refuse is left out and asked."""
    found = {}
    for name, value in values.items():
        question = form.by_name.get(name)
        read = check_value(value, asking(form, question, context.turn.now)) if question else None
        if isinstance(read, Understood):
            found[name] = read
    return found


def _both(first: Answer, second: Answer) -> Answer:
    blocks = [m.blocks for m in (first.message, second.message) if m]
    merged = Message(tuple(b for group in blocks for b in group)) if blocks else None
    return replace(second, message=merged, replace=first.replace or second.replace)


def _pointing_there(context: Context, answer: Answer) -> Answer:
    """In a channel, say that it goes on in the DM."""
    event = context.event
    if event is None or event.place.kind == "dm" or event.reply is None or answer.message:
        return answer
    words = message("I sent you a direct message; we go on there.")
    return replace(answer, message=words, link=event.actor)


def advance(context: Context, talk: Talk, entry: engine.Input) -> Answer:
    """Let the engine take one step; save the draft, post what it says, act on the outcome."""
    step = engine.advance(talk.form, talk.draft, entry, context.turn.now, talk.id)
    if step.outcome == "submitted":
        return _submitted(context, talk, step)
    state = "cancelled" if step.outcome == "cancelled" else "waiting" if step.draft.paused else "open"
    draft = Draft(revision=step.draft.revision) if step.outcome == "cancelled" else step.draft
    posts = _posts(context, replace(talk, draft=draft), step)
    asked = [post.key for post, say in zip(posts, step.says, strict=True) if say.question == step.draft.at]
    prompt_key = asked[-1] if asked else talk.prompt_key
    _save(context, talk, draft, state, prompt_key)
    actions: list[Action] = list(posts)
    route = form_route(context, talk.form.id)
    if step.outcome == "cancelled" and route.abandoned:
        actions += route.abandoned(context.turn, talk.subject)
    elif route.answered and draft.answers != talk.draft.answers:
        actions += route.answered(context.turn, completed_of(context, replace(talk, draft=draft)))
    return carry_out(context, actions)


def _save(context: Context, talk: Talk, draft: Draft, state: str, prompt_key: str) -> None:
    turn = context.turn
    row = {
        "row_id": talk.id,
        "draft": dump_draft(draft),
        "revision": draft.revision,
        "to": state,
        "prompt_key": prompt_key,
        # The conversation goes on where the person speaks now.
        "destination": str(turn.user) if turn.user else talk.destination,
    }
    conversations.save(turn.connection, row, turn.now)
    if state == "open" and talk.state != "open" and turn.person_id is not None:
        conversations.let_wait(turn.connection, turn.programme_id, turn.person_id, talk.id)


def _posts(context: Context, talk: Talk, step: engine.Step) -> list[Post]:
    to = str(context.turn.user) if context.turn.user else talk.destination
    posts = []
    for number, say in enumerate(step.says):
        words = _reviewed(context, talk) if say.review else say.message
        key = f"talk:{talk.id}:{talk.draft.revision}:{number}:{say.question}"
        posts.append(Post(to, words, key))
    return posts


def _reviewed(context: Context, talk: Talk) -> Message:
    route = form_route(context, talk.form.id)
    preview = None
    if route.review:
        preview = list(route.review(context.turn, completed_of(context, talk)))
    made = engine.review_message(talk.form, talk.draft, talk.id, preview, talk.draft.errors)
    pages = pages_of(talk.form, context.limits.form_questions)
    if not context.capabilities.forms or len(pages) == 1:
        return made
    buttons = [
        Button(page.title, action("talk", talk.id, talk.draft.revision, "page", number))
        for number, page in enumerate(pages)
    ]
    return Message((*made.blocks, note("Change a page:"), Buttons(tuple(buttons))))


def completed_of(context: Context, talk: Talk) -> Completed:
    """The draft's answers as a form's handler gets them; unanswered questions give their defaults."""
    values: dict[str, JSONValue] = {}
    shown: dict[str, str] = {}
    raw: dict[str, str] = {}
    for question in talk.form.questions:
        given = talk.draft.answers.get(question.name) if is_answered(talk.draft, question) else None
        value = given.value if given else question.default
        values[question.name] = value
        raw[question.name] = given.raw if given else ""
        if given:
            shown[question.name] = given.shown
        elif value is not None:
            shown[question.name] = show_value(value, asking(talk.form, question, context.turn.now))
    return Completed(talk.form, talk.subject, values, shown, raw, talk.id)


def _submitted(context: Context, talk: Talk, step: engine.Step) -> Answer:
    talk = replace(talk, draft=step.draft)
    route = form_route(context, talk.form.id)
    actions = list(route.completed(context.turn, completed_of(context, talk)))
    errors = {n: r for a in actions if isinstance(a, RejectForm) for n, r in a.errors.items()}
    if errors:
        return advance(context, talk, engine.Reject(errors))
    _save(context, talk, step.draft, "done", talk.prompt_key)
    posts = _posts(context, talk, step)
    return carry_out(context, [*posts, *actions])


def open_page(context: Context, talk: Talk, number: int) -> Answer:
    """Open one page of the draft's form as a dialog, filled with what stands."""
    wanted = OpenForm(talk.form.id, talk.subject, page=number)
    return carry_out(context, [wanted])


def submit(context: Context, event: FormSubmitted) -> Answer:
    """A dialog page was submitted: a one-page form is complete, a longer one goes on as a draft."""
    route = form_route(context, event.form)
    form = route.form(context.turn, event.context)
    pages = pages_of(form, context.limits.form_questions)
    page = pages[min(event.page, len(pages) - 1)]
    understood, errors = read_page(form, page.questions, event.values, context.turn.now, event.files)
    raw = {n: v if isinstance(v, str) else ", ".join(v) for n, v in event.values.items()}
    if len(pages) == 1 and _row(context, form.id, event.context) is None:
        if errors:
            return Answer(errors=errors)
        return _complete_at_once(context, route, form, event.context, understood, raw)
    talk = _ensure(context, form, OpenForm(form.id, event.context))
    refused = {name: text for name, text in raw.items() if name not in errors}
    filled = engine.Filled(understood, refused)
    if errors:
        draft = engine.advance(form, talk.draft, filled, context.turn.now, talk.id).draft
        _save(context, talk, draft, talk.state, talk.prompt_key)
        return Answer(errors=errors)
    return _page_saved(context, talk, filled, pages)


def _complete_at_once(
    context: Context,
    route: FormRoute,
    form: Form,
    subject: str,
    understood: dict[str, Understood],
    raw: dict[str, str],
) -> Answer:
    values = {q.name: u.value if (u := understood.get(q.name)) else q.default for q in form.questions}
    shown = {name: u.shown for name, u in understood.items()}
    completed = Completed(form, subject, values, shown, raw, 0)
    return carry_out(context, route.completed(context.turn, completed))


def _page_saved(context: Context, talk: Talk, filled: engine.Filled, pages: Sequence[Page]) -> Answer:
    """Save a page; then the next one that still has a needed question, or the review in the DM."""
    step = engine.advance(talk.form, talk.draft, filled, context.turn.now, talk.id)
    missing = next((n for n, page in enumerate(pages) if _needs_answers(page, step.draft)), None)
    if missing is None:
        return _pointing_there(context, advance(context, talk, filled))
    _save(context, talk, step.draft, talk.state, talk.prompt_key)
    if context.capabilities.form_after_form:
        return carry_out(context, [OpenForm(talk.form.id, talk.subject, page=missing)])
    press = action("talk", talk.id, step.draft.revision, "page", missing)
    return Answer(message=message("Saved.", Buttons((Button("Continue", press, style="primary"),))))


def _needs_answers(page: Page, draft: Draft) -> bool:
    return any(q.required and not is_answered(draft, q) for q in page.questions)

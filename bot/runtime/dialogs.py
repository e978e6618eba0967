"""Dialogs in life: a page of a form opened, and taken in once it is submitted.

A form of one page is complete with it. A longer one is a draft, saved page by page, that ends in the
review of its conversation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.actions import OpenForm, RejectForm, StartConversation
from bot.chat.adapter import OpenedForm, Response
from bot.chat.answers import value_as_typed
from bot.chat.codec import TALK
from bot.chat.content import Button, Buttons, Plain, Text, layout, message, text
from bot.chat.conversation import engine
from bot.chat.conversation.draft import Draft, has_spoken, is_answered, load_draft
from bot.chat.conversation.inputs import ALONE, press
from bot.chat.events import FormSubmitted
from bot.chat.forms import Form, Page, Question, as_said, asking, pages_of, read_page, shown_answer
from bot.chat.language import as_text, as_value
from bot.chat.routes import Completed
from bot.chat.sentences import Wording
from bot.chat.values import replace
from bot.runtime import conversations as talks
from bot.runtime import replaced_buttons
from bot.runtime.context import Context
from bot.runtime.effects import Effect
from bot.runtime.saying import form_in_words
from storage.queries import Row, conversations

__all__ = ["open_form", "open_page", "open_question", "refusals", "submit"]


def open_form(context: Context, wanted: OpenForm) -> list[Effect]:
    """Open a page as a dialog; where that cannot be, the conversation begins or goes on."""
    form = form_in_words(context, talks.form_route(context, wanted.form), wanted.subject)
    if not _can_open(context) or wanted.page == ALONE:
        known = {n: v for n, v in wanted.values.items() if n in form.by_name and _is_text(form.by_name[n])}
        return talks.start(context, StartConversation(wanted.form, wanted.subject, answers={**known}))
    pages = pages_of(form, context.limits.form_questions)
    number = min(wanted.page, len(pages) - 1)
    row = talks.row_of(context, form.id, wanted.subject)
    draft = load_draft(row.draft) if row is not None else Draft()
    values = {**_values(context, form, pages[number].questions, draft), **wanted.values}
    form = _as_read(form, draft)
    turns = len(pages) > 1 and _turns(context, row)
    draft_id = row.id if row is not None else 0
    answered = replaced_buttons.answer_pressed(context)
    origin = answered or replaced_buttons.origin_of(context, draft.origin)
    opened = OpenedForm(
        form,
        wanted.subject,
        number,
        values,
        {name: context.language.text(reason) for name, reason in wanted.errors.items()},
        draft_id,
        turns,
        origin,
        answered is not None,
    )
    return [Response(form=opened)]


def _is_text(question: Question) -> bool:
    """Tell whether the text in its field is its answer as well."""
    return question.ask.kind in {"text", "long"}


def _turns(context: Context, row: Row | None) -> bool:
    """Tell whether a form's pages follow one another: until its review, or a question, was said in the DM."""
    return context.capabilities.form_pages and (row is None or not row.prompt_key)


def _as_read(form: Form, draft: Draft) -> Form:
    """Return the form without its notice, once there is an answer: it was there to read before that."""
    return replace(form, notice="") if has_spoken(draft) else form


def open_page(context: Context, current: talks.Conversation, number: int) -> list[Effect]:
    """Open one page of a draft's form, filled with the draft's answers."""
    return open_form(context, OpenForm(current.form.id, current.subject, page=number))


def open_question(context: Context, current: talks.Conversation, name: str) -> list[Effect]:
    """Open a dialog with one question of a conversation: for places where no answer can be typed."""
    question = current.form.by_name.get(name)
    if question is None or not _can_open(context):
        return talks.advance(context, current, engine.Pressed("edit", name, current.draft.revision))
    alone = _as_read(replace(current.form, questions=(question,), page_titles=()), current.draft)
    values = _values(context, alone, alone.questions, current.draft)
    answered = replaced_buttons.answer_pressed(context)
    origin = answered or replaced_buttons.origin_of(context, current.draft.origin)
    opened = OpenedForm(alone, current.subject, ALONE, values, draft=current.id, origin=origin)
    return [Response(form=replace(opened, replaces=answered is not None))]


def _can_open(context: Context) -> bool:
    event = context.event
    reply = event.reply if event else None
    return context.capabilities.forms and reply is not None and reply.can_open_form


def _values(context: Context, form: Form, questions: Sequence[Question], draft: Draft) -> dict[str, str]:
    """Return the contents of a page's fields when it opens, by question name."""
    values: dict[str, str] = {}
    for question in questions:
        given = draft.answers.get(question.name) if is_answered(draft, question) else None
        value = given.value if given else question.default
        if question.name in draft.typed:
            values[question.name] = draft.typed[question.name]
        elif value is None:
            continue
        elif question.ask.kind in {"choice", "choices"}:
            values[question.name] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        elif given and given.raw and question.ask.kind != "date" and not question.ask.ready:
            values[question.name] = given.raw
        else:
            # Of a date the words would mean another one on another day ("next Friday"), and those of a ready
            # answer may be of another language.
            how = asking(form, question, context.turn.now)
            values[question.name] = value_as_typed(value, how, context.language)
    return values


def submit(context: Context, event: FormSubmitted) -> list[Effect]:
    """Take a submitted page: a one-page form is complete, a longer one goes on as a draft."""
    if over := _over(context, event):
        return [over]
    form = form_in_words(context, talks.form_route(context, event.form), event.context)
    row = talks.row_of(context, form.id, event.context)
    event = _with_kept_files(form, event, load_draft(row.draft)) if row else event
    pages = pages_of(form, context.limits.form_questions)
    whole = len(pages) == 1 and (row is None or not load_draft(row.draft).begun)
    # The form may have changed since the page opened: what was not on it is asked, not missing.
    questions = form.questions if whole else _on_page(form, event)
    understood, errors = read_page(form, questions, event.values, context.turn.now, event.files)
    raw = {n: v if isinstance(v, str) else ", ".join(v) for n, v in event.values.items()}
    if whole and not errors:
        return _complete(context, form, event, engine.Filled(understood, raw), row)
    if whole:
        return _refused(context, form, event, raw, errors)
    current = talks.ensure(context, form, StartConversation(form.id, event.context))
    if event.back:
        return _back(context, current, event, engine.Filled(understood, raw))
    if errors:
        taken = engine.Filled(understood, {n: typed for n, typed in raw.items() if n not in errors})
        draft = engine.advance(form, current.draft, taken, context.turn.now, current.id).draft
        talks.save(context, current, draft, current.state, current.prompt_key)
        return _refused(context, form, event, {n: raw.get(n, "") for n in errors}, errors)
    filled = engine.Filled(understood, raw)
    if event.page == ALONE:
        return talks.advance(context, current, filled)
    return _page_saved(context, current, event.page, filled, pages)


def _back(
    context: Context, current: talks.Conversation, event: FormSubmitted, filled: engine.Filled
) -> list[Effect]:
    """Open the page before; everything that was typed on this one is kept, right or not."""
    unread = {name: typed for name, typed in filled.raw.items() if typed and name not in filled.values}
    taken = replace(filled, raw={name: typed for name, typed in filled.raw.items() if name not in unread})
    draft = engine.advance(current.form, current.draft, taken, context.turn.now, current.id).draft
    draft = replace(draft, typed={**draft.typed, **unread}, revision=draft.revision + 1)
    talks.save(context, current, draft, current.state, current.prompt_key)
    before = max(event.page - 1, 0)
    return open_form(context, OpenForm(current.form.id, current.subject, page=before))


def _over(context: Context, event: FormSubmitted) -> Response | None:
    """Say so if a page's draft was sent or deleted in the meantime; None while the draft is there.

    A page after the first belongs to a draft, also one that was opened before pages named theirs.
    """
    turn = context.turn
    if turn.person_id is None:
        return None
    mine = (turn.programme_id, turn.person_id)
    row = conversations.by_id(turn.connection, *mine, event.draft) if event.draft else None
    if row is None and event.page > 0 and talks.row_of(context, event.form, event.context) is None:
        ended = conversations.sent(turn.connection, *mine)
        row = next((r for r in ended if (r.form, r.subject) == (event.form, event.context)), None)
    if row is None or row.state in {"open", "waiting"}:
        return None
    answers = load_draft(row.draft).answers
    typed = [
        words
        for name, words in event.values.items()
        if isinstance(words, str) and words and (name not in answers or answers[name].raw != words)
    ]
    copied: list[Text | Plain] = [Plain(words) for words in typed]
    if copied:
        copied.insert(0, text("What you wrote in it, so that you can copy it:"))
    if why := talks.why_ended(context, row):
        return Response(message=message(*why, "So this page has changed nothing.", *copied))
    said = text("This page belongs to a draft that was deleted meanwhile, so it has changed nothing.")
    if row.state == "done":
        said = text("This page belongs to a draft that was sent meanwhile, so it has changed nothing.")
    return Response(message=message(said, *talks.afterwards(context, row), *copied))


def _with_kept_files(form: Form, event: FormSubmitted, draft: Draft) -> FormSubmitted:
    """Leave out empty fields for a file while a file is kept: a dialog cannot show it."""
    kept = {
        question.name
        for question in form.questions
        if question.ask.kind == "file" and question.name not in event.files and is_answered(draft, question)
    }
    return replace(event, values={name: given for name, given in event.values.items() if name not in kept})


def _on_page(form: Form, event: FormSubmitted) -> tuple[Question, ...]:
    return tuple(q for q in form.questions if q.name in event.values or q.name in event.files)


def _complete(
    context: Context, form: Form, event: FormSubmitted, filled: engine.Filled, row: Row | None
) -> list[Effect]:
    values = {q.name: u.value if (u := filled.values.get(q.name)) else q.default for q in form.questions}
    now = context.turn.now
    shown = {name: as_text(shown_answer(form, name, read.value, now)) for name, read in filled.values.items()}
    done = Completed(
        form.source or form, event.context, values, shown, dict(filled.raw), row.id if row else 0
    )
    actions = talks.form_route(context, form.id).completed(context.turn, done)
    errors = {n: r for a in actions if isinstance(a, RejectForm) for n, r in a.errors.items()}
    if errors:
        return _refused(context, form, event, dict(filled.raw), errors)
    known = None
    if row is not None:
        current = talks.conversation_of(context, row)
        talks.save(context, current, current.draft, "done", current.prompt_key)
        known = current.draft.origin
    return [*replaced_buttons.settling(context, known, actions)]


def _refused(
    context: Context, form: Form, event: FormSubmitted, typed: dict[str, str], errors: Mapping[str, Wording]
) -> list[Effect]:
    """Keep the page open with the reasons; where it cannot, they come with a button that opens it again."""
    if context.capabilities.form_errors:
        return [RejectForm(_on_fields(form, event, errors))]
    current = talks.ensure(context, form, StartConversation(form.id, event.context))
    draft = replace(
        current.draft, typed={**current.draft.typed, **typed}, revision=current.draft.revision + 1
    )
    talks.save(context, current, draft, current.state, current.prompt_key)
    again = press(current.id, draft.revision, "page", str(event.page))
    if event.page == ALONE:
        again = press(current.id, draft.revision, "answer", next(iter(event.values), ""))
    lines = refusals(form, errors)
    edit = Buttons((Button("Edit", again, style="primary"),))
    return [Response(message=message("This is not saved yet. What you typed is kept.", *lines, edit))]


def refusals(form: Form, errors: Mapping[str, Wording]) -> list[Text]:
    """Return a line for each reason, with the question that it is about."""
    lines = []
    for name, reason in errors.items():
        question, why = form.by_name.get(name), as_value(reason)
        line = text(layout("- {reason}", reason=why))
        if question:
            line = text(layout("- {question}: {reason}", question=as_said(question.ask.label), reason=why))
        lines.append(line)
    return lines


def _on_fields(form: Form, event: FormSubmitted, errors: Mapping[str, Wording]) -> dict[str, Wording]:
    """Put the reasons to fields of the page; a reason about something else goes with the first."""
    fields = [question.name for question in _on_page(form, event)]
    placed: dict[str, Wording] = {}
    for name, reason in errors.items():
        at = name if name in fields or not fields else fields[0]
        both = layout("{first}\n{second}", first=as_value(placed.get(at, "")), second=as_value(reason))
        placed[at] = both if at in placed else reason
    return placed


def _page_saved(
    context: Context, current: talks.Conversation, number: int, filled: engine.Filled, pages: Sequence[Page]
) -> list[Effect]:
    """Save a page; then the next one, or the review in the DM."""
    step = engine.advance(current.form, current.draft, filled, context.turn.now, current.id)
    following = next((n for n, page in enumerate(pages) if _needs_answers(page, step.draft)), None)
    if context.capabilities.form_pages and not current.prompt_key and number + 1 < len(pages):
        following = number + 1
    if following is None:
        return talks.advance(context, current, filled)
    talks.save(context, current, step.draft, current.state, current.prompt_key)
    if context.capabilities.form_after_form:
        return open_form(context, OpenForm(current.form.id, current.subject, page=following))
    press_on = TALK(current.id, step.draft.revision, "page", str(following))
    go_on = Buttons((Button("Continue", press_on, style="primary"),))
    saved = text("Saved. Next comes “{page}”.", page=as_said(pages[following].title))
    return [Response(message=message(saved, go_on))]


def _needs_answers(page: Page, draft: Draft) -> bool:
    return any(q.required and not is_answered(draft, q) for q in page.questions)

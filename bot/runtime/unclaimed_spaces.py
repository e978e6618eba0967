"""The handling of a space that belongs to no programme yet: setting up, and nothing else.

Its turns have programme 0 and no person, so they keep no draft, and say only what answers the event. What
was typed into a page that was refused is in the answer, and fills the page again as long as the event's
row keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.chat.actions import OpenForm, RejectForm
from bot.chat.adapter import OpenedForm, Response
from bot.chat.codec import FORM_OPEN, head_of
from bot.chat.commands import what_it_lacks
from bot.chat.content import Button, Buttons, Message, heading, layout, message, text
from bot.chat.events import ButtonPressed, CommandUsed, Event, FormSubmitted, HomeOpened, MessageReceived
from bot.chat.forms import Form, as_said, read_page, shown_answer
from bot.chat.language import as_text
from bot.chat.routes import Completed
from bot.chat.sentences import Wording
from bot.runtime.context import Context
from bot.runtime.dialogs import refusals
from bot.runtime.effects import Effect
from bot.runtime.saying import form_in_words
from bot.runtime.stored_responses import typed_in
from storage.queries import inbox

__all__ = ["handle", "open_form"]

NO_PROGRAMME = message(
    "There is no programme here yet. An admin of this {space} can begin one with `/stint setup`."
)
HOME = message(
    heading("Stint"),
    text("There is no programme here yet. An admin of this {space} begins one: invite me to the channel of "
         "the first cohort, and type `/stint setup` there."),
    text("Then this page shows what is yours: open projects, applications, and what is due."),
)  # fmt: skip
"""A person's home page, where a platform has such pages."""

NOWHERE = message(
    "I do not know yet which programme you belong to. Type a command in its own {space} first, such as "
    "`/project list`; from then on you can write to me here."
)
"""For a DM on a platform whose DMs belong to no space (Discord)."""


def handle(context: Context, event: Event) -> Sequence[Effect]:
    """Answer an event of a space without a programme; everything but setting up says how to begin."""
    routes, turn = context.routes, context.turn
    match event:
        case CommandUsed():
            for spec, handler in routes.commands:
                if spec.path == event.path:
                    if lacks := what_it_lacks(spec, event.options):
                        return [Response(message=message(lacks))]
                    return handler(turn, event)
        case ButtonPressed():
            if (verb := head_of(event.action)) in routes.buttons:
                return routes.buttons[verb](turn, event)
            if verb == FORM_OPEN and (opened := FORM_OPEN.parse(event.action)).form in routes.forms:
                typed = _typed(context, event, opened.page)
                return open_form(context, OpenForm(opened.form, opened.subject, values=typed))
        case FormSubmitted() if event.form in routes.forms:
            return _submit(context, event)
        case HomeOpened():
            return [Response(message=HOME)]
        case _ if event.reply is None and not _is_word_to_the_bot(event):
            return []
        case _:
            pass
    return [Response(message=NO_PROGRAMME if event.place.space else NOWHERE)]


def _is_word_to_the_bot(event: Event) -> bool:
    return isinstance(event, MessageReceived) and event.place.kind == "dm"


def open_form(context: Context, opening: OpenForm) -> list[Effect]:
    """Open a form of one page, filled with what the action says."""
    form = form_in_words(context, context.routes.forms[opening.form], opening.subject)
    return [
        Response(
            form=OpenedForm(
                form,
                opening.subject,
                0,
                dict(opening.values),
                {name: context.language.text(reason) for name, reason in opening.errors.items()},
            )
        )
    ]


def _submit(context: Context, event: FormSubmitted) -> Sequence[Effect]:
    route = context.routes.forms[event.form]
    form = form_in_words(context, route, event.context)
    understood, errors = read_page(form, form.questions, event.values, context.turn.now, event.files)
    raw = {
        name: typed if isinstance(typed, str) else ", ".join(typed) for name, typed in event.values.items()
    }
    if not errors:
        values = {q.name: u.value if (u := understood.get(q.name)) else q.default for q in form.questions}
        now = context.turn.now
        shown = {name: as_text(shown_answer(form, name, u.value, now)) for name, u in understood.items()}
        done = Completed(form.source or form, event.context, values, shown, raw, 0)
        actions = route.completed(context.turn, done)
        errors = {n: r for act in actions if isinstance(act, RejectForm) for n, r in act.errors.items()}
        if not errors:
            return actions
    if context.capabilities.form_errors:
        return [RejectForm(errors)]
    again = FORM_OPEN(form.id, event.context, context.inbox_id)
    return [Response(message=_refusal(form, again, raw, errors), typed=raw)]


def _typed(context: Context, event: ButtonPressed, row_id: int) -> dict[str, str]:
    """Return what the same account typed into the page whose refusal this inbox row keeps."""
    stored = inbox.answer_to(context.turn.connection, row_id, str(event.actor)) if row_id else None
    return typed_in(stored)


def _refusal(form: Form, edit: str, raw: dict[str, str], errors: Mapping[str, Wording]) -> Message:
    lines = refusals(form, errors)
    again = Buttons((Button("Edit", edit, style="primary"),))
    written = [
        text(
            layout("- {question}: {answer}", question=as_said(question.ask.label), answer=raw[question.name])
        )
        for question in form.questions
        if raw.get(question.name) and question.ask.kind != "channel"
    ]
    return message("This is not saved yet.", *lines, "You wrote:", *written, again)

"""The choice of a programme where only the person can tell: ask, keep what was said, and take it up."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.chat.actions import Reply
from bot.chat.adapter import Response
from bot.chat.content import message, text
from bot.chat.events import (
    ButtonPressed,
    CommandUsed,
    Event,
    MessageReceived,
    MessageRef,
    carried,
    parse_destination,
)
from bot.chat.rendering.split import base_action
from bot.programme.core import verbs
from bot.programme.people import which_programme
from bot.runtime.context import Context
from bot.runtime.effects import stacked
from bot.runtime.stored_responses import EarlierWords, said_in
from storage.queries import inbox

__all__ = ["ChosenProgramme", "answered", "ask", "chosen", "kept_words"]


@dataclass(frozen=True, slots=True)
class ChosenProgramme:
    """A programme was chosen; `event` is what was said before, None where that is gone or there was none."""

    event: CommandUsed | MessageReceived | None


def ask(context: Context, event: Event) -> Reply:
    """Ask which programme an event is for; its inbox row keeps what was said."""
    return Reply(which_programme.which_programme_message(context.turn.connection, event, context.inbox_id))


def kept_words(event: Event) -> EarlierWords:
    """Return what was said, for the inbox row.

    Its files are left out: they were no answer to a question.
    """
    if isinstance(event, CommandUsed):
        return EarlierWords(path=event.path, options=event.options)
    if isinstance(event, MessageReceived):
        return EarlierWords(place=str(event.message.place), id=event.message.id, text=event.text)
    return EarlierWords()


def chosen(context: Context, event: Event) -> ChosenProgramme | None:
    """Remember a choice, and find what was said before it; None when the event is no choice."""
    if not isinstance(event, ButtonPressed):
        return None
    choice = verbs.WHICH.match(base_action(event.action))
    if choice is None:
        return None
    which_programme.remember_choice(context.turn)
    found = _said(context.turn.connection, event, choice.said) if choice.said else None
    return ChosenProgramme(found)


def _said(connection: Connection, event: ButtonPressed, row_id: int) -> CommandUsed | MessageReceived | None:
    said = said_in(inbox.answer_to(connection, row_id, str(event.actor)))
    if said.path is not None:
        return CommandUsed(**carried(event), path=said.path, options=said.options or {})
    if said.place is None or said.id is None:
        return None
    ref = MessageRef(parse_destination(said.place), said.id)  # type: ignore[arg-type]  # it is a place's text
    return MessageReceived(**carried(event), message=ref, text=said.text or "")


def answered(context: Context, answer: Response) -> Response:
    """Answer a choice in place of the question; what was said before it is answered with it."""
    if answer.form:
        return answer
    now = "We talk about **{programme}** here now. To change that: `/stint help`."
    opening = message(text(now, programme=context.turn.programme.name))
    whole = stacked(opening, answer.message) if answer.message else opening
    return Response(whole, replace=True, link=answer.link, inspect=answer.inspect)

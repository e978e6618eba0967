"""Messages put into words for their reader: their language, and the accounts that they can tap."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat.adapter import Response
from bot.chat.content import Message
from bot.chat.events import Event, Place, UserRef
from bot.chat.forms import Form
from bot.chat.language import ENGLISH, Language
from bot.chat.languages import language_for
from bot.chat.routes import FormRoute
from bot.chat.translation import mentioned, translated, with_accounts
from bot.chat.values import replace
from bot.programme.people import accounts_for, language_of
from bot.runtime.context import Context
from storage.queries import Row

__all__ = ["answer_in_words", "form_in_words", "in_words", "outside_a_turn"]


def in_words(
    context: Context, message: Message, to: Place | UserRef, readers: Mapping[UserRef, Row] | None = None
) -> Message:
    """Return a message of handlers as the reader of `to` reads it; what is in words already stays.

    `readers`: the accounts that have been looked up, `to` among them if it is known.
    """
    said = translated(message, _language(context, to, readers))
    people = mentioned(said)
    return with_accounts(said, accounts_for(context.turn, people, to)) if people else said


def answer_in_words(context: Context, answer: Response) -> Response:
    """Return the immediate answer as the person who acted reads it; the adapter's labels are theirs, too."""
    if context.event is None:
        return answer
    tag = context.language.tag
    said = in_words(context, answer.message, context.event.actor) if answer.message else None
    form = replace(answer.form, language=tag) if answer.form else None
    return replace(answer, message=said, form=form, language=tag)


def outside_a_turn(message: Message, event: Event) -> Response:
    """Return an answer to an event whose turn failed, as the person who acted reads it."""
    language = language_for(event.actor_locale)
    return Response(translated(message, language), language=language.tag)


def form_in_words(context: Context, route: FormRoute, subject: str) -> Form:
    """Return a form as it is now, as the person who acts reads it."""
    return route.form(context.turn, subject).in_language(context.language)


def _language(context: Context, to: Place | UserRef, readers: Mapping[UserRef, Row] | None) -> Language:
    if context.event is not None and to == context.event.actor:
        return context.language
    if readers is not None and isinstance(to, UserRef):
        return language_for(readers[to].locale) if to in readers else ENGLISH
    return language_of(context.turn, to)

"""Answers as inbox rows keep them: stored, taken out again, and said as messages when their time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import UNSET, Struct, UnsetType, convert, field

from bot.chat.adapter import Response
from bot.chat.codec import FORM_OPEN
from bot.chat.content import Button, Buttons, Message, Sentence, dump_message, layout, message, say, text
from bot.chat.events import Event, FormSubmitted
from bot.chat.language import ENGLISH
from bot.chat.languages import language_for
from bot.chat.routes import MessageRoute, Waiting
from bot.chat.translation import translated
from bot.chat.values import json_data, replace
from bot.programme.core import keys
from bot.programme.core.turn import Turn
from storage.database import UnitOfWork
from storage.queries import inbox, outbox

__all__ = [
    "ANSWER",
    "MESSAGES",
    "EarlierWords",
    "dump_answer",
    "load_answer",
    "rescue",
    "said_in",
    "typed_in",
]


class EarlierWords(Struct, frozen=True, omit_defaults=True):
    """What was said before the question for which programme it is: a command, or words (`place` is text).

    Neither where something else happened.
    """

    path: tuple[str, ...] | None = None
    options: dict[str, str] | None = None
    place: str | None = None
    id: str | None = None
    text: str | None = None


class _Stored(Struct, frozen=True, omit_defaults=True):
    """An answer in an inbox row.

    A form is its id, its subject and its page: `form` is to be opened, `refused` is one whose submitted page
    was not accepted, for the reasons in `errors`, and `typed` what it held. `asked` is there where the answer
    is the question which programme was meant. `language` is the tag of the one that it is in, "" in an answer
    of before: it is there in every other, and is found by (`bot/programme/people/sent_messages.py`).
    """

    message: Message | None = None
    replace: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    awaits: tuple[str, ...] = ()
    form: tuple[str, str, int] | None = None
    refused: tuple[str, str, int] | None = None
    typed: dict[str, str] = field(default_factory=dict)
    asked: EarlierWords | UnsetType = UNSET
    language: str = ""


def dump_answer(answer: Response, event: Event, asked: EarlierWords | UnsetType = UNSET) -> dict[str, Any]:
    """Return an answer as an inbox row keeps it."""
    opened, refused = answer.form, None
    if isinstance(event, FormSubmitted) and answer.errors:
        refused = (event.form, event.context, event.page)
    form = (opened.form.id, opened.subject, opened.page) if opened else None
    said = (answer.message, answer.replace, answer.errors, answer.awaits)
    return json_data(_Stored(*said, form, refused, answer.typed, asked, answer.language))


def load_answer(data: dict[str, Any] | None) -> Response:
    """Return a stored answer; an opened form comes back as a button, since its trigger is used up."""
    return _answer(convert(data or {}, _Stored))


def typed_in(data: dict[str, Any] | None) -> dict[str, str]:
    """Return what the refused page of a stored answer held, by the names of questions."""
    return convert(data or {}, _Stored).typed


def said_in(data: dict[str, Any] | None) -> EarlierWords:
    """Return what was said before a stored question for which programme it is; nothing of other answers."""
    return convert(data or {}, _Stored).asked or EarlierWords()


def _answer(stored: _Stored) -> Response:
    content = stored.message
    if stored.form:
        content = _put(message("The form is ready.", _opening(*stored.form)), stored)
    answer = Response(content, replace=stored.replace, errors=stored.errors, awaits=stored.awaits)
    return replace(answer, language=stored.language or ENGLISH.tag)


def _put(said: Message, stored: _Stored) -> Message:
    """Return what is said of a stored answer in that answer's language."""
    return translated(said, language_for(stored.language))


def _opening(form: str, subject: str, page: int) -> Buttons:
    opening = FORM_OPEN(form, subject, page)
    return Buttons((Button("Open the form", opening, style="primary"),))


def _still_awaited(turn: Turn, waiting: Waiting) -> Message | None:
    """Keep a late answer to what a person did for a day; they have gone on since."""
    return waiting.message if turn.now - waiting.since <= _ANSWERED_WITHIN else None


def _named(_turn: Turn, _subject: str) -> Sentence:
    return say("An answer")


ANSWER: Final = "answer"
"""The kind of an answer that is said as a message."""

_ANSWERED_WITHIN: Final = timedelta(days=1)
MESSAGES: Final = {ANSWER: MessageRoute(_still_awaited, _named)}
"""The routes of answers that became messages."""


def rescue(work: UnitOfWork, now: datetime) -> int:
    """Turn answers that could not be given in time into messages in the person's DM; return how many."""
    rows = inbox.owed_since(work.connection, now)
    owed = []
    for row in rows:
        words = _in_words(row.answer)
        if words is not None and row.programme_id is not None:
            owed.append(
                {
                    "programme_id": row.programme_id,
                    "key": keys.LATE_ANSWER(row.id),
                    "kind": ANSWER,
                    "destination": row.actor,
                    "operation": "send",
                    "message": dump_message(words),
                    "created_at": now,
                    "due_at": now,
                    "cause": keys.EVENT(row.id),
                }
            )
    if rows:
        inbox.mark_given(work.connection, [row.id for row in rows], "posted")
    if owed:
        outbox.enqueue(work.connection, owed)
    return len(rows)


def _in_words(data: dict[str, Any] | None) -> Message | None:
    """Return a stored answer as a message: one that could not be given says what it would have said."""
    stored = convert(data or {}, _Stored)
    answer = _answer(stored)
    if stored.refused and answer.message is None:
        reasons = (text(layout("- {reason}", reason=reason)) for reason in answer.errors.values())
        return _put(message("This is not saved yet:", *reasons, _opening(*stored.refused)), stored)
    return answer.message

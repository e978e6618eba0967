"""Answers as inbox rows keep them: stored, taken out again, and said as messages when their time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from bot.chat.adapter import Answer
from bot.chat.content import (
    Button,
    Buttons,
    Message,
    Part,
    Plain,
    action,
    dump_message,
    load_message,
    message,
    text,
)
from bot.chat.events import Event, FormSubmitted
from bot.chat.routes import MessageRoute, Waiting
from bot.programme.core.turn import Turn
from storage.database import Work
from storage.queries import inbox, outbox

__all__ = ["ANSWER", "MESSAGES", "dump_answer", "load_answer", "rescue"]


def dump_answer(answer: Answer, event: Event) -> dict[str, Any]:
    """An answer as an inbox row keeps it."""
    opened = answer.form
    refused = None
    if isinstance(event, FormSubmitted) and answer.errors:
        refused = [event.form, event.context, event.page]
    return {
        "message": dump_message(answer.message) if answer.message else None,
        "replace": answer.replace,
        "errors": answer.errors,
        "awaits": list(answer.awaits),
        "form": [opened.form.id, opened.subject, opened.page] if opened else None,
        "refused": refused,
        **({"typed": answer.typed} if answer.typed else {}),
    }


def load_answer(stored: dict[str, Any] | None) -> Answer:
    """A stored answer again; an opened form comes back as a button, since its trigger is used up."""
    if not stored:
        return Answer()
    content = load_message(stored["message"]) if stored["message"] else None
    if stored["form"]:
        content = message("The form is ready.", _opening(stored["form"]))
    awaits = tuple(stored.get("awaits", ()))
    return Answer(message=content, replace=stored["replace"], errors=stored["errors"], awaits=awaits)


def _opening(form: list[Any]) -> Buttons:
    return Buttons((Button("Open the form", action("form-open", *form), style="primary"),))


def _still_awaited(turn: Turn, waiting: Waiting) -> Message | None:
    """The answer to something that somebody did holds for a day; they have gone on since."""
    return waiting.message if turn.now - waiting.since <= _ANSWERED_WITHIN else None


def _named(_turn: Turn, _subject: str) -> tuple[Part, ...]:
    return ("an answer",)


ANSWER: Final = "answer"
"""The kind of an answer that is said as a message."""

_ANSWERED_WITHIN: Final = timedelta(days=1)
MESSAGES: Final = {ANSWER: MessageRoute(_still_awaited, _named)}
"""What is known of answers that became messages."""


def rescue(work: Work, now: datetime) -> int:
    """Answers that could not be given in time become messages in the person's DM; how many."""
    rows = inbox.owed_since(work.connection, now)
    owed = []
    for row in rows:
        words = _in_words(row.answer)
        if words is not None and row.programme_id is not None:
            owed.append(
                {
                    "programme_id": row.programme_id,
                    "key": f"late:{row.id}",
                    "kind": ANSWER,
                    "destination": row.actor,
                    "operation": "send",
                    "message": dump_message(words),
                    "created_at": now,
                    "due_at": now,
                }
            )
    if rows:
        inbox.given(work.connection, [row.id for row in rows], "posted")
    if owed:
        outbox.owe(work.connection, owed)
    return len(rows)


def _in_words(stored: dict[str, Any] | None) -> Message | None:
    """A stored answer as a message: one that could not be given says what it would have said."""
    answer = load_answer(stored)
    if stored and stored["refused"] and answer.message is None:
        reasons = (text("- ", Plain(reason)) for reason in answer.errors.values())
        return message("This is not saved yet:", *reasons, _opening(stored["refused"]))
    return answer.message

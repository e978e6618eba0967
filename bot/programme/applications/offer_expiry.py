"""Expiry of an offer: its time begins when the offer has arrived, or is read elsewhere, and not before.

One that does not arrive is kept until its project starts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.chat.actions import Action
from bot.chat.content import Buttons, Message, Sentence, message, say, text
from bot.chat.routes import MessageRoute, Routes, Waiting
from bot.programme import people, projects
from bot.programme.applications import lookup, news, offer_time
from bot.programme.applications.offer_messages import offer_blocks, offer_buttons, offer_line
from bot.programme.core import keys, subjects
from bot.programme.core.lifecycle import change
from bot.programme.core.turn import Turn
from bot.programme.notifications import backlog, daily_message, waits
from storage.queries import held
from storage.tables import Application

__all__ = ["OFFER", "ROUTES", "WAIT", "kept_until", "remind", "run_until", "shown"]

OFFER: Final = "offer"
"""The kind of an offer's message; its subject is the application's id."""

WAIT: Final = "offer"
"""The kind of the waits for the answer to an offer."""


def _from_now(turn: Turn, application: Application) -> datetime:
    """Return the last instant of an offer that is read now (UTC)."""
    return offer_time.ends_at(turn, people.person_of(turn, application.person_id), turn.now)


def kept_until(turn: Turn, application: Application) -> datetime:
    """Return until when an offer is kept that has not arrived: the project's start, or all its hours."""
    starts = projects.project_of(turn, application.project_id).starts_at
    return max(starts, _from_now(turn, application))


def _read_late(turn: Turn, subject: str) -> list[Action]:
    """Give an offer that arrives late the whole of its time."""
    application = lookup.application_of(turn, int(subject))
    if application.status != "offered":
        return []
    return change(turn, application, offer_until=_from_now(turn, application))


def _still_open(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late offer if it is still open; else None."""
    application = lookup.application_of(turn, int(waiting.subject))
    if application.status != "offered":
        return None
    project = projects.project_of(turn, application.project_id)
    return message(*offer_blocks(turn, project, application))


def _named(turn: Turn, subject: str) -> Sentence:
    application = lookup.application_of(turn, int(subject))
    project = projects.project_of(turn, application.project_id)
    return say(
        "An offer of a place in **{project}**; its one hour begins when it is read",
        "An offer of a place in **{project}**; its {count} hours begin when it is read",
        project=projects.title_part(project),
        count=turn.programme.offer_hours,
    )


def _arrived(turn: Turn, subject: str) -> list[Action]:
    """Start the time of an offer that has arrived; it runs to the instant that the offer names."""
    application = lookup.application_of(turn, int(subject))
    if application.status != "offered":
        return []
    until = application.offer_until or _from_now(turn, application)
    return [*change(turn, application, offer_until=until), *run_until(turn, application, until)]


def shown(turn: Turn, application: Application) -> list[Action]:
    """Start the time of an offer that had not arrived and is shown to its student in a reply.

    The message that was to bring it is not sent any more.
    """
    if application.status != "offered":
        return []
    about = (turn.connection, turn.programme_id, OFFER, str(application.id))
    if application.offer_until is not None and not held.is_any_about(*about):
        return []
    turn.before_writing()
    kept = held.about(*about)
    held.answer(turn.connection, [row.id for row in kept], turn.now)
    until = _from_now(turn, application)
    return [
        *change(turn, application, offer_until=until),
        *run_until(turn, application, until),
        backlog.read_elsewhere(turn, turn.person),
    ]


def _stop_until_read(turn: Turn, subject: str) -> list[Action]:
    """Keep the offer open, until the project starts, where the bot could not write to the student."""
    application = lookup.application_of(turn, int(subject))
    if application.status != "offered":
        return []
    until = kept_until(turn, application)
    return [*change(turn, application, offer_until=None), *run_until(turn, application, until)]


def run_until(turn: Turn, application: Application, until: datetime) -> list[Action]:
    """Let the time of an offer run to `until`."""
    return waits.move_due(turn, WAIT, subjects.APPLICATION(application.id), until)


def remind(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Remind the student of an open offer that will expire soon."""
    application = lookup.application_of(turn, subjects.APPLICATION.id_of(reached.about))
    until = application.offer_until
    if application.status != "offered" or until is None or until <= turn.now:
        return []
    project = projects.project_of(turn, application.project_id)
    student = people.person_of(turn, application.person_id)
    return list(
        daily_message.notify(
            turn,
            student,
            keys.OFFER_REMINDER(application.id, until),
            subjects.APPLICATION(application.id),
            text(
                "Your offer for **{project}** runs out on {when}.",
                project=projects.title_part(project),
                when=news.shown_date(turn, until, student),
            ),
            offer_line(turn, application),
            Buttons(tuple(offer_buttons(turn, application, more=True))),
            useful_until=news.latest_useful_instant(turn, until),
        )
    )


ROUTES = Routes(
    messages={OFFER: MessageRoute(_still_open, _named, _arrived, _stop_until_read, late=_read_late)}
)

"""The task about a message to the coordinators, open until one of them has written back."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.content import Button, Buttons, text
from bot.programme import people, projects
from bot.programme.applications import confidential
from bot.programme.applications.messages.exchange import Exchange, subject_of
from bot.programme.core import subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from storage.tables import Letter

__all__ = ["task_of"]


def task_of(turn: Turn, exchange: Exchange, stored: Letter) -> list[Action]:
    """Open an item for a message to the coordinators, until one of them has written back."""
    person = exchange.person
    if person is None:
        return []
    if person.id != turn.person.id:
        tasks.close_task(turn, subject_of(exchange))
        return []
    confided = confidential.is_kept_from_company(exchange.project, exchange.application, person)
    hidden = confidential.hidden_from(turn, exchange.project, exchange.application, person)
    about = tasks.TaskSubject(hidden.person_id, hidden.company_id) if confided or hidden.person_id else None
    return tasks.open_task(
        turn,
        subject_of(exchange),
        "letter",
        subjects.APPLICATION(exchange.application.id),
        text(
            "**{person}** wrote to the coordinators about **{project}**, and has no answer yet.",
            person=people.person_name(person),
            project=projects.title_part(exchange.project),
        ),
        Buttons(
            (
                Button("Read it", verbs.MESSAGES_ALL(exchange.application.id, person.id), style="primary"),
                Button("Reply", verbs.MESSAGE_REPLY(stored.id)),
            )
        ),
        about=about,
    )

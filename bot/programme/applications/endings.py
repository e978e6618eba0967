"""How an application ends with an answer that is nobody's decision about the student: release, leaving."""

from __future__ import annotations

from sqlalchemy import update

from bot.chat.actions import Action, CancelReminders
from bot.chat.content import Block
from bot.programme import people
from bot.programme.applications import form, telling
from bot.programme.lifecycle import move
from bot.programme.turn import Turn
from storage.tables import Application, Letter, Project, conversations

__all__ = ["erase", "erase_answers", "release", "settle"]


def settle(turn: Turn, project: Project, application: Application, status: str) -> list[Action]:
    """Move an application to where its story ends, and let go of what waited for it."""
    move(application, status)
    application.decided_at = turn.now
    application.waiting = None
    application.held = None
    application.offer_until = None
    turn.session.flush()
    telling.answered(turn, project, application)
    subject = f"application:{application.id}"
    return [
        CancelReminders(subject=subject, kind=kind)
        for kind in ("decision.due", "offer.reminder", "offer.expiry")
    ]


def release(turn: Turn, project: Project, application: Application, *why: Block) -> list[Action]:
    """Free a student who waited in vain, with an honest note and open projects like this one."""
    actions = settle(turn, project, application, "released")
    actions += telling.tell_student(
        turn,
        application,
        f"application:{application.id}:released:{turn.now.isoformat()}",
        *why,
        *telling.similar_blocks(turn, project, people.person_of(turn, application.person_id)),
    )
    return actions


def erase_answers(turn: Turn, application: Application) -> None:
    """Erase what the student wrote: the answers, and the draft they came from."""
    application.answers = [{**answer, "value": None, "shown": ""} for answer in application.answers]
    turn.session.flush()
    turn.connection.execute(
        update(conversations)
        .where(
            conversations.c.programme_id == turn.programme_id,
            conversations.c.person_id == application.person_id,
            conversations.c.form == form.FORM,
            conversations.c.subject == str(application.project_id),
            conversations.c.state.in_(("done", "cancelled")),
        )
        .values(draft={})
    )


def erase(turn: Turn, application: Application) -> None:
    """Erase everything that was written about an application: answers, the reason given, letters."""
    erase_answers(turn, application)
    application.reason = ""
    turn.session.flush()
    turn.session.execute(
        update(Letter)
        .where(Letter.programme_id == turn.programme_id, Letter.application_id == application.id)
        .values(text="")
    )

"""Outcomes that are not a decision about the student: release, and leaving."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, select, update

from bot.chat.actions import Action, CancelTimers
from bot.chat.content import dump_message, message
from bot.chat.values import replace
from bot.programme import people
from bot.programme.applications import application_form, late_offers, news
from bot.programme.applications.decisions import release_reasons
from bot.programme.applications.decisions.release_reasons import Reason
from bot.programme.core import keys, subjects
from bot.programme.core.lifecycle import change, move
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.people import evidence, files
from storage.dialects import begins
from storage.tables import Application, Letter, Project, conversations, outbox

__all__ = ["empty_messages", "erase", "erase_answers", "release", "settle", "settle_release"]

_SETTLED: Final = ("sent", "failed", "unknown", "withdrawn")


def settle(turn: Turn, project: Project, application: Application, status: str) -> list[Action]:
    """Move an application to its end, and settle what waited for it."""
    application.decided_at = turn.now
    application.waiting = None
    application.held = None
    moved = [*change(turn, application, offer_until=None), *move(turn, application, status)]
    news.answered(turn, project, application)
    subject = subjects.APPLICATION(application.id)
    return [*moved, CancelTimers(subject=subject, kind=Timer.DECISION_DUE)]


def release(turn: Turn, project: Project, application: Application, reason: Reason) -> list[Action]:
    """Release a student who waited in vain, with an honest note and open projects like this one."""
    actions = settle_release(turn, project, application, reason)
    actions += news.tell_student(
        turn,
        application,
        keys.APPLICATION_RELEASED(application.id, turn.source),
        *release_reasons.to_student(turn, project, application),
        *late_offers.ask(turn, application),
        *news.similar_blocks(turn, project, people.person_of(turn, application.person_id)),
        unasked=True,
    )
    return actions


def settle_release(turn: Turn, project: Project, application: Application, reason: Reason) -> list[Action]:
    """Move an application to its release and write down the reason; the caller informs the student."""
    application.release_reason, application.release_by = reason, project.decide_at
    return settle(turn, project, application, "released")


def erase_answers(turn: Turn, application: Application) -> None:
    """Erase what the student wrote: the answers, and the drafts they came from with what was said there.

    While a report about the application is open they are kept, and erased when the report has its answer.
    """
    if evidence.is_held(turn, application.id):
        evidence.postpone(turn, application.id, "answers")
        return
    application.answers = [replace(answer, value=None, shown="") for answer in application.answers]
    turn.session.flush()
    files.let_go(turn, "application", [application.id])
    drafts = (
        conversations.c.programme_id == turn.programme_id,
        conversations.c.person_id == application.person_id,
        conversations.c.form == application_form.FORM,
        conversations.c.subject == str(application.project_id),
        conversations.c.state.in_(("done", "cancelled")),
    )
    ids = turn.connection.execute(select(conversations.c.id).where(*drafts)).scalars().all()
    turn.connection.execute(update(conversations).where(*drafts).values(draft={}))
    empty_messages(turn, *(begins(outbox.c.key, keys.QUESTION.begin(number)) for number in ids))


def erase(turn: Turn, application: Application) -> None:
    """Erase everything that was written about an application: answers, the reason given, messages.

    While a report about the application is open it is kept, and erased when the report has its answer.
    """
    if evidence.is_held(turn, application.id):
        evidence.postpone(turn, application.id, "application")
        return
    erase_answers(turn, application)
    application.reason = ""
    turn.session.flush()
    written = (Letter.programme_id == turn.programme_id, Letter.application_id == application.id)
    numbers = list(turn.session.scalars(select(Letter.id).where(*written)))
    turn.session.execute(update(Letter).where(*written).values(text=""))
    sent: list[ColumnElement[bool]] = [outbox.c.key.in_([keys.MESSAGE(number) for number in numbers])]
    sent += [begins(outbox.c.key, keys.MESSAGE.begin(number)) for number in numbers]
    empty_messages(turn, *sent, outbox.c.key == keys.NOT_SELECTED(application.id))


def empty_messages(turn: Turn, *conditions: ColumnElement[bool]) -> None:
    """Empty these messages: the ledger keeps that they were sent, and no longer what they said."""
    for condition in conditions:
        turn.connection.execute(
            update(outbox)
            .where(outbox.c.programme_id == turn.programme_id, outbox.c.state.in_(_SETTLED), condition)
            .values(message=dump_message(message()))
        )

"""Outcomes that are not a decision about the student: release, and leaving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import select, update

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
from bot.programme.people import evidence, files, sent_messages
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
    )
    return actions


def settle_release(turn: Turn, project: Project, application: Application, reason: Reason) -> list[Action]:
    """Move an application to its release and write down the reason; the caller informs the student."""
    application.release_reason, application.release_by = reason, project.decide_at
    return settle(turn, project, application, "released")


def erase_answers(turn: Turn, *applications: Application) -> None:
    """Erase what a student wrote: the answers, and the drafts they came from with what was said there.

    While a report about an application is open they are kept, and erased when the report has its answer.
    """
    _erase_answers(turn, _not_held(turn, applications, "answers"))


def _not_held(turn: Turn, applications: Sequence[Application], what: evidence.What) -> list[Application]:
    """Return the applications about which no report is open; note `what` is to be erased of the others."""
    held = evidence.held_among(turn, [each.id for each in applications])
    for number in sorted(held):
        evidence.postpone(turn, number, what)
    return [each for each in applications if each.id not in held]


def _erase_answers(turn: Turn, applications: Sequence[Application]) -> None:
    for application in applications:
        application.answers = [replace(answer, value=None, shown="") for answer in application.answers]
    turn.session.flush()
    files.let_go(turn, "application", [each.id for each in applications])
    drafts = (
        conversations.c.programme_id == turn.programme_id,
        conversations.c.person_id.in_({each.person_id for each in applications}),
        conversations.c.form == application_form.FORM,
        conversations.c.subject.in_([str(each.project_id) for each in applications]),
        conversations.c.state.in_(("done", "cancelled")),
    )
    ids = turn.connection.execute(select(conversations.c.id).where(*drafts)).scalars().all()
    turn.connection.execute(update(conversations).where(*drafts).values(draft={}))
    empty_messages(turn, [keys.QUESTION.stem(number) for number in ids])


def erase(turn: Turn, *applications: Application) -> None:
    """Erase everything that was written about a student's applications: answers, the reason given, messages.

    While a report about one is open it is kept, and erased when the report has its answer.
    """
    free = _not_held(turn, applications, "application")
    _erase_answers(turn, free)
    for application in free:
        application.reason = ""
    turn.session.flush()
    ids = [each.id for each in free]
    written = (Letter.programme_id == turn.programme_id, Letter.application_id.in_(ids))
    numbers = turn.session.scalars(select(Letter.id).where(*written)).all()
    turn.session.execute(update(Letter).where(*written).values(text=""))
    letters = [keys.MESSAGE.stem(number) for number in numbers]
    empty_messages(turn, [*letters, *map(keys.NOT_SELECTED, ids)])


def empty_messages(turn: Turn, stems: Iterable[str]) -> None:
    """Empty the messages with such keys: the ledger keeps that they were sent, and not what they said."""
    mine = (outbox.c.id.in_(sent_messages.keyed(turn, stems)), outbox.c.state.in_(_SETTLED))
    turn.connection.execute(update(outbox).where(*mine).values(message=dump_message(message())))

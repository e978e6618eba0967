"""Reminders of a report: sent again every day, with its age, until the report has its answer."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.chat.actions import Action, CancelTimers, Post, SetTimer
from bot.chat.content import Buttons, Message, Sentence, message, say, text
from bot.chat.events import TimerFired
from bot.chat.routes import Waiting
from bot.clock import at_local, first_nominal, next_local
from bot.programme import people, projects
from bot.programme.applications import confidential, messages
from bot.programme.applications.reports.lookup import (
    for_coordinator,
    lead,
    parties,
    readers_of,
    report_of,
    ways,
)
from bot.programme.core import keys, subjects
from bot.programme.core.timers import ForDate, Timer
from bot.programme.core.turn import Turn
from storage.queries import held
from storage.tables import Person, Report

__all__ = [
    "LATE",
    "REPEAT",
    "TOLD",
    "first",
    "holds",
    "key",
    "late_holds",
    "named",
    "report_repeat_due",
    "reschedule_reminders",
    "subject",
    "to_coordinator",
]

REPEAT: Final = Timer.REPORT_REPEAT
TOLD: Final = "report"
"""The kind of message that informs a coordinator of a report."""

LATE: Final = "report.late"
"""The kind of message in which the person who reported reads that there is no answer yet."""


def subject(report: Report) -> str:
    """Return the subject by which a report's timers are found."""
    return subjects.REPORT(report.id)


def key(report: Report, reader: Person) -> str:
    """Return the key of the first message to a coordinator about a report."""
    return keys.REPORT(report.id, reader.id)


def to_coordinator(turn: Turn, report: Report, reader: Person, words: Message, outbox_key: str) -> Post:
    """Return the message to a coordinator about a report; it holds while the report has no answer."""
    return Post(people.address(turn, reader), words, outbox_key, kind=TOLD, subject=str(report.id))


def holds(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late message to a coordinator until the report has its answer, or a newer message was sent."""
    report = report_of(turn, waiting.subject)
    if report.ended_at is not None or held.is_followed(turn.connection, turn.programme_id, waiting.key):
        return None
    repeated = keys.REPORT_AGAIN.match(waiting.key) is not None
    return _again(turn, report) if repeated else waiting.message


def late_holds(turn: Turn, waiting: Waiting) -> Message | None:
    """Return the message that a report has no answer yet until it has."""
    return waiting.message if report_of(turn, waiting.subject).ended_at is None else None


def named(turn: Turn, subject: str) -> Sentence:
    """Return the message's name in a task, for a coordinator who may read the report.

    Raises:
        Declined: it is for another reader, and this coordinator may not know of it.
    """
    for_coordinator(turn, report_of(turn, subject))
    return say("A report")


def first(turn: Turn, report: Report) -> SetTimer:
    """Return the timer of the report's next daily message, at the hour of the programme's daily message."""
    zone, wall = ZoneInfo(turn.programme.zone), time.fromisoformat(turn.programme.daily_at)
    nominal = first_nominal(turn.now, wall, zone)
    if nominal <= report.created_at.astimezone(zone).date():  # the coordinators were informed today already
        nominal = next_local(nominal)
    return _timer(report, nominal, wall, zone)


def _timer(report: Report, nominal: date, wall: time, zone: ZoneInfo) -> SetTimer:
    due = at_local(nominal, wall, zone)
    return SetTimer(keys.REPORT_REPEAT(report.id, nominal), due, REPEAT, subject(report), ForDate(nominal))


def report_repeat_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Send the report to its coordinators again; once late, inform the person who reported."""
    report = report_of(turn, subjects.REPORT.id_of(event.subject))
    if report.ended_at is not None:
        return []
    nominal = turn.now.astimezone(ZoneInfo(turn.programme.zone)).date()
    reading, words = readers_of(turn, report), _again(turn, report)
    posts = [
        to_coordinator(turn, report, reader, words, keys.REPORT_AGAIN(report.id, reader.id, nominal))
        for reader in reading
    ]
    return [*posts, *_late(turn, report, reading), first(turn, report)]


def _again(turn: Turn, report: Report) -> Message:
    """Return a report with its present age."""
    today = turn.now.astimezone(ZoneInfo(turn.programme.zone)).date()
    return message(lead(turn, report), text(_age(turn, report.created_at, today)), *ways(turn, report))


def _age(turn: Turn, since: datetime, today: date) -> Sentence:
    """Return how long a report has waited, in days of the programme's zone."""
    days = (today - since.astimezone(ZoneInfo(turn.programme.zone)).date()).days
    return say(
        "It has waited for an answer since yesterday.",
        "It has waited for an answer for {count} days.",
        count=max(1, days),
    )


def _late(turn: Turn, report: Report, reading: list[Person]) -> list[Action]:
    """Inform the person who reported, once, after the promised day, that there is no answer yet."""
    project, application, reporter, _ = parties(turn, report)
    if turn.now <= report.due_at or reporter.erased_at is not None or not reading:
        return []
    due, readers = (
        people.shown_day_there(turn, report.due_at, turn.programme.zone, reporter),
        confidential.named(reading, mention=True),
    )
    if readers is None:
        promised = text("You were promised one by {day}. I remind the coordinators of it every day.", day=due)
    else:
        promised = text(
            "You were promised one by {day}. I remind {readers} of it every day.", day=due, readers=readers
        )
    words = message(
        text(
            "I am sorry: your report about **{project}** has no answer yet.",
            project=projects.title_part(project),
        ),
        promised,
        Buttons((messages.write_button(application, "coordinators"),)),
    )
    return [
        Post(
            people.address(turn, reporter),
            words,
            keys.REPORT_LATE(report.id),
            kind=LATE,
            subject=str(report.id),
        )
    ]


def reschedule_reminders(turn: Turn) -> list[Action]:
    """Set the timers of open reports again after a change of the daily message's hour or the zone."""
    query = select(Report).where(Report.programme_id == turn.programme_id, Report.ended_at.is_(None))
    actions: list[Action] = []
    for report in turn.session.scalars(query.order_by(Report.id)):
        actions += [CancelTimers(subject=subject(report), kind=REPEAT), first(turn, report)]
    return actions

"""Answers to reports: a report ends with an answer to the person who reported, and with nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action, CancelTimers, OpenForm, Post, Reply, SetTimer, Update
from bot.chat.content import Buttons, Message, Note, Plain, Sentence, Text, message, note, say, text
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.forms import Ask, Form, Question
from bot.chat.routes import Completed, Declined, Waiting
from bot.programme import people, projects
from bot.programme.applications import kept_data, messages, news, outcomes
from bot.programme.applications.reports import reminders
from bot.programme.applications.reports.lookup import for_coordinator, lead, parties, report_of
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from storage.tables import Person, Report, outbox

__all__ = [
    "ANSWER",
    "FORM",
    "answer_form",
    "named",
    "report_answer_pressed",
    "report_answer_submitted",
    "report_forget_due",
    "still_kept",
]

FORM: Final = "report-answer"
ANSWER: Final = "report.answer"
"""The kind of what either side of a report reads at its end; its subject is the report's id."""

_KEPT_FOR: Final = timedelta(days=365 * 2)
"""How long the words of an answer are kept after the end."""

_QUESTIONS: Final = (
    Question(
        "answer",
        Ask(
            "What does the person who reported it read?",
            label="Your answer",
            kind="long",
            example="I have spoken with the company. They will not write to you again.",
        ),
        min_length=3,
        max_length=2000,
    ),
    Question(
        "other",
        Ask(
            "What does the other side read? Leave it empty, and nothing is sent there.",
            earlier=("What does the other side read? Leave it empty, and they hear nothing.",),
            label="To the other side",
            kind="long",
        ),
        required=False,
        max_length=2000,
    ),
)


def report_answer_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask a coordinator for the answer to a report."""
    report = for_coordinator(turn, report_of(turn, verbs.REPORT_ANSWER.read(event).report))
    _must_be_open(turn, report)
    return [OpenForm(FORM, str(report.id))]


def _must_be_open(turn: Turn, report: Report) -> None:
    if report.ended_at is None:
        return
    on = news.shown_day(turn, report.ended_at, turn.person)
    if not report.ended_by_id:
        raise Declined(text("This report was answered already, on {day}. Nothing was changed.", day=on))
    by = people.person_name(people.person_of(turn, report.ended_by_id), mention=True)
    raise Declined(
        text(
            "{coordinator} answered this report already, on {day}. Nothing was changed.",
            coordinator=by,
            day=on,
        )
    )


def answer_form(turn: Turn, subject: str) -> Form:
    """Return the form of what each side reads. `subject`: the report's id."""
    for_coordinator(turn, report_of(turn, subject))
    return Form(
        FORM,
        "Answer a report",
        _QUESTIONS,
        notice="It ends the report. Each side reads exactly what you write to them, with your name.",
        submit="Send and end it",
    )


def report_answer_submitted(turn: Turn, done: Completed) -> list[Action]:
    """End the report: both sides read what is for them, and what waited to be erased is erased."""
    report = for_coordinator(turn, report_of(turn, done.subject, lock=True))
    _must_be_open(turn, report)
    report.answer, report.other_answer = str(done.values["answer"]), str(done.values.get("other") or "")
    report.ended_at, report.ended_by_id = turn.now, turn.person.id
    turn.session.flush()
    for key in (keys.REPORT_TASK(report.id), keys.MESSAGE_REPORTED(report.letter_id)):
        tasks.close_task(turn, key)
    _, _, reporter, _ = parties(turn, report)
    told = [*_tell_reporter(turn, report), *_tell_other(turn, report), *_tell_readers(turn, report)]
    until = turn.now + _KEPT_FOR
    return [
        Reply(message("The report has ended.", _brought_to(turn, reporter))),
        CancelTimers(subject=reminders.subject(report), kind=reminders.REPEAT),
        SetTimer(keys.REPORT_FORGET(report.id), until, Timer.REPORT_FORGET, reminders.subject(report)),
        *told,
        *kept_data.erase_what_waited(turn, report.application_id),
    ]


def _reachable(person: Person) -> bool:
    return person.erased_at is None and person.left_at is None


def _brought_to(turn: Turn, reporter: Person) -> Text:
    name = people.person_name(reporter)
    if _reachable(reporter) and daily_message.wakes_at(turn, reporter, turn.now) is not None:
        return text(daily_message.when_read(turn, [reporter]))
    if _reachable(reporter):
        return text("I am bringing **{person}** your answer.", person=name)
    return text("**{person}** has left, so your answer is kept and not sent.", person=name)


def _tell_reporter(turn: Turn, report: Report) -> list[Action]:
    project, application, reporter, _ = parties(turn, report)
    if not _reachable(reporter):
        return []
    words = message(
        text(
            "Your report about **{project}** was closed on {day} by **{coordinator}**, coordinator:",
            project=projects.title_part(project),
            day=news.shown_day(turn, turn.now, reporter),
            coordinator=people.person_name(turn.person, mention=True),
        ),
        Plain(report.answer),
        note("What you wrote stays with the coordinators."),
        Buttons((messages.write_button(application, "coordinators"),)),
    )
    return [
        Post(
            people.address(turn, reporter),
            words,
            keys.REPORT_ANSWER(report.id),
            kind=ANSWER,
            subject=str(report.id),
        )
    ]


def _tell_other(turn: Turn, report: Report) -> list[Action]:
    project, application, _, about = parties(turn, report)
    if not report.other_answer or not _reachable(about):
        return []
    words = message(
        text(
            "**{coordinator}**, coordinator, writes to you about **{project}**:",
            coordinator=people.person_name(turn.person, mention=True),
            project=projects.title_part(project),
        ),
        Plain(report.other_answer),
        Buttons((messages.write_button(application, "coordinators"),)),
    )
    return [
        Post(
            people.address(turn, about),
            words,
            keys.REPORT_OTHER(report.id),
            kind=ANSWER,
            subject=str(report.id),
        )
    ]


def still_kept(turn: Turn, waiting: Waiting) -> Message | None:
    """Return the answer of a report for as long as its words are kept."""
    report = report_of(turn, waiting.subject)
    return waiting.message if report.answer and report.ended_at is not None else None


def named(turn: Turn, subject: str) -> Sentence:
    """Return the message's name in a task, for a coordinator who may read the report.

    Raises:
        Declined: it is for another reader, and this coordinator may not know of it.
    """
    for_coordinator(turn, report_of(turn, subject))
    return say("The answer to a report")


def _tell_readers(turn: Turn, report: Report) -> list[Action]:
    """Change all messages to the coordinators about a report: that it was answered, and by which of them."""
    words = message(lead(turn, report), _answered_by(turn.person))
    told = select(outbox.c.key).where(
        outbox.c.programme_id == turn.programme_id,
        outbox.c.kind == reminders.TOLD,
        outbox.c.subject == str(report.id),
    )
    return [Update(key, words) for key in turn.connection.execute(told).scalars()]


def _answered_by(person: Person) -> Note:
    return note("Answered by {coordinator}.", coordinator=people.person_name(person, mention=True))


def report_forget_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Erase the words of an answer long after the end; the fact that it was answered is kept."""
    report = report_of(turn, subjects.REPORT.id_of(event.subject))
    report.answer = report.other_answer = ""
    turn.session.flush()
    sent = (keys.REPORT_ANSWER(report.id), keys.REPORT_OTHER(report.id))
    outcomes.empty_messages(turn, sent)
    return []

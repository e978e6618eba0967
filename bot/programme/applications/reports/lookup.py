"""Lookup of reports: which report is meant, who may read it, and what they read of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from bot.chat.content import Block, Button, Buttons, Moment, Text, say, text
from bot.chat.numbers import whole_number
from bot.chat.routes import Declined
from bot.programme import people, projects
from bot.programme.applications import confidential, lookup, messages, news
from bot.programme.core import verbs
from bot.programme.core.turn import Turn
from bot.programme.people import require_role
from storage.tables import Application, Letter, Person, Project, Report

__all__ = ["for_coordinator", "lead", "of_message", "parties", "readers_of", "report_of", "ways"]

_UNKNOWN: Final = "I cannot find that report. `/stint tasks` lists what is open."


def report_of(turn: Turn, number: int | str, *, lock: bool = False) -> Report:
    """Return the report with this id in the turn's programme.

    Raises:
        Declined: the programme has no such report.
    """
    wanted = whole_number(str(number))
    if wanted is not None:
        query = select(Report).where(Report.programme_id == turn.programme_id, Report.id == wanted)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        found = turn.session.scalar(query)
        if found is not None:
            return found
    raise Declined(_UNKNOWN)


def of_message(turn: Turn, message_id: int) -> Report | None:
    """Return the newest report about a message."""
    query = select(Report).where(Report.programme_id == turn.programme_id, Report.letter_id == message_id)
    return turn.session.scalars(query.order_by(Report.id.desc()).limit(1)).first()


def parties(turn: Turn, report: Report) -> tuple[Project, Application, Person, Person]:
    """Return what a report belongs to: project, application, the person who reported, the person reported."""
    application = lookup.application_of(turn, report.application_id)
    project = projects.project_of(turn, application.project_id)
    reporter, about = (people.person_of(turn, each) for each in (report.reporter_id, report.about_id))
    return project, application, reporter, about


def readers_of(turn: Turn, report: Report) -> list[Person]:
    """Return the coordinators who may get a report: not the person it is about, nor their side."""
    project, application, reporter, about = parties(turn, report)
    return confidential.readers(turn, project, application, reporter, about)


def for_coordinator(turn: Turn, report: Report) -> Report:
    """Return the report, if the person who acts is a coordinator who may read it.

    Raises:
        Declined: they are not.
    """
    require_role(turn, "coordinator")
    project, application, reporter, about = parties(turn, report)
    if not confidential.may_read(turn, turn.person, project, application, reporter, about):
        raise Declined(_UNKNOWN)
    return report


def lead(turn: Turn, report: Report) -> Text:
    """Return who reported what, without a word of the message."""
    project, _, reporter, about = parties(turn, report)
    stored = turn.session.get_one(Letter, report.letter_id)
    return text(
        "**{reporter}** reported a message that **{writer}** wrote on {when} about **{project}**.",
        when=Moment(stored.created_at, turn.programme.zone),
        reporter=people.person_name(reporter),
        writer=people.person_name(about),
        project=projects.title_part(project),
    )


def ways(turn: Turn, report: Report, *, is_read: bool = False) -> list[Block]:
    """Return what a coordinator can do about a report, and by when.

    `is_read`: the buttons are under the reported message itself.
    """
    _, application, reporter, _ = parties(turn, report)
    answer = Buttons(
        (
            *(() if is_read else (Button("Read it", verbs.MESSAGE_READ(report.letter_id), style="primary"),)),
            Button(say("Answer", context="button"), verbs.REPORT_ANSWER(report.id)),
        )
    )
    write = Buttons(tuple(messages.coordinators_ways(turn, application)))
    due = text(
        "Please answer {reporter} by {day}. Only an answer ends it.",
        reporter=people.person_name(reporter),
        day=news.shown_day(turn, report.due_at, None),
    )
    return [due, answer, write]

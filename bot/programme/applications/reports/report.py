"""Making of a report: a reader reports an inappropriate message, and the coordinators read of it at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.actions import Action, Reply
from bot.chat.content import Block, Buttons, Plain, Text, message, note, text
from bot.chat.events import ButtonPressed
from bot.chat.routes import Declined
from bot.chat.values import replace
from bot.clock import at_local, next_local
from bot.programme import people, projects
from bot.programme.applications import confidential, messages, news
from bot.programme.applications.messages import received
from bot.programme.applications.reports import reminders
from bot.programme.applications.reports.lookup import (
    for_coordinator,
    lead,
    of_message,
    parties,
    readers_of,
    ways,
)
from bot.programme.companies.trust import company_reported
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.turn import Turn
from bot.programme.notifications import tasks
from bot.programme.people import require_role
from storage.tables import Letter, Person, Report

__all__ = ["message_read_pressed", "message_report_pressed"]

_WEEKEND: Final = (5, 6)  # Saturday, Sunday
_EVENING: Final = time(17, 0)  # when a working day ends
_NIGHT: Final = (
    "I am a program, and at night this may stay unread. If you are in danger, call the emergency number "
    "where you are, such as 112 or 911."
)


def message_report_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Report a message for its reader: the coordinators are informed at once, its writer is not."""
    stored = received(turn, verbs.MESSAGE_REPORT.read(event).message)
    known = of_message(turn, stored.id)
    if known is not None and known.ended_at is None:
        raise Declined(text("You have reported this message already."), *_promise(turn, known))
    made = _keep(turn, stored)
    title = projects.title_part(parties(turn, made)[0])
    words = message(lead(turn, made), *ways(turn, made))
    posts = [
        # At night too, as it can be about a danger.
        replace(
            reminders.to_coordinator(turn, made, reader, words, reminders.key(made, reader)), at_night=True
        )
        for reader in readers_of(turn, made)
    ]
    said = message(
        text("You have reported this message about **{project}**.", project=title), *_promise(turn, made)
    )
    return [Reply(said), *posts, *_item(turn, made), *_end_trust(turn, made), reminders.first(turn, made)]


def _end_trust(turn: Turn, made: Report) -> list[Action]:
    """End the trust in the company whose person is reported; a student and a mentor have none."""
    project, application, _, _ = parties(turn, made)
    stored = turn.session.get_one(Letter, made.letter_id)
    is_employers = made.about_id != application.person_id and stored.mentor_id is None
    return company_reported(turn, project.company_id) if is_employers else []


def _keep(turn: Turn, stored: Letter) -> Report:
    """Keep the report, due when the next working day ends in the programme's zone."""
    zone = ZoneInfo(turn.programme.zone)
    day = next_local(turn.now.astimezone(zone).date(), weekdays_off=_WEEKEND)
    made = Report(
        programme_id=turn.programme_id,
        letter_id=stored.id,
        application_id=stored.application_id,
        reporter_id=turn.person.id,
        about_id=stored.sender_id,
        created_at=turn.now,
        due_at=at_local(day, _EVENING, zone),
    )
    stored.reported_at = turn.now
    turn.session.add(made)
    turn.session.flush()
    return made


def _promise(turn: Turn, made: Report) -> list[Block]:
    """Return the receipt of a report: who reads it, by when it is answered, and what need not be done."""
    project, application, reporter, about = parties(turn, made)
    reading = readers_of(turn, made)
    rest = [
        text("I do not let **{writer}** know that you reported it.", writer=people.person_name(about)),
        note(_NIGHT),
        *_ways_out(turn, made, reading),
    ]
    if not reading:
        return [
            text(confidential.NO_READER),
            text("I keep your report for the first coordinator who may read it."),
            *rest,
        ]
    company = ""
    if about.id != application.person_id and about.company_id == project.company_id:
        company = projects.company_name(turn, project)
    return [
        _read_by(reading, company),
        text(
            "You will have an answer by {day}.",
            day=people.shown_day_there(turn, made.due_at, turn.programme.zone, reporter),
        ),
        text("You need not go on with this meanwhile, nor answer the message."),
        *rest,
    ]


def _read_by(reading: list[Person], company: str) -> Text:
    """Say who reads a report; `company`: where no person does, "" where that goes without saying."""
    readers = confidential.named(reading, mention=True)
    if readers is None:
        if company:
            return text("Your report goes to the coordinators, and not to {company}.", company=company)
        return text("Your report goes to the coordinators.")
    if company:
        return text("Your report goes to {readers}, and not to {company}.", readers=readers, company=company)
    return text("Your report goes to {readers}.", readers=readers)


def _ways_out(turn: Turn, made: Report, reading: Sequence[Person]) -> list[Block]:
    """Return what else the person who reported can do: end the messages, write to the report's readers."""
    _, application, _, _ = parties(turn, made)
    stored = turn.session.get_one(Letter, made.letter_id)
    buttons = [messages.mute_button(stored)] if stored.person_id is None and stored.mentor_id is None else []
    if reading:
        buttons.append(messages.write_button(application, "coordinators"))
    return [Buttons(tuple(buttons))] if buttons else []


def _item(turn: Turn, made: Report) -> list[Action]:
    """Open an item that only the answer closes, hidden from the person it is about and their company."""
    project, application, reporter, about = parties(turn, made)
    company = about.company_id
    if reporter.id == application.person_id:
        company = company or project.company_id
    return tasks.open_task(
        turn,
        keys.REPORT_TASK(made.id),
        "report",
        subjects.APPLICATION(made.application_id),
        lead(turn, made),
        *ways(turn, made),
        about=tasks.TaskSubject(about.id, company),
    )


def message_read_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show a reported message to a coordinator."""
    require_role(turn, "coordinator")
    stored = messages.message_of(turn, verbs.MESSAGE_READ.read(event).message)
    found = of_message(turn, stored.id)
    if found is None:
        raise Declined("This message was not reported, so it stays between the two who wrote.")
    for_coordinator(turn, found)
    project, _, reporter, about = parties(turn, found)
    at = news.shown_date(turn, stored.created_at, turn.person)
    title = projects.title_part(project)
    ended: list[Block] = ways(turn, found, is_read=True)
    if found.ended_at is not None:
        day = news.shown_day(turn, found.ended_at, turn.person)
        ended = [note("Answered on {day}: {answer}", day=day, answer=found.answer)]
    writer, reader = people.person_name(about), people.person_name(reporter)
    return [
        Reply(
            message(
                text(
                    "**{writer}** wrote this to **{reader}** about **{project}**, {when}:",
                    writer=writer,
                    reader=reader,
                    project=title,
                    when=at,
                ),
                Plain(stored.text) if stored.text else "_erased_",
                note(
                    "Reported by {reporter}. {writer} does not know of it from me.",
                    reporter=reader,
                    writer=writer,
                ),
                *ended,
            )
        )
    ]

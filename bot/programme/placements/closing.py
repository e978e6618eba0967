"""Closing: a complete placement gets a line from each side, and a closing message that both keep."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field

from bot.chat.actions import Action, CancelTimers, OpenForm, Post, Reply, SetTimer, Update
from bot.chat.content import (
    Block,
    Button,
    Buttons,
    Message,
    Sentence,
    Text,
    heading,
    layout,
    message,
    note,
    say,
    text,
)
from bot.chat.day_parts import day_part
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.forms import Ask, Form, form_of
from bot.chat.local_day import Day, When, date_of
from bot.chat.routes import Completed, Declined, MessageRoute, Waiting
from bot.chat.sentences import ShownDay
from bot.programme import people, projects
from bot.programme.applications import messages
from bot.programme.applications.lookup import application_of
from bot.programme.applications.news import retract_news, tell_employer
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.lifecycle import move
from bot.programme.core.timers import Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks
from bot.programme.people import open_cases
from bot.programme.people.mutes import is_unwanted
from bot.programme.placements import reminders, schedule, terms_changes
from bot.programme.placements.lookup import (
    lock_placement,
    milestones,
    placement_of,
    sides,
    title_of,
    who_acts,
)
from storage.queries import outbox
from storage.tables import Person, Placement

__all__ = [
    "ask_after_case",
    "closing_form",
    "closing_line_pressed",
    "closing_line_submitted",
    "complete",
    "placement_closing_due",
    "settle",
]

WAIT: Final = timedelta(days=3)
"""How long the closing message waits for a line from each side."""

_SOON: Final = timedelta(minutes=1)


class Closing(BaseModel):
    """The form for the closing line of a side."""

    line: Annotated[
        str,
        Field(min_length=2, max_length=300),
        Ask("One line about this placement, which both of you will see and keep:", "Your line"),
    ]


def complete(turn: Turn, placement: Placement) -> list[Action]:
    """Complete a placement whose deliverables are all accepted, and ask each side for a line.

    The person who accepted the last deliverable is asked at once, the employer's side otherwise in their
    daily message.
    """
    placement.ended_at = turn.now
    moved = move(turn, placement, "completed")
    over = settle(turn, placement)
    return [
        *moved,
        CancelTimers(subject=schedule.subject(placement)),
        *over,
        *_then(turn, placement),
    ]


def _then(turn: Turn, placement: Placement) -> list[Action]:
    """Answer who accepted the last deliverable; no side is asked for a line while a case is open."""
    if _is_quiet(turn, placement):
        return [Reply(message(_is_complete(turn, placement)))]
    return [Reply(message(*_ask_employer_for_line(turn, placement))), *_ask_both(turn, placement)]


def ask_after_case(turn: Turn, placement: Placement) -> list[Action]:
    """Ask for the lines of a placement that was completed while a case was open, and close it after the wait.

    What was asked before the case is not asked again; its closing message comes at the end of the case. Both
    sides are asked in their daily message: the end of the case comes first, and by itself.
    """
    if placement.status != "completed" or _is_closed(turn, placement):
        return []
    asked = outbox.by_key(turn.connection, turn.programme_id, keys.COMPLETED(placement.id))
    if asked is None:
        return _ask_later(turn, placement)
    until = (placement.ended_at or turn.now) + WAIT
    return [_closing_timer(placement, max(until, turn.now + _SOON))]


def _ask_both(turn: Turn, placement: Placement) -> list[Action]:
    """Ask both sides for a line, but for the person who acts, and set the timer of the closing message."""
    both = sides(turn, placement)
    key, subject = keys.COMPLETED(placement.id), subjects.CLOSING(placement.id)
    elsewhere = both.employer is not None and both.employer.id != turn.person_id
    question = Post(
        people.address(turn, both.student),
        message(*_ask_for_line(turn, placement)),
        key,
        kind=_LINE,
        subject=str(placement.id),
    )
    lines = _ask_employer_for_line(turn, placement)
    return [
        _closing_timer(placement, turn.now + WAIT),
        question,
        *(tell_employer(turn, both.project, key, subject, *lines) if elsewhere else []),
    ]


def _ask_later(turn: Turn, placement: Placement) -> list[Action]:
    """Ask both sides for a line in their daily message, and set the timer of the closing message."""
    both, subject = sides(turn, placement), subjects.CLOSING(placement.id)
    student, employer = (keys.CLOSING_ASKED(placement.id, to, turn.source) for to in ("student", "employer"))
    return [
        _closing_timer(placement, turn.now + WAIT),
        *daily_message.notify(turn, both.student, student, subject, *_ask_for_line(turn, placement)),
        *tell_employer(turn, both.project, employer, subject, *_ask_employer_for_line(turn, placement)),
    ]


def _is_closed(turn: Turn, placement: Placement) -> bool:
    """Tell whether the closing message was sent."""
    student = people.person_of(turn, placement.person_id)
    key = keys.CLOSING(placement.id, student.id)
    if student.erased_at is None:
        return outbox.by_key(turn.connection, turn.programme_id, key) is not None
    return placement.ended_at is not None and turn.now >= placement.ended_at + WAIT


def _closing_timer(placement: Placement, due: datetime) -> SetTimer:
    return SetTimer(
        key=keys.CLOSING_TIMER(placement.id),
        due_at=due,
        kind=Timer.PLACEMENT_CLOSING,
        subject=schedule.subject(placement),
    )


def settle(turn: Turn, placement: Placement) -> list[Action]:
    """Settle the news, questions and tasks of a placement that is over."""
    daily_message.retract_notices(turn, schedule.subject(placement))
    tasks.close_tasks_about(turn, schedule.subject(placement))
    for milestone in milestones(turn, placement):
        reminders.retract_date_news(turn, placement, milestone.due_at)
        retract_news(turn, subjects.MILESTONE(milestone.id))
        retract_news(turn, subjects.DATE(milestone.id))
    words = say("This placement is over, so its terms can no longer change.")
    return terms_changes.settle(turn, placement, words)


def _ask_for_line(turn: Turn, placement: Placement) -> list[Block]:
    said = text(
        "**{project}** is complete: every deliverable is accepted."
        if _is_reviewed(turn, placement)
        else "**{project}** is complete. Not every deliverable has a review.",
        project=sides(turn, placement).title,
    )
    return [said, *_line_wanted(placement)]


def _ask_employer_for_line(turn: Turn, placement: Placement) -> list[Block]:
    """Return the question for a line to the employer."""
    return [_is_complete(turn, placement), *_line_wanted(placement)]


def _is_complete(turn: Turn, placement: Placement) -> Text:
    """Return that work is complete for the employer, whose project can have several interns."""
    both = sides(turn, placement)
    return text(
        "The work of **{student}** on **{project}** is complete: every deliverable is accepted."
        if _is_reviewed(turn, placement)
        else "The work of **{student}** on **{project}** is complete. Not every deliverable has a review.",
        student=both.student_name,
        project=both.title,
    )


def _is_reviewed(turn: Turn, placement: Placement) -> bool:
    return all(each.status == "accepted" for each in milestones(turn, placement))


def _line_wanted(placement: Placement) -> list[Block]:
    return [
        text(
            "Would you like to say one line about it? It goes into the closing message that both of you keep."
        ),
        Buttons((Button("Write a line", verbs.CLOSING_LINE(placement.id), style="primary"),)),
    ]


def closing_line_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the person who acts for their line of the closing message."""
    placement = placement_of(turn, verbs.CLOSING_LINE.read(event).placement)
    who_acts(turn, placement)
    _must_take_a_line(turn, placement)
    return [OpenForm("closing-line", str(placement.id))]


def _must_take_a_line(turn: Turn, placement: Placement) -> None:
    """Check that the placement still takes a line from the person who acts.

    Each side reads the other's line, so lines close together with the other messages.

    Raises:
        Declined: the placement is not complete, or messages about it are closed.
    """
    if placement.status != "completed":
        raise Declined("The closing line comes once everything is accepted.")
    both, who = sides(turn, placement), who_acts(turn, placement)
    exchange = messages.Exchange(both.project, application_of(turn, placement.application_id))
    reader = {"student": both.employer, "employer": both.student}.get(who)
    messages.must_be_open(turn, exchange, reader)


def closing_form(_turn: Turn, _subject: str) -> Form:
    """Return the form for a closing line."""
    return form_of(Closing, form_id="closing-line", title="Closing line", submit="Keep it")


def closing_line_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Keep a side's line; send the closing message at once when both lines are there."""
    placement = lock_placement(turn, done.subject)
    side = who_acts(turn, placement)
    _must_take_a_line(turn, placement)
    line = str(done.values["line"])
    if side == "student":
        placement.student_line = line
    else:
        placement.employer_line, placement.employer_line_by_id = line, turn.person_id
    turn.session.flush()
    thanks = Reply(message("Thank you. It goes into the closing message."), settles=True)
    # After the wait the closing message has gone out: the line changes it at once.
    both_lines = placement.student_line and placement.employer_line
    if _is_closed(turn, placement) or (both_lines and not _is_quiet(turn, placement)):
        return [thanks, CancelTimers(key=keys.CLOSING_TIMER(placement.id)), *_closing(turn, placement)]
    return [thanks]


def placement_closing_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Send the closing message with the lines there are, after the wait for them."""
    placement = placement_of(turn, subjects.PLACEMENT.id_of(event.subject))
    return [] if _is_quiet(turn, placement) else _closing(turn, placement)


def _is_quiet(turn: Turn, placement: Placement) -> bool:
    """Tell whether a case is open: then nothing is asked, and nothing closes."""
    return open_cases.is_open(turn, placement.application_id)


def _closing(turn: Turn, placement: Placement) -> list[Action]:
    """Send the closing message to both sides.

    The person who acts gets it now, an employer otherwise in the daily message.
    """
    both = sides(turn, placement)
    retract_news(turn, subjects.CLOSING(placement.id))
    subject = subjects.CLOSED(placement.id)
    daily_message.retract_notices(turn, subject)
    actions: list[Action] = []
    for person in (both.student, both.employer):
        if person is None or person.erased_at is not None:
            continue
        words = _closing_message(turn, placement, person)
        key = keys.CLOSING(placement.id, person.id)
        if person == both.employer and person.id != turn.person_id:
            actions += daily_message.notify(
                turn, person, keys.CLOSED(placement.id, person.id, turn.source), subject, *words.blocks
            )
        else:
            # A line that comes later changes the message that was sent, so an Update goes with the Post.
            to, about = people.address(turn, person), subjects.OF_CLOSING(placement.id, person.id)
            post = Post(to, words, key, kind=_CLOSING, subject=about)
            actions += [post, Update(key, words)]
    return actions


def _lines(turn: Turn, placement: Placement, reader: Person) -> list[Block]:
    """Return each side's line, without lines by a person whose messages the reader stopped."""
    both, application = sides(turn, placement), application_of(turn, placement.application_id)
    company = projects.company_name(turn, both.project)
    student, employer = both.student, both.employer
    lines: list[Block] = []
    if placement.employer_line and (
        reader.id != student.id
        or not is_unwanted(turn, application.id, student, employer.id if employer else None)
    ):
        lines.append(text(layout("**{company}**: {line}", company=company, line=placement.employer_line)))
    if placement.student_line and (
        reader.id == student.id or not is_unwanted(turn, application.id, reader, student.id)
    ):
        name = people.person_name(student)
        lines.append(text(layout("**{student}**: {line}", student=name, line=placement.student_line)))
    return lines


def _closing_message(turn: Turn, placement: Placement, reader: Person) -> Message:
    both = sides(turn, placement)
    ended = placement.ended_at or turn.now
    who = "**{student}** with **{company}**, {start} to {end}"
    if placement.starts_at >= ended:
        who = "**{student}** with **{company}**, until {end}"
    return message(
        heading("Complete: {project}", project=both.title),
        text(
            who,
            student=people.person_name(both.student),
            company=projects.company_name(turn, both.project),
            start=_date_there(turn, dates.read(placement, "starts"), both.student),
            end=_date_there(turn, ended, both.student),
        ),
        *_listed(turn, placement, "accepted", text("Accepted:")),
        *_listed(turn, placement, "settled", text("Handed in, not reviewed:")),
        *_lines(turn, placement, reader),
        note("`/placement` keeps this. Thank you both."),
    )


def _listed(turn: Turn, placement: Placement, status: str, lead: Block) -> list[Block]:
    """Return the deliverables that have a status, under a line; nothing without any."""
    found = [each for each in milestones(turn, placement) if each.status == status]
    lines = [text(layout("- {deliverable}", deliverable=title_of(each))) for each in found]
    return [lead, *lines] if lines else []


def _date_there(turn: Turn, when: When, student: Person) -> ShownDay:
    """Return the date that it was where the student is: both sides keep the same record of the work."""
    zone = ZoneInfo(people.zone_of(turn, student))
    return day_part(Day(date_of(when, zone), zone.key), zone, turn.now, clock=False)


def _still_asked(turn: Turn, waiting: Waiting) -> Message | None:
    """Return the question for a line until there is a line, or the closing message has gone out."""
    placement = placement_of(turn, waiting.subject)
    done = placement.status != "completed" or placement.student_line or _is_closed(turn, placement)
    return None if done or _is_quiet(turn, placement) else waiting.message


def _named(turn: Turn, subject: str) -> Sentence:
    both = sides(turn, placement_of(turn, subject))
    return say("The end: **{project}**", project=both.title)


def _until(turn: Turn, subject: str) -> datetime | None:
    ended = placement_of(turn, subject).ended_at
    return ended + WAIT if ended and turn.now < ended + WAIT else None


def _closed_now(turn: Turn, waiting: Waiting) -> Message | None:
    """Return a late closing message with the lines as they are now, for its reader."""
    about = subjects.OF_CLOSING.parse(waiting.subject)
    person, placement = people.person_of(turn, about.reader), placement_of(turn, about.placement)
    return _closing_message(turn, placement, person) if person.erased_at is None else None


def _named_closing(turn: Turn, subject: str) -> Sentence:
    both = sides(turn, placement_of(turn, subjects.OF_CLOSING.parse(subject).placement))
    return say("The closing message: **{project}**", project=both.title)


_LINE: Final = "placement.line"
_CLOSING: Final = "placement.closing"
MESSAGES: Final = {
    _LINE: MessageRoute(_still_asked, _named, until=_until),
    _CLOSING: MessageRoute(_closed_now, _named_closing),
}
"""Routes of the question for a closing line, and of the closing message."""

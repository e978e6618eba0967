"""Check-ins: both sides are asked in set steps how the work goes; trouble reaches a coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field
from sqlalchemy import select

from bot.chat.actions import Action, OpenForm, Post, Reply
from bot.chat.content import Block, Button, Buttons, Message, Text, message, note, text
from bot.chat.events import ButtonPressed, TimerFired
from bot.chat.forms import Ask, Form, form_of
from bot.chat.routes import Completed, Declined, MessageRoute, Waiting
from bot.chat.sentences import Term
from bot.programme import people, projects
from bot.programme.applications import confidential
from bot.programme.applications.lookup import application_of
from bot.programme.applications.news import tell_employer
from bot.programme.core import keys, subjects, verbs
from bot.programme.core.changes import CheckInAnswered
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, tasks, waits
from bot.programme.people import mentors, open_cases
from bot.programme.placements import schedule, silence
from bot.programme.placements.lookup import placement_of, sides
from bot.programme.placements.silence import SILENCE
from bot.programme.placements.wait_kinds import CHECK_IN, CHECK_INS, check_in_kind
from storage.queries import held
from storage.tables import CheckIn, Person, Placement

__all__ = [
    "ANSWERS",
    "MESSAGES",
    "answer_buttons",
    "answer_term",
    "answered_by",
    "check_ins",
    "checkin_again_pressed",
    "checkin_answer_pressed",
    "checkin_line_pressed",
    "checkin_line_submitted",
    "line_form",
    "placement_checkin_due",
]

Side = Literal["student", "employer"]

ANSWERS: Final = {"on_track": "On track", "at_risk": "At risk", "stuck": "Stuck"}
_KEPT: Final = "coordinators"
"""The mark of an answer that a mentor does not read."""
TROUBLE: Final = frozenset({"at_risk", "stuck"})
_TERMS: Final = {
    "on_track": Term("on track", "check-in"),
    "at_risk": Term("at risk", "check-in"),
    "stuck": Term("stuck", "check-in"),
}


class Line(BaseModel):
    """The form in which a side adds a line of text to a check-in."""

    line: Annotated[
        str,
        Field(min_length=2, max_length=500),
        Ask("What should we know?", "Your line", "long", example="The data came late; I need two more days."),
    ]


def answer_term(row: CheckIn) -> Term:
    """Return the answer that a check-in has, for a place after a colon or beside a label."""
    return _TERMS[str(row.answer)]


def placement_checkin_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Ask both sides at a due step, each in the next daily message; from then on an answer is waited for."""
    placement = placement_of(turn, subjects.PLACEMENT.id_of(event.subject))
    if placement.status != "active" or open_cases.is_open(turn, placement.application_id):
        return []
    step = event.read(schedule.ForStep).step
    both = sides(turn, placement)
    asked: list[Action] = []
    for side, person in (("student", both.student), ("employer", both.employer)):
        if person is not None and (row := _noted(turn, placement, step, side, person)) is not None:
            asked += _question(turn, placement, step, side)
            about = schedule.subject(placement) if side == "student" else subjects.PROJECT(both.project.id)
            asked += waits.begin(
                turn, check_in_kind(side), subjects.CHECK_IN(row.id), about, answered_by(turn, placement, row)
            )
    return asked


def answered_by(turn: Turn, placement: Placement, row: CheckIn) -> datetime:
    """Return until when an answer to a check-in is waited for (UTC), at least until silence is noticed."""
    ends = schedule.check_in_ends(turn, placement, row.step) or row.asked_at
    return max(ends, row.asked_at + SILENCE + timedelta(minutes=1))


def _noted(turn: Turn, placement: Placement, step: int, side: str, person: Person) -> CheckIn | None:
    """Add the row of a question; return None when the question was asked before."""
    if any(c.step == step and c.side == side for c in check_ins(turn, placement)):
        return None
    row = CheckIn(
        programme_id=turn.programme_id,
        placement_id=placement.id,
        person_id=person.id,
        step=step,
        side=side,
        asked_at=turn.now,
    )
    turn.session.add(row)
    turn.session.flush()
    return row


def _question(turn: Turn, placement: Placement, step: int, side: str) -> list[Action]:
    both = sides(turn, placement)
    buttons = answer_buttons(turn, placement, step, side)
    key = keys.CHECK_IN(placement.id, step, side)
    ends, about = schedule.check_in_ends(turn, placement, step), schedule.subject(placement)
    if side == "student":
        words = text("How is **{project}** going?", project=both.title)
        asked = [words, *_read_by(turn, placement, step), buttons]
        return daily_message.notify(turn, both.student, key, about, *asked, useful_until=ends)
    words = text(
        "How is **{student}** doing with **{project}**?", student=both.student_name, project=both.title
    )
    return tell_employer(turn, both.project, key, about, words, buttons, useful_until=ends)


def answer_buttons(turn: Turn, placement: Placement, step: int, side: str, *, kept: bool = False) -> Buttons:
    """Return the buttons of a question; `kept`: the answer is for the coordinators only."""
    mark = _KEPT if kept else None
    buttons = [
        Button(ANSWERS[value], verbs.CHECKIN_ANSWER(placement.id, step, side, value, mark))
        for value in ANSWERS
    ]
    if side == "student" and not kept and _mentor(turn, placement, step) is not None:
        again = verbs.CHECKIN_AGAIN(placement.id, step, side, _KEPT)
        buttons.append(Button("For the coordinators only", again))
    return Buttons(tuple(buttons))


def _mentor(turn: Turn, placement: Placement, step: int) -> Person | None:
    """Return the mentor who reads the student's answer of a step, unless it is kept for the coordinators."""
    asked = (c for c in check_ins(turn, placement) if c.step == step and c.side == "student")
    return next((mentors.reader_of(turn, placement, each) for each in asked), None)


def _read_by(turn: Turn, placement: Placement, step: int) -> list[Block]:
    """Say beforehand that the mentor reads the student's answer."""
    mentor = _mentor(turn, placement, step)
    if mentor is None:
        return []
    return [
        note(
            "{mentor}, your mentor, reads your answer, unless you give it for the coordinators only.",
            mentor=people.person_name(mentor),
        )
    ]


def check_ins(turn: Turn, placement: Placement) -> list[CheckIn]:
    """Return a placement's check-ins, in the order they were asked."""
    held = select(CheckIn).where(
        CheckIn.programme_id == turn.programme_id, CheckIn.placement_id == placement.id
    )
    return list(turn.session.scalars(held.order_by(CheckIn.step, CheckIn.side)))


def checkin_answer_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Record the answer of a side; the message shows it in place of the buttons, with a way to change it."""
    pressed = verbs.CHECKIN_ANSWER.read(event)
    step, side, value = pressed.step, pressed.side, pressed.answer
    placement, row = _own(turn, pressed.placement, step, side)
    if value not in ANSWERS:
        raise Declined("I do not know that answer. `/placement` shows the work as it is now.")
    row.answer, row.answered_at, row.for_coordinators = value, turn.now, pressed.kept == _KEPT
    turn.session.flush()
    kept = [
        act
        for kind in (CHECK_IN, CHECK_INS)
        for act in waits.end(turn, kind, subjects.CHECK_IN(row.id), "kept")
    ]
    silence.answered(turn, placement, side)
    add = Button("Add a line", verbs.CHECKIN_LINE(placement.id, step, side))
    change = Button("Change the answer", verbs.CHECKIN_AGAIN(placement.id, step, side))
    both = sides(turn, placement)
    about = both.student_name if side == "employer" else both.title
    said = message(
        text("Noted for **{about}**: **{answer}**.", about=about, answer=answer_term(row)),
        text("What is in the way? A line from you makes it easier to help.") if value in TROUBLE else None,
        Buttons((add, change)),
        _seen_by(turn, placement, row),
    )
    followed = turn.follow(CheckInAnswered(row))
    return [Reply(said, settles=True), *kept, *_heard(turn, placement, step), *followed]


def checkin_again_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Show the answers of a check-in again, in place of the answer that was given."""
    pressed = verbs.CHECKIN_AGAIN.read(event)
    placement, _ = _own(turn, pressed.placement, pressed.step, pressed.side)
    kept = pressed.kept == _KEPT
    buttons = answer_buttons(turn, placement, pressed.step, pressed.side, kept=kept)
    only = note("Only the coordinators read what you press here.") if kept else None
    return [Reply(message(only, buttons), settles=True)]


def _seen_by(turn: Turn, placement: Placement, row: CheckIn) -> Block:
    """Say which people see an answer besides the side that gave it."""
    if row.side == "employer":
        return note("The student does not see this.")
    mentor = None if row.for_coordinators else mentors.reader_of(turn, placement, row)
    if mentor is None:
        return note("Only the coordinators see this.")
    return note("The coordinators and {mentor}, your mentor, see this.", mentor=people.person_name(mentor))


def _own(turn: Turn, placement_id: int | str, step: int | None, side: str) -> tuple[Placement, CheckIn]:
    """Return the check-in of the person who acts, with its placement.

    Raises:
        Declined: the check-in is not theirs to answer, or the placement is over.
    """
    placement = placement_of(turn, placement_id)
    row = next((c for c in check_ins(turn, placement) if c.step == step and c.side == side), None)
    both = sides(turn, placement)
    theirs = (
        placement.person_id == turn.person_id if side == "student" else projects.reviews(turn, both.project)
    )
    if row is None or not theirs:
        raise Declined("That check-in is not yours to answer. `/placement` lists your placements.")
    if placement.status != "active":
        raise Declined(
            "This placement is over, so there is nothing left to check in on. Thank you all the same."
        )
    return placement, row


def checkin_line_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask the person who acts for a line of text for their check-in."""
    pressed = verbs.CHECKIN_LINE.read(event)
    _own(turn, pressed.placement, pressed.step, pressed.side)
    return [OpenForm("checkin-line", subjects.CHECK_IN_LINE(pressed.placement, pressed.step, pressed.side))]


def line_form(_turn: Turn, _subject: str) -> Form:
    """Return the form with the question about a check-in (`placement-step-side`)."""
    return form_of(Line, form_id="checkin-line", title="Check-in", submit="Add")


def checkin_line_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Keep the line, and show it to the coordinators where the answer means trouble."""
    about = subjects.CHECK_IN_LINE.parse(done.subject)
    placement, row = _own(turn, about.placement, about.step, about.side)
    row.line = str(done.values["line"])
    turn.session.flush()
    said = message(text("Thank you. I noted with your check-in: “{line}”", line=row.line))
    followed = turn.follow(CheckInAnswered(row))
    return [Reply(said, settles=True, keeps_others=True), *_heard(turn, placement, row.step), *followed]


def _heard(turn: Turn, placement: Placement, step: int) -> list[Action]:
    """Report trouble to the coordinators, or that the two sides see the work differently."""
    of_step = {c.side: c for c in check_ins(turn, placement) if c.step == step and c.answer}
    trouble = [c for c in of_step.values() if c.answer in TROUBLE]
    key = keys.TROUBLE_TASK(placement.id, step)
    if not trouble:
        tasks.close_task(turn, key)
        return []
    differ = len({c.answer in TROUBLE for c in of_step.values()}) > 1
    both = sides(turn, placement)
    if differ:
        said = "**{student}** and the employer see **{project}** differently."
    elif any(c.answer == "stuck" for c in trouble):
        said = "**{project}** with **{student}** is stuck."
    else:
        said = "**{project}** with **{student}** is at risk."
    opening = text(said, student=both.student_name, project=both.title)
    reading = _readers(turn, placement)
    hidden = confidential.hidden_from(
        turn, both.project, application_of(turn, placement.application_id), both.student
    )
    lines = _lines(of_step, whole=bool(reading))
    see = Buttons((Button("See the placement", verbs.PLACEMENT_SHOW(placement.id)),))
    told: list[Action] = []
    about = None
    if reading and len(reading) < len(confidential.everybody(turn)):  # others are on the employer's side
        about = tasks.TaskSubject(hidden.person_id, hidden.company_id)
        words, added = message(opening, *lines, see), sum(bool(c.line) for c in of_step.values())
        # Another answer or line is a new message; the same state is not sent a second time.
        about_step = subjects.OF_CHECK_IN(placement.id, step)
        for reader in reading:
            once = keys.TROUBLE(placement.id, step, reader.id, len(of_step), added)
            told.append(_trouble_message(turn, reader, words, once, about_step))
    about_it = schedule.subject(placement)
    listed = _lines(of_step, whole=bool(reading) and hidden.whole)
    item = tasks.open_task(turn, key, "placement.trouble", about_it, opening, *listed, see, about=about)
    return [*told, *item]


def _lines(answers: Mapping[str, CheckIn], *, whole: bool) -> list[Block]:
    """Return what each side answered; with `whole`, also the line that the side added."""
    return [_line(side, row, whole=whole) for side, row in sorted(answers.items(), reverse=True)]


def _line(side: str, row: CheckIn, *, whole: bool) -> Text:
    answer = answer_term(row)
    if whole and row.line:
        said = "Student: **{answer}**: {line}" if side == "student" else "Employer: **{answer}**: {line}"
        return text(said, answer=answer, line=row.line)
    return text("Student: **{answer}**" if side == "student" else "Employer: **{answer}**", answer=answer)


def _trouble_message(turn: Turn, reader: Person, words: Message, key: str, about: str) -> Post:
    return Post(people.address(turn, reader), words, key, kind=_TROUBLE, subject=about)


def _still_trouble(turn: Turn, waiting: Waiting) -> Message | None:
    """Return the message about trouble while the answer still means trouble and nothing newer was sent.

    A late message goes out after the end of the placement too.
    """
    about = subjects.OF_CHECK_IN.parse(waiting.subject)
    placement = placement_of(turn, about.placement)
    answers = {c.answer for c in check_ins(turn, placement) if c.step == about.step}
    followed = held.is_followed(turn.connection, turn.programme_id, waiting.key)
    return None if followed or not answers & TROUBLE else waiting.message


_TROUBLE: Final = "checkin.trouble"
MESSAGES: Final = {_TROUBLE: MessageRoute(_still_trouble)}
"""Routes of messages about trouble; other coordinators do not see that the message exists."""


def _readers(turn: Turn, placement: Placement) -> list[Person]:
    """Return the coordinators who may read what the student adds to a check-in."""
    both, application = sides(turn, placement), application_of(turn, placement.application_id)
    return confidential.readers(turn, both.project, application, both.student)

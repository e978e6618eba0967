"""Moved dates: the employer moves a date, the student asks for it; timers follow, and both sides know."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field

from bot.chat.actions import Action, OpenForm, Post, RejectForm, Reply
from bot.chat.answers import Option
from bot.chat.answers.dates import when_of
from bot.chat.codec import GONE
from bot.chat.content import Button, Buttons, Text, message, say, text
from bot.chat.events import ButtonPressed
from bot.chat.forms import Ask, Form, Question, form_of
from bot.chat.local_day import When, ends_at
from bot.chat.routes import Completed, Declined
from bot.chat.sentences import ZonePlace
from bot.chat.values import replace
from bot.programme import people
from bot.programme.applications import news, terms
from bot.programme.applications.news import retract_news
from bot.programme.core import dates, keys, lifecycle, subjects, verbs
from bot.programme.core.lifecycle import ask_date, change, keep_date
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.people.reason_codes import AGREED, EXTENSIONS, OUTAGE, SILENCE
from bot.programme.placements import (
    date_questions,
    date_rules,
    earlier_dates,
    late_messages,
    reminders,
    schedule,
)
from bot.programme.placements.lookup import (
    is_done,
    label_of,
    lock_placement,
    milestone_of,
    milestones,
    must_not_be_paused,
    placement_of,
    sides,
    title_of,
    unwanted_words,
    who_acts,
)
from storage.tables import Milestone, Placement

__all__ = [
    "FORM",
    "date_agree_pressed",
    "date_earlier_pressed",
    "date_form",
    "date_keep_pressed",
    "date_stays_pressed",
    "milestone_date_pressed",
    "move_date",
    "move_date_submitted",
    "placement_date_pressed",
]


FORM: Final = "move-date"
"""The form of a new date; its subject is the deliverable's id."""

_NO_REASON: Final = "Messages about this are closed, so the other side reads the new date and no reason."
_FIXED: Final = "The employer marked this date as one that cannot move. You can ask all the same."
_KIND: Final = "What kind of reason is it? Only you and the coordinators read this."
_TITLE: Final = 60  # characters of a deliverable in a form's title


class NewDate(BaseModel):
    """The form of a new date for a deliverable."""

    due: Annotated[
        str,
        Ask("Which date instead?", "New date", "date", example="next Friday", future=True),
    ]
    why: Annotated[
        str,
        Field(max_length=300),
        Ask("Why? The other side sees this.", "Reason", example="Exams until the 12th."),
    ] = ""


def placement_date_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask for a new date of the one open deliverable at once, or ask which deliverable is meant."""
    placement = placement_of(turn, verbs.PLACEMENT_DATE.read(event).placement)
    who_acts(turn, placement)
    left = [m for m in milestones(turn, placement) if not is_done(m)]
    if placement.status != "active" or not left:
        raise Declined("This placement is over, so there is no date left to move.")
    if len(left) == 1:
        return [OpenForm(FORM, str(left[0].id))]
    buttons = tuple(Button(label_of(m), verbs.MILESTONE_DATE(m.id)) for m in left[:20])
    return [Reply(message("Which date?", Buttons(buttons)))]


def milestone_date_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Ask for a new date of one deliverable."""
    milestone = milestone_of(turn, verbs.MILESTONE_DATE.read(event).milestone)
    placement = placement_of(turn, milestone.placement_id)
    who_acts(turn, placement)
    _must_be_movable(placement, milestone)
    return [OpenForm(FORM, str(milestone.id))]


def _must_be_movable(placement: Placement, milestone: Milestone) -> None:
    if placement.status != "active" or is_done(milestone):
        raise Declined("That date can no longer be moved: the work is done or the placement is over.")


def date_form(turn: Turn, subject: str) -> Form:
    """Return the form for a milestone's new date: a day of the student's, or an instant of the reader's."""
    milestone = milestone_of(turn, subject)
    placement = placement_of(turn, milestone.placement_id)
    who_acts(turn, placement)
    title = say("New date: {deliverable}", deliverable=title_of(milestone, most=_TITLE))
    fixed = _FIXED if date_rules.is_fixed(turn, placement, milestone) else ""
    zone, own = people.zone_of(turn, sides(turn, placement).student), people.zone_of(turn, turn.person)
    form = form_of(NewDate, form_id=FORM, title=title, submit="Move it", zone=own)
    day, *rest = form.questions
    hint = say("A date without a time is a day; a time is by your clock.")
    if zone != own:
        hint = say(
            "A date without a time is a day where the student is ({place}); a time is by your clock.",
            place=ZonePlace(zone),
        )
    day = replace(day, ask=replace(day.ask, hint=hint, days_of=zone))
    options = tuple(Option(code, words) for code, words in EXTENSIONS.items())
    kind = Question(
        "code", Ask(_KIND, label="For the programme", kind="choice", options=options), required=False
    )
    if unwanted_words(turn, placement):
        return replace(form, questions=(day, kind), notice=_NO_REASON)
    return replace(form, questions=(day, *rest, kind), notice=fixed)


def move_date_submitted(turn: Turn, done: Completed) -> list[Action]:
    """Apply an employer's later date at once; turn an earlier date, or a student's, into a question."""
    placement = lock_placement(turn, milestone_of(turn, done.subject).placement_id)
    milestone = milestone_of(turn, done.subject, lock=True)
    side = who_acts(turn, placement)
    _must_be_movable(placement, milestone)
    must_not_be_paused(turn, placement)
    due = when_of(done.values["due"]) or turn.now
    why = "" if unwanted_words(turn, placement) else str(done.values.get("why") or "")
    if ends_at(due) <= turn.now:
        return [RejectForm({"due": say("That date has passed. Give one that is still to come.")})]
    code = str(done.values.get("code") or "")
    if side == "student":
        ask_date(turn, milestone, due, code)
        waits = change(turn, milestone, asked_due=dates.stamp(due))
        return [*_asked(turn, placement, milestone, due, why), *waits]
    if ends_at(due) < milestone.due_at:
        ask_date(turn, milestone, due, code)
        return earlier_dates.ask(turn, placement, milestone, due, why)
    moved = move_date(turn, placement, milestone, due, code)
    student = sides(turn, placement).student
    date = news.shown_date(turn, due, turn.person)
    said = text("Moved to {date}. The reminders move with it.", date=date)
    heard = daily_message.when_read(turn, [student])
    told = [
        _tell_student(turn, placement, milestone, due, why),
        *_tell_employer(turn, placement, milestone, due, why),
    ]
    return [Reply(message(said, heard), settles=True, keeps_others=True), *moved, *told]


def move_date(
    turn: Turn,
    placement: Placement,
    milestone: Milestone,
    due: When,
    code: str = AGREED,
    *,
    answers: bool = True,
) -> list[Action]:
    """Move a date, for a reason as a code; if both sides agreed, the terms get the new end.

    Without `answers` a later date that the student asks for is still asked for.
    """
    before, wanted = milestone.due_at, date_rules.asked_date(turn, placement, milestone)
    moved = lifecycle.move_date(turn, milestone, "due", due, code)
    is_answered = answers or wanted is None or ends_at(wanted) <= milestone.due_at
    if is_answered:
        moved += change(turn, milestone, asked_due=None)
    last = max((dates.read(each, "due") for each in milestones(turn, placement)), key=ends_at)
    moved += lifecycle.move_date(turn, placement, "due", last, OUTAGE if code == OUTAGE else "")
    if code in {AGREED, SILENCE}:
        terms.accept_dates(turn, placement)
    reminders.retract_date_news(turn, placement, before)
    if is_answered:
        retract_news(turn, subjects.DATE(milestone.id))
    return [*moved, *schedule.schedule(turn, placement)]


def _tell_student(turn: Turn, placement: Placement, milestone: Milestone, due: When, why: str) -> Post:
    both = sides(turn, placement)
    words = text(
        "The date of **{deliverable}** in **{project}** has moved to {date}.",
        deliverable=title_of(milestone),
        project=both.title,
        date=news.shown_date(turn, due, both.student),
    )
    return Post(
        people.address(turn, both.student),
        message(words, *_reason(why)),
        keys.MOVED(milestone.id, ends_at(due), turn.source),
        deadline=ends_at(due),
        kind=late_messages.DATE,
        subject=late_messages.date_of(milestone),
        writer=turn.person_id if why else None,
    )


def _reason(why: str) -> list[Text]:
    return [text("The reason: {reason}", reason=why)] if why else []


def _tell_employer(
    turn: Turn, placement: Placement, milestone: Milestone, due: When, why: str
) -> list[Action]:
    """Inform the employer of a date that a colleague or a coordinator moved."""
    both = sides(turn, placement)
    if both.employer is None or both.employer.id == turn.person_id:
        return []
    words = text(
        "{person} moved the date of **{deliverable}** of **{student}** in **{project}** to {date}.",
        person=people.person_name(turn.person, mention=True),
        project=both.title,
        deliverable=title_of(milestone),
        student=both.student_name,
        date=news.shown_date(turn, due, both.employer),
    )
    key = keys.MOVED_NEWS(milestone.id, ends_at(due), turn.source)
    about, writer = subjects.MOVED(milestone.id), turn.person_id if why else None
    return news.tell_employer(turn, both.project, key, about, words, *_reason(why), writer=writer)


def _asked(turn: Turn, placement: Placement, milestone: Milestone, due: When, why: str) -> list[Action]:
    both = sides(turn, placement)
    by = date_rules.answered_by(turn, placement, milestone)
    told = news.tell_employer(
        turn,
        both.project,
        keys.DATE(milestone.id, dates.stamp(due), turn.source),
        subjects.DATE(milestone.id),
        *date_questions.question(turn, placement, milestone, due, by),
        *_reason(why),
        date_questions.answers(milestone, due),
        useful_until=by,
        writer=turn.person_id if why else None,
    )
    said = message(date_questions.receipt(turn, placement, milestone, due, by))
    return [Reply(said, settles=True, keeps_others=True), *told]


def date_earlier_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Move the date to an earlier one for a student who agrees."""
    placement, milestone, due = _decision(turn, event, "student")
    moved = move_date(turn, placement, milestone, due)
    date = news.shown_date(turn, due, turn.person)
    said = message(text("Agreed: {date}. The reminders move with it.", date=date))
    told = _answer_employer(turn, placement, milestone, agreed=True)
    return [Reply(said, replace=True, settles=True), *moved, *told]


def date_stays_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Keep the agreed date for a student who does not agree to an earlier one."""
    placement, milestone, due = _decision(turn, event, "student")
    keep_date(turn, milestone, due)
    mind = Button("Agree after all", verbs.DATE_EARLIER(milestone.id, dates.stamp(due)))
    said = message("The date stays. The employer reads it in the next daily message.", Buttons((mind,)))
    told = _answer_employer(turn, placement, milestone, agreed=False)
    return [Reply(said, replace=True, settles=True), *told]


def _answer_employer(turn: Turn, placement: Placement, milestone: Milestone, *, agreed: bool) -> list[Action]:
    both = sides(turn, placement)
    said = "**{student}** keeps the date: **{deliverable}** in **{project}** is due by {date}."
    if agreed:
        said = "**{student}** agrees: **{deliverable}** in **{project}** is due by {date}."
    words = text(
        said,
        project=both.title,
        student=both.student_name,
        deliverable=title_of(milestone),
        date=news.shown_date(turn, dates.read(milestone, "due"), both.employer),
    )
    key = keys.EARLIER_ANSWER(milestone.id, turn.source)
    return news.tell_employer(turn, both.project, key, subjects.MOVED(milestone.id), words)


def _decision(
    turn: Turn, event: ButtonPressed, asked: Literal["employer", "student"] = "employer"
) -> tuple[Placement, Milestone, When]:
    """Return what a side asked for (placement, milestone, date), locked, for a person of the side asked.

    Raises:
        Declined: the decision is not theirs, or no longer open; or the button holds no date.
    """
    pressed = verbs.DATE_AGREE.read(event)
    number = pressed.milestone
    placement = lock_placement(turn, milestone_of(turn, number).placement_id)
    milestone = milestone_of(turn, number, lock=True)
    side = who_acts(turn, placement)
    if side == "student" and asked == "employer":
        raise Declined("The employer decides about that date.")
    if side != "student" and asked == "student":
        raise Declined("The student decides about that date.")
    must_not_be_paused(turn, placement)
    due = dates.of_stamp(pressed.due, people.zone_of(turn, sides(turn, placement).student))
    if due is None:
        raise Declined(GONE)
    if ends_at(due) == milestone.due_at:
        raise Declined("That is the date already. Nothing was changed.")
    if placement.status != "active" or is_done(milestone) or ends_at(due) <= turn.now:
        raise Declined("That can no longer be decided: the date has passed or the work is done.")
    return placement, milestone, due


def date_agree_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Move the date as the student asked, with the employer's agreement."""
    placement, milestone, due = _decision(turn, event)
    moved = move_date(turn, placement, milestone, due)
    said = message(text("Agreed: {date}.", date=news.shown_date(turn, due, turn.person)))
    told = _tell_employer(turn, placement, milestone, due, "")
    return [Reply(said, settles=True), *moved, _tell_student(turn, placement, milestone, due, ""), *told]


def date_keep_pressed(turn: Turn, event: ButtonPressed) -> list[Action]:
    """Keep the date as it is, as the employer decided."""
    placement, milestone, due = _decision(turn, event)
    keep_date(turn, milestone, due)
    kept = change(turn, milestone, asked_due=None)
    retract_news(turn, subjects.DATE(milestone.id))
    both = sides(turn, placement)
    words = text(
        "The date of **{deliverable}** in **{project}** stays as it is: {date}.",
        project=both.title,
        deliverable=title_of(milestone),
        date=news.shown_date(turn, dates.read(milestone, "due"), both.student),
    )
    told = Post(
        people.address(turn, both.student),
        message(words),
        keys.KEPT(milestone.id, milestone.due_at, ends_at(due)),
        deadline=milestone.due_at,
        kind=late_messages.DATE,
        subject=late_messages.date_of(milestone),
    )
    heard = daily_message.when_read(turn, [both.student])
    return [Reply(message("The date stays.", heard)), *kept, told]

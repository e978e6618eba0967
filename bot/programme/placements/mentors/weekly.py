"""A mentor's line about the student, once a week: it tells, and asks nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.actions import Action, SetTimer
from bot.chat.codec import head_of
from bot.chat.content import Block, Button, Buttons, Message, message, note, text
from bot.chat.events import TimerFired
from bot.chat.local_day import Day, words_of
from bot.chat.routes import Routes
from bot.chat.sentences import Number, ShownDay, layout
from bot.clock import at_local, first_nominal
from bot.programme import people
from bot.programme.applications import messages
from bot.programme.applications.lookup import application_of
from bot.programme.applications.news import shown_date
from bot.programme.core import dates, keys, subjects, verbs
from bot.programme.core.changes import CheckInAnswered
from bot.programme.core.timers import ForDate, Timer
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message
from bot.programme.notifications.rewording import reword_notices
from bot.programme.people import open_cases
from bot.programme.people.away import is_away
from bot.programme.people.mentors import check_ins_read_by, mentor_of
from bot.programme.placements.check_ins import answer_term
from bot.programme.placements.lookup import is_done, milestones, placement_of
from bot.programme.placements.mentors.words import of_mentor
from storage.tables import Mentor, Person

__all__ = ["ROUTES", "line", "next_line", "ways"]

_OTHER_DAYS: Final = (1, 2, 3, 4, 5, 6)
"""Weekdays without a line: it comes on Mondays."""

# Before any daily message of that day goes out.
_DAWN: Final = time(0, 30)
_WEEK: Final = timedelta(days=7)


def next_line(turn: Turn, mentor: Mentor, after: date | None = None) -> SetTimer:
    """Return the timer of a mentor's next line; `after` is the Monday of the last."""
    zone = ZoneInfo(people.zone_of(turn, people.person_of(turn, mentor.person_id)))
    nominal = after + _WEEK if after else first_nominal(turn.now, _DAWN, zone, weekdays_off=_OTHER_DAYS)
    return SetTimer(
        keys.MENTOR_TIMER(mentor.id, nominal),
        at_local(nominal, _DAWN, zone),
        Timer.MENTOR_WEEK,
        subjects.MENTOR(mentor.id),
        ForDate(nominal),
        late="fold",
    )


def week_due(turn: Turn, event: TimerFired) -> list[Action]:
    """Put the week's line into the mentor's daily message, unless they are away or have left."""
    mentor = turn.session.get(Mentor, subjects.MENTOR.id_of(event.subject))
    if mentor is None or mentor.programme_id != turn.programme_id or mentor.status != "active":
        return []
    nominal = event.read(ForDate).nominal
    following = next_line(turn, mentor, nominal)
    person = people.person_of(turn, mentor.person_id)
    if person.left_at is not None or is_away(turn, person):
        return [following]
    about, key = subjects.MENTOR(mentor.id), keys.MENTOR_WEEK(mentor.id, nominal)
    daily_message.retract_notices(turn, about)
    return [following, *daily_message.notify(turn, person, key, about, *_week(turn, mentor, nominal))]


def _week(turn: Turn, mentor: Mentor, nominal: date) -> list[Block]:
    """Return the line of a week (its Monday), with what a mentor can do."""
    person = people.person_of(turn, mentor.person_id)
    zone = people.zone_of(turn, person)
    week = note("The week of {day}", day=ShownDay(words_of(Day(nominal, zone), ZoneInfo(zone), turn.now).day))
    return [*line(turn, mentor, person), week, Buttons(ways(turn, mentor))]


def check_in_answered(turn: Turn, change: CheckInAnswered) -> list[Action]:
    """Let the week's line that waits say what the mentor may read now: an answer can be kept from them."""
    mentor = mentor_of(turn, placement_of(turn, change.check_in.placement_id))
    if mentor is None or change.check_in.side != "student":
        return []

    def words(key: str) -> Message | None:
        if head_of(key) != head_of(keys.MENTOR_WEEK):
            return None
        return message(*_week(turn, mentor, keys.MENTOR_WEEK.parse(key).day))

    reword_notices(turn, subjects.MENTOR(mentor.id), words)
    return []


def line(turn: Turn, mentor: Mentor, reader: Person) -> list[Block]:
    """Return the state of the work in a line, without a title of what is handed in, and the last check-in."""
    placement, both, _ = of_mentor(turn, mentor)
    listed = milestones(turn, placement)
    done = Number(str(sum(is_done(each) for each in listed)))
    coming = [each for each in listed if each.status == "open" and each.due_at > turn.now]
    all_of_them = Number(str(len(listed)))
    said: Block = text(
        "**{student}** · **{project}** · deliverables done: {done} of {all}",
        student=both.student_name,
        project=both.title,
        done=done,
        all=all_of_them,
    )
    if coming and not open_cases.is_paused(turn, placement.application_id):
        due = dates.read(min(coming, key=lambda each: each.due_at), "due")
        said = text(
            "**{student}** · **{project}** · deliverables done: {done} of {all}, the next due by {date}",
            student=both.student_name,
            project=both.title,
            done=done,
            all=all_of_them,
            date=shown_date(turn, due, reader),
        )
    return [said, *_check_in(turn, mentor, reader)]


def _check_in(turn: Turn, mentor: Mentor, reader: Person) -> Sequence[Block]:
    read = check_ins_read_by(turn, mentor)
    if not read or (last := read[-1]).answered_at is None:
        return []
    when = shown_date(turn, last.answered_at, reader)
    if last.line:
        said = layout("{answer}: {line}", answer=answer_term(last), line=last.line)
        return [text("Check-in, {when}: {answer}", when=when, answer=said)]
    return [text("Check-in, {when}: {answer}", when=when, answer=answer_term(last))]


def ways(turn: Turn, mentor: Mentor) -> tuple[Button, ...]:
    """Return what a mentor can do; nothing has to be done."""
    placement, _, _ = of_mentor(turn, mentor)
    return (
        messages.write_button(application_of(turn, placement.application_id), "student"),
        Button("We talked", verbs.MENTOR_TALKED(mentor.id)),
        Button("I am worried", verbs.MENTOR_WORRIED(mentor.id)),
    )


ROUTES: Final = Routes(timers={Timer.MENTOR_WEEK: week_due}, follows={CheckInAnswered: (check_in_answered,)})

"""Waits for admission to a closed cohort: owed by the coordinators. Silence admits no student.

All who asked on one day are one message. It comes five times, every few working days, and each student reads
that no coordinator has answered yet, and until when they are away. Then nothing is waited for: the task stays
open, and the student reads so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from bot.chat.actions import Action
from bot.chat.codec import RUN
from bot.chat.content import Block, Button, Buttons, note, text
from bot.chat.routes import Routes, WaitRoute, WaitSides, WaitStep
from bot.programme import people
from bot.programme.core import keys, subjects
from bot.programme.core.changes import Begun, StatusChanged
from bot.programme.core.turn import Turn
from bot.programme.notifications import daily_message, waits
from bot.programme.notifications.opening_waits import AwaitedThing
from bot.programme.notifications.waiting_time import so_far
from bot.programme.notifications.working_days import is_last_ask, working_days_from
from bot.programme.people.away import away_day, back_first
from bot.programme.people.coordinators_in_turn import asked_next, in_turn, last_ask
from bot.programme.projects.wait_zones import coordinators_zone
from storage.tables import Cohort, Member, Person

__all__ = ["ADMISSION", "ROUTES"]

ADMISSION: Final = "admission"
"""The kind of the waits for admission to a closed cohort."""


def member_begun(turn: Turn, change: Begun) -> list[Action]:
    """Open the wait for admission of a student who asks to join a cohort."""
    member = change.noun
    if not isinstance(member, Member) or member.state != "asked":
        return []
    return _begin(turn, member)


def member_moved(turn: Turn, change: StatusChanged) -> list[Action]:
    """End the wait for admission of a student who is let in or not, and open it for one who asks again."""
    member = change.noun
    if not isinstance(member, Member):
        return []
    if change.after == "asked":
        return _begin(turn, member)
    daily_message.retract_notices(turn, subjects.ADMISSION(member.id))
    ended = waits.end(turn, ADMISSION, subjects.MEMBER(member.id), "kept")
    if not waits.are_open(turn, ADMISSION, subjects.COHORT(member.cohort_id)):
        daily_message.retract_notices(turn, subjects.ADMISSIONS(member.cohort_id))
    return ended


def _begin(turn: Turn, member: Member) -> list[Action]:
    due = working_days_from(turn, turn.programme.coordinator_days)
    return waits.begin(turn, ADMISSION, subjects.MEMBER(member.id), subjects.COHORT(member.cohort_id), due)


def ask_again(turn: Turn, reached: waits.Reached) -> list[Action]:
    """Ask every coordinator for admissions that are late, and tell each student that they still wait."""
    cohort = turn.session.get_one(Cohort, subjects.COHORT.id_of(reached.about))
    if cohort.ended_at is not None:
        return []
    again = working_days_from(turn, turn.programme.coordinator_days)
    since = {about: row.since for about, row in waits.standing_of(turn, ADMISSION, reached.subjects).items()}
    asked, newest = in_turn(turn), max(since.values(), default=turn.now)
    actions: list[Action] = []
    for subject in reached.subjects:
        if is_last_ask(turn, asked, since.get(subject, turn.now)):
            actions += waits.end(turn, ADMISSION, subject, "settled")
        else:
            actions += waits.put_off(turn, ADMISSION, subject, again)
    for coordinator in asked:
        actions += daily_message.notify(
            turn,
            coordinator,
            keys.ADMISSION_LATE(cohort.id, coordinator.id, reached.at),
            subjects.ADMISSIONS(cohort.id),
            text(
                "One student has waited for days to be admitted to **{cohort}**.",
                "{count} students have waited for days to be admitted to **{cohort}**.",
                cohort=cohort.name,
                count=len(reached.subjects),
            ),
            *asked_next(turn, asked, coordinator),
            so_far(turn, min(since.values(), default=turn.now)),
            *([last_ask()] if is_last_ask(turn, asked, newest) else []),
            Buttons((Button("See who waits", RUN("cohort.admit")),)),
        )
    return [*actions, *_tell_students(turn, cohort, asked, reached, since)]


def _tell_students(
    turn: Turn, cohort: Cohort, asked: list[Person], reached: waits.Reached, since: Mapping[str, datetime]
) -> list[Action]:
    meanwhile = (
        note("Nothing that you have sent is lost. Meanwhile you can apply to what is open."),
        Buttons((Button("See open projects", RUN("project.list")),)),
    )
    numbers = [subjects.MEMBER.id_of(each) for each in reached.subjects]
    query = select(Member, Person).join(Person, Person.id == Member.person_id).where(Member.id.in_(numbers))
    actions: list[Action] = []
    for member, student in turn.session.execute(query.order_by(Member.id)).all():
        key = keys.ADMISSION_LATE(cohort.id, student.id, reached.at)
        words = _truth(turn, cohort, asked, student)
        about = subjects.ADMISSION(member.id)
        begun = since.get(subjects.MEMBER(member.id), turn.now)
        last = [_no_more()] if is_last_ask(turn, asked, begun) else []
        said = (words, so_far(turn, begun), *last, *meanwhile)
        actions += daily_message.notify(turn, student, key, about, *said)
    return actions


def _no_more() -> Block:
    return note(
        "I do not ask the coordinators again. You stay in their list; when one of them admits you, you read "
        "so."
    )


def _truth(turn: Turn, cohort: Cohort, asked: list[Person], student: Person) -> Block:
    """Say that no coordinator has answered, and whether one will soon."""
    away = back_first(turn, asked)
    if not asked:
        return text(
            "You still wait to be admitted to **{cohort}**: there is no coordinator now.", cohort=cohort.name
        )
    if away is not None:
        return text(
            "You still wait to be admitted to **{cohort}**: no coordinator has answered yet. {person} is "
            "away until {day}, and no other coordinator is here.",
            cohort=cohort.name,
            person=people.person_name(away),
            day=away_day(turn, away, student),
        )
    return text(
        "You still wait to be admitted to **{cohort}**: no coordinator has answered yet. I am asking "
        "{people} again.",
        cohort=cohort.name,
        people=people.person_names(asked),
    )


def _found(turn: Turn, after: int, most: int) -> list[AwaitedThing]:
    """Return students who ask for admission, for an upgrade: their coordinators have two days from then."""
    query = select(Member).where(
        Member.programme_id == turn.programme_id, Member.state == "asked", Member.id > after
    )
    due = working_days_from(turn, turn.programme.coordinator_days)
    return [
        AwaitedThing(each.id, subjects.MEMBER(each.id), subjects.COHORT(each.cohort_id), each.created_at, due)
        for each in turn.session.scalars(query.order_by(Member.id).limit(most))
    ]


def _owing(turn: Turn, _about: str, of: Sequence[str]) -> dict[str, list[Person]]:
    return dict.fromkeys(of, in_turn(turn))


def _waiting(turn: Turn, _about: str, subject: str) -> list[Person]:
    return [people.person_of(turn, _member(turn, subject).person_id)]


def _member(turn: Turn, subject: str) -> Member:
    return turn.session.get_one(Member, subjects.MEMBER.id_of(subject))


def _said(turn: Turn, subject: str, due: datetime, reader: Person) -> Block:
    return text(
        "The admission to **{cohort}**: by {when}",
        cohort=turn.session.get_one(Cohort, _member(turn, subject).cohort_id).name,
        when=people.shown_day_there(turn, due, turn.programme.zone, reader),
    )


ROUTES: Final = Routes(
    follows={Begun: (member_begun,), StatusChanged: (member_moved,)},
    waits={
        ADMISSION: WaitRoute(
            waits="student",
            owes="coordinators",
            steps=(WaitStep("late", ask_again),),
            zone=coordinators_zone,
            found=_found,
            sides=WaitSides(_owing, _waiting, _said),
        )
    },
)
